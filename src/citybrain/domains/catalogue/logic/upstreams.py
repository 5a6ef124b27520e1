"""Metadata of the kind `api`, and which calls and addresses they allow."""

import re
from fnmatch import fnmatchcase
from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from citybrain.domains.catalogue.logic.fields import described

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]+\]")
_PATTERN = re.compile(r"(/[A-Za-z0-9._~*-]+)*/?|/")
_SEGMENT = re.compile(r"[^/\\?#%;\x00-\x20\x7f]+")
Method = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]


class ApiMetadata(BaseModel):
    """An upstream HTTP service, called on behalf of the consumer."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    base_url: str = described("服务地址", "http or https, without key or query.", max_length=500)
    allowed_hosts: tuple[str, ...] = described(
        "允许的主机", "Hosts that may be called; base_url must be among them.", min_length=1
    )
    private_network: bool = described(
        "内网地址", "True when the host may lie in a private network.", False
    )
    methods: tuple[Method, ...] = described("方法", "Methods that may be used.", ("GET",))
    paths: tuple[str, ...] = described(
        "路径", "Paths below base_url; * stands for one segment or a part of it.", ("/",)
    )
    credential: str | None = described(
        "凭据名称", "Name of the entry in the credentials file.", None, max_length=100
    )
    json_object: bool = described(
        "返回 JSON 对象", "True when answers are JSON objects; a watermark needs it.", False
    )
    timeout_seconds: float = described("超时（秒）", "For the whole call.", 10.0, gt=0, le=30)
    max_bytes: int = described(
        "最大响应（字节）", "Largest answer.", 10 * 1024 * 1024, ge=1, le=100 * 1024 * 1024
    )
    failures_to_open: int = described(
        "熔断次数", "Failures in a row that open the circuit.", 5, ge=1, le=1000
    )
    open_seconds: float = described(
        "熔断时长（秒）", "Until one call is tried.", 30.0, gt=0, le=3600
    )
    update_cycle: str = described("更新周期", "How often the data change.", "实时", max_length=20)
    licence: str = described("许可", "Licence of the data.", "", max_length=500)
    origin: str = described("来源说明", "Where the data come from.", "", max_length=1000)
    invented: bool = described("虚构数据", "True when the answers are made up.", False)

    @field_validator("base_url")
    @classmethod
    def _plain_url(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or not value.isprintable():
            raise ValueError("must be an http or https address")
        if parts.username is not None or parts.password is not None:
            raise ValueError("must not hold a user or password; name a credential instead")
        if parts.query or parts.fragment or not _PATTERN.fullmatch(parts.path) or "*" in value:
            raise ValueError("must end with a plain path, without query or fragment")
        _ = parts.port
        return value.rstrip("/")

    @field_validator("allowed_hosts")
    @classmethod
    def _plain_hosts(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not all(_HOST.fullmatch(host) for host in value):
            raise ValueError("must be host names in small letters, without port")
        return value

    @field_validator("paths")
    @classmethod
    def _plain_paths(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value or not all(one and _PATTERN.fullmatch(one) for one in value):
            raise ValueError("must look like /a/b or /a/*")
        return value

    @model_validator(mode="after")
    def _host_is_allowed(self) -> "ApiMetadata":
        if self.host not in {host.strip("[]") for host in self.allowed_hosts}:
            raise ValueError("base_url must name one of the allowed hosts")
        return self

    @property
    def host(self) -> str:
        """Host of the upstream, without port."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def port(self) -> int:
        """Port of the upstream."""
        parts = urlsplit(self.base_url)
        return parts.port or (443 if parts.scheme == "https" else 80)


def plain_path(path: str) -> str | None:
    """The path with one leading slash; None when it could mean another place upstream.

    Empty and dotted segments, percent signs, backslashes and parameters are not passed on,
    because servers differ in what they make of them.
    """
    segments = path.strip("/").split("/") if path.strip("/") else []
    if not all(_SEGMENT.fullmatch(one) and set(one) != {"."} for one in segments):
        return None
    return "/" + "/".join(segments)


def is_allowed(metadata: ApiMetadata, path: str) -> bool:
    """True when a pattern fits the plain path segment by segment."""
    segments = path.split("/")
    for pattern in metadata.paths:
        wanted = ["", *pattern.strip("/").split("/")]
        if len(wanted) == len(segments) and all(map(fnmatchcase, segments, wanted)):
            return True
    return False


def is_public(address: str) -> bool:
    """True for an address of the public internet (also behind IPv4-in-IPv6 forms)."""
    found = ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return all(one.is_global and not one.is_multicast for one in (found, mapped) if one)


def is_never(address: str) -> bool:
    """True for addresses that no upstream has: link-local (cloud metadata), multicast, none."""
    found = ip_address(address.partition("%")[0])
    found = getattr(found, "ipv4_mapped", None) or found
    return found.is_link_local or found.is_multicast or found.is_unspecified
