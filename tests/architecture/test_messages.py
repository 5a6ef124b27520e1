"""Everything a person sees is there in Chinese and in English."""

import gettext
import io
import shutil
from pathlib import Path

import pytest
from tools import messages


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A source tree with one app, `pond`."""
    folder = tmp_path / "pond"
    (folder / "templates").mkdir(parents=True)
    (folder / "apps.py").write_text("")
    (folder / "views.py").write_text(
        "from django.utils.translation import gettext_lazy as _, ngettext\n"
        "TITLE = _('Fish')\n"
        "def told(n): return ngettext('%(n)s fish', '%(n)s fishes', n)\n"
        "def _unrelated(): return other('Bird')\n"
    )
    (folder / "templates/pond.html").write_text(
        '{% load i18n %}{% translate "Water" %}{% translate ": " context "list" %}'
        "{% blocktranslate %}Depth {{ metres }} m{% endblocktranslate %}"
    )
    return folder


def translate(app: Path, **texts: str) -> None:
    po = app / messages.LOCALE
    wanted = messages.merged(messages.extract(app.parent)[app], messages.read_po(po))
    for (_context, text), message in wanted.items():
        message.text = texts.get(text, "译" + text)
    po.write_text(messages.po_text(wanted), "utf-8")


def test_every_message_of_every_app_is_translated_and_compiled() -> None:
    problems = messages.check()
    assert not problems, "\n".join(problems)


def test_messages_are_found_in_python_and_templates_with_context_and_plural(app: Path) -> None:
    found = messages.extract(app.parent)[app]
    assert set(found) == {
        ("", "Fish"),
        ("", "%(n)s fish"),
        ("", "Water"),
        ("list", ": "),
        ("", "Depth %(metres)s m"),
    }
    assert found["", "%(n)s fish"].plural == "%(n)s fishes"


def test_what_is_new_untranslated_or_not_compiled_is_reported(app: Path) -> None:
    assert any("missing 'Fish'" in line for line in messages.check(app.parent))
    messages.update(app.parent)
    assert "pond: not translated: 'Water'" in messages.check(app.parent)
    translate(app)
    assert messages.check(app.parent) == ["pond: django.mo is not compiled from django.po"]
    messages.update(app.parent)
    assert messages.check(app.parent) == []


def test_translations_survive_an_update_and_leave_with_their_message(app: Path) -> None:
    messages.update(app.parent)
    translate(app, Fish="鱼")
    (app / "templates/pond.html").unlink()
    assert any("no longer used" in line for line in messages.check(app.parent))
    messages.update(app.parent)
    known = messages.read_po(app / messages.LOCALE)
    assert known["", "Fish"].text == "鱼"
    assert ("", "Water") not in known


def test_an_app_that_lost_all_its_messages_is_still_checked(app: Path) -> None:
    messages.update(app.parent)
    translate(app)
    (app / "views.py").unlink()
    shutil.rmtree(app / "templates")
    assert any("no longer used: 'Fish'" in line for line in messages.check(app.parent))


def test_a_translation_with_other_placeholders_is_reported(app: Path) -> None:
    messages.update(app.parent)
    translate(app, **{"Depth %(metres)s m": "深 %(meter)s 米"})
    assert "pond: placeholders differ: 'Depth %(metres)s m'" in messages.check(app.parent)


def test_a_malformed_line_is_named(app: Path) -> None:
    messages.update(app.parent)
    po = app / messages.LOCALE
    po.write_text(po.read_text("utf-8") + "\nmsgid Fish\n", "utf-8")
    with pytest.raises(ValueError, match="msgid Fish"):
        messages.check(app.parent)


def test_the_compiled_file_is_read_by_the_standard_library(app: Path) -> None:
    messages.update(app.parent)
    translate(app, **{"Fish": "鱼\n“引号”", "%(n)s fish": "%(n)s 条鱼", ": ": "："})
    compiled = messages.mo_bytes(messages.read_po(app / messages.LOCALE))
    catalogue = gettext.GNUTranslations(io.BytesIO(compiled))
    assert catalogue.gettext("Fish") == "鱼\n“引号”"
    assert catalogue.ngettext("%(n)s fish", "%(n)s fishes", 5) == "%(n)s 条鱼"
    assert catalogue.pgettext("list", ": ") == "："


def test_a_message_with_two_translations_is_reported(app: Path) -> None:
    other = app.parent / "lake"
    shutil.copytree(app, other)
    messages.update(app.parent)
    translate(app)
    translate(other, Fish="鱼儿")
    told = [line for line in messages.check(app.parent) if "several ways" in line]
    assert told == ["translated in several ways: 'Fish': 译Fish, 鱼儿"]
