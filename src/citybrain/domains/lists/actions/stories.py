"""成果路演: the owner writes and shows a story, the bureau picks the featured ones."""

from citybrain.domains.lists.actions.common import Faults, text_fault
from citybrain.domains.lists.models import Story
from citybrain.kernel import clock, ledger
from citybrain.kernel.acting import Acting, authorise
from citybrain.kernel.actions.base import action, expect_version, locked, save_next
from citybrain.kernel.errors import Conflict, Invalid, NotFound
from citybrain.kernel.models import Resource

LONGEST = 8000
FIELDS = {
    "headline_zh": (120, "中文标题", "a headline in Chinese"),
    "headline_en": (160, "英文标题", "a headline in English"),
    "text_zh": (LONGEST, "中文正文", "the story in Chinese"),
    "text_en": (LONGEST, "英文正文", "the story in English"),
}


@action("story.write")
def write_story(
    *, acting_party: Acting, resource_ref: str, expected_version: int | None = None, **texts: str
) -> Story:
    """Write or rewrite the story of one's own resource, in both languages."""
    resource = locked(Resource, resource_ref, "资源", "resource")
    authorise(acting_party, "story.write", resource.owner)
    faults = _faults(texts)
    if faults:
        raise Invalid("bad-story", "请更正标出的字段。", "Correct the marked fields.", faults)
    story = Story.objects.filter(resource=resource).first() or Story(resource=resource, version=0)
    if story.pk:
        expect_version(story, expected_version)
    for name in FIELDS:
        setattr(story, name, texts[name].strip())
    save_next(story)
    ledger.write("story.write", story, acting_party)
    return story


def _faults(texts: dict[str, str]) -> Faults:
    faults: Faults = {}
    for name, (most, zh, en) in FIELDS.items():
        for fault in text_fault(texts.get(name, ""), most, zh, en).values():
            faults[name] = fault
    return faults


@action("story.show")
def show_story(*, acting_party: Acting, resource_ref: str, shown: bool = True) -> Story:
    """Put the story on the roadshow, or take it off again."""
    story = _story(resource_ref)
    authorise(acting_party, "story.write", story.resource.owner)
    if shown and story.resource.status != Resource.Status.PUBLISHED:
        raise Conflict(
            "not-published", "资源发布后才能展示。", "Only a published resource can be shown."
        )
    story.state = Story.State.SHOWN if shown else Story.State.DRAFT
    story.shown_at = clock.now() if shown else None
    story.featured = story.featured and shown
    save_next(story)
    ledger.write("story.show", story, acting_party, {"shown": shown})
    return story


@action("story.feature")
def feature_story(*, acting_party: Acting, resource_ref: str, featured: bool = True) -> Story:
    """Put a shown story first, or back among the others."""
    authorise(acting_party, "story.feature")
    story = _story(resource_ref)
    if featured and story.state != Story.State.SHOWN:
        raise Conflict("not-shown", "该成果尚未展示。", "This story is not shown.")
    story.featured = featured
    save_next(story)
    ledger.write("story.feature", story, acting_party, {"featured": featured})
    return story


def _story(resource_ref: str) -> Story:
    rows = Story.objects.select_for_update(of=("self",)).select_related("resource__owner")
    story = rows.filter(resource__ref=resource_ref).first()
    if story is None:
        raise NotFound("not-found", "该资源没有路演内容。", "This resource has no story.")
    return story
