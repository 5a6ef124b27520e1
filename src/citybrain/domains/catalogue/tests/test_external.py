"""The kind `external`: described here, kept elsewhere."""

import pytest
from pydantic import ValidationError

from citybrain.domains.catalogue.logic.external import ExternalMetadata
from citybrain.domains.catalogue.tests.listed import EXTERNAL
from citybrain.kernel.kinds import ServeError


def test_a_use_answers_where_to_go(world):
    with pytest.raises(ServeError) as caught:
        world.use(world.resource("external", EXTERNAL))
    assert (caught.value.status, caught.value.reason) == (409, "kept-elsewhere")
    assert EXTERNAL["landing_page"] in caught.value.detail_zh
    assert EXTERNAL["landing_page"] in caught.value.detail_en


@pytest.mark.parametrize(
    "link",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://user:word@example.org/",
        "https://example.org/a b",
        "https://example.org/<b>",
        "https://[::1",
        "//example.org",
        "",
    ],
)
def test_a_link_that_no_browser_should_be_sent_to_is_refused(link):
    with pytest.raises(ValidationError):
        ExternalMetadata.model_validate({"landing_page": link})
