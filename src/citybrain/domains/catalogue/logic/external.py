"""Metadata of the kind `external`: described here, kept elsewhere."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict

from citybrain.domains.catalogue.logic.columns import Item
from citybrain.domains.catalogue.logic.fields import described


def plain_link(value: str) -> str:
    """The address when a browser may be sent there. Raises `ValueError` otherwise."""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        raise ValueError("must be an http or https address") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an http or https address")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not hold a user or password")
    if not value.isprintable() or any(one in value for one in ' <>"{}|\\^`'):
        raise ValueError("must not hold blanks, quotes, angle brackets or braces")
    return value


Link = Annotated[str, AfterValidator(plain_link)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Copy(_Part):
    """One form in which the other place gives the data away."""

    url: Link = described("地址", "Where this form is to be had.", max_length=2000)
    title: str = described("名称", "What it is called there.", "", max_length=300)
    format: str = described("格式", "Such as CSV or SHP.", "", max_length=60)


class ExternalMetadata(_Part):
    """A resource that another catalogue or office keeps: a link, nothing to serve."""

    landing_page: Link = described("原始页面", "Page where it is kept.", max_length=2000)
    format: str = described("格式", "Main format, such as CSV.", "", max_length=60)
    publisher: str = described("原发布单位", "Who publishes it there.", "", max_length=300)
    copies: tuple[Copy, ...] = described("各格式地址", "Its forms there.", (), max_length=200)
    items: tuple[Item, ...] = described("信息项", "The columns, where known.", (), max_length=500)
    keywords: tuple[Annotated[str, described("关键词", "One keyword.", max_length=100)], ...] = (
        described("关键词", "Keywords given there.", (), max_length=100)
    )
    source_catalogue: str = described("来源目录", "Catalogue it is from.", "", max_length=500)
    source_id: str = described("来源标识", "Its identifier there.", "", max_length=500)
    source_modified: str = described("来源更新时间", "Its last change there.", "", max_length=40)
    licence: str = described("许可", "Licence of the data.", "", max_length=500)
    invented: bool = described("虚构数据", "True when the content is made up.", False)
