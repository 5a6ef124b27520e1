"""The style page over HTTP: refusals, exports, languages, the security policy."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.test import Client

pytestmark = [pytest.mark.django_db, pytest.mark.urls("citybrain.ui.tests.urls_for_tests")]


def test_a_malformed_list_query_gets_400_with_the_reason(client: Client) -> None:
    answer = client.get("/styleguide/?sort=password")
    assert answer.status_code == 400
    assert "此清单不能按“password”排序。" in answer.content.decode()


def test_the_reason_repeats_what_was_asked_as_text_only(client: Client) -> None:
    answer = client.get("/styleguide/", {"sort": "<script>"})
    assert answer.status_code == 400
    assert "&lt;script&gt;" in answer.content.decode()
    assert "<script>" not in answer.content.decode()


def test_the_export_is_an_attachment_with_every_row(client: Client) -> None:
    answer = client.get("/styleguide/?export=csv&size=5")
    assert answer["Content-Disposition"] == 'attachment; filename="samples.csv"'
    text = answer.getvalue().decode("utf-8-sig")
    assert len(text.splitlines()) == 1 + ContentType.objects.count()


def test_switching_the_language_is_a_post_and_comes_back_to_the_page(client: Client) -> None:
    answer = client.post("/i18n/setlang/", {"language": "en", "next": "/styleguide/"})
    assert answer["Location"] == "/styleguide/"
    assert '<html lang="en">' in client.get("/styleguide/").content.decode()


def test_pages_forbid_inline_scripts_and_other_hosts(client: Client) -> None:
    policy = client.get("/styleguide/")["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


def test_sorting_links_turn_the_order_round(client: Client) -> None:
    text = client.get("/styleguide/?sort=model").content.decode()
    assert 'aria-sort="ascending"' in text
    assert "?sort=-model" in text
