"""The kind `file`: a download, whole or in ranges, with the policy's watermark inside."""

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

from pydantic import BaseModel

from citybrain.domains.catalogue.logic import watermark
from citybrain.domains.catalogue.logic.carriers import NoPlaceError, Overlay, lay_over
from citybrain.domains.catalogue.logic.errors import bad, refuse, refuse_unsupported, source
from citybrain.domains.catalogue.logic.files import FileMetadata, can_watermark
from citybrain.domains.catalogue.logic.paths import inside
from citybrain.domains.catalogue.logic.ranges import UnsatisfiableError, is_unchanged, wanted
from citybrain.domains.catalogue.serving.store import Kept, in_thread
from citybrain.kernel.kinds import Answer, Call, ServedResource, UseContext

CHUNK = 256 * 1024
_digests: Kept[str] = Kept(1_000)


@dataclass(frozen=True, slots=True)
class Representation:
    """What leaves under one policy: the file's bytes and what is laid over them."""

    path: Path
    mark: tuple[int, int, int]
    overlay: Overlay
    etag: str


def output_of(call: Call) -> str:
    """Always "file"."""
    return "file"


async def serve(context: UseContext, call: Call) -> Answer:
    """`GET` or `HEAD`; conditional and range requests as in RFC 9110."""
    if call.method not in {"GET", "HEAD"}:
        raise bad("method", "只支持 GET 和 HEAD。", "Only GET and HEAD are served.", 405)
    if call.path.strip("/"):
        raise bad("unknown-path", "没有此路径。", "There is no such path.", 404)
    refuse_unsupported(
        context.delivery,
        "整份文件",
        "a whole file",
        *("fields", "rows", "min_cohort", "epsilon", "aggregate_only"),
    )
    metadata = _metadata(context.resource.metadata)
    text = context.delivery.watermark
    if text and not can_watermark(metadata):
        raise _no_watermark()
    made = await in_thread(lambda: _represent(context.resource, metadata, text))
    headers = _headers(metadata, made.etag) | watermark.headers(text)
    if is_unchanged(call.headers, made.etag):
        return Answer(b"", metadata.media_type, 304, headers, units=0, size=0)
    return await _part(metadata, made, call, headers)


def _metadata(metadata: BaseModel) -> FileMetadata:
    if not isinstance(metadata, FileMetadata):
        raise TypeError("not the metadata of a file")
    return metadata


def _no_watermark() -> Exception:
    return refuse(
        "watermark",
        "watermark-not-possible",
        "协议要求水印，而此文件格式无法在内部携带水印，故不提供；"
        "请提供 CSV、文本、ZIP 或 PNG 格式。",
        "The agreement demands a watermark, which this file cannot carry inside; "
        "provide it as CSV, text, ZIP or PNG.",
    )


def _headers(metadata: FileMetadata, etag: str) -> dict[str, str]:
    plain = metadata.filename.encode("ascii", "replace").decode().replace("?", "_")
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(metadata.filename)}"
    return {"ETag": etag, "Accept-Ranges": "bytes", "Content-Disposition": disposition}


async def _part(
    metadata: FileMetadata, made: Representation, call: Call, headers: dict[str, str]
) -> Answer:
    size, status = made.overlay.size, 200
    try:
        part = wanted(call.headers, size, made.etag) if call.method == "GET" else None
    except UnsatisfiableError:
        headers["Content-Range"] = f"bytes */{size}"
        return Answer(b"", metadata.media_type, 416, headers, units=0, size=0)
    first, length = part or (0, size)
    if part:
        status = 206
        headers["Content-Range"] = f"bytes {first}-{first + length - 1}/{size}"
    if call.method == "HEAD":
        return Answer(b"", _content_type(metadata), status, headers, units=0, size=size)
    body: bytes | AsyncIterator[bytes] = _chunks(made, first, length)
    if length <= CHUNK:
        body = b"".join([chunk async for chunk in _chunks(made, first, length)])
    return Answer(body, _content_type(metadata), status, headers, units=length, size=length)


def _content_type(metadata: FileMetadata) -> str:
    is_text = metadata.media_type.startswith("text/")
    return f"{metadata.media_type}; charset={metadata.encoding}" if is_text else metadata.media_type


def _mark(seen: os.stat_result) -> tuple[int, int, int]:
    return (seen.st_ino, seen.st_size, seen.st_mtime_ns)


def _represent(
    resource: ServedResource, metadata: FileMetadata, text: str | None
) -> Representation:
    path = inside(resource.data_root, metadata.path)
    mark = _mark(path.stat())
    content = _digests.get(path, mark, lambda: _digest(path))
    if not text:
        return Representation(path, mark, Overlay(mark[1], b""), f'"{content}"')
    try:
        overlay = lay_over(path, mark[1], metadata.media_type, metadata.encoding, text)
    except NoPlaceError:
        raise _no_watermark() from None
    tail = hashlib.sha256(overlay.tail).hexdigest()[:16]
    return Representation(path, mark, overlay, f'"{content}-{tail}"')


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def _chunks(made: Representation, first: int, length: int) -> AsyncIterator[bytes]:
    """Bytes `first` to `first + length` of file and overlay.

    A file that changes on the way breaks the answer off: half of each would be a lie.
    """
    cut, end = made.overlay.cut, first + length
    if first < cut:
        file = await asyncio.to_thread(_open, made)
        try:
            file.seek(first)
            left = min(end, cut) - first
            while left:
                chunk = await asyncio.to_thread(file.read, min(CHUNK, left))
                if not chunk:
                    raise _changed()
                left -= len(chunk)
                yield chunk
        finally:
            file.close()
    if end > cut:
        yield made.overlay.tail[max(first - cut, 0) : end - cut]


def _open(made: Representation) -> BinaryIO:
    file = made.path.open("rb")
    if _mark(os.fstat(file.fileno())) != made.mark:
        file.close()
        raise _changed()
    return file


def _changed() -> Exception:
    return source(
        "source-changed",
        "文件正在更新，请重新下载。",
        "The file is being replaced; download it again.",
        503,
    )


def probe(metadata: BaseModel, root: Path) -> dict[str, Any]:
    """Size, digest, and whether a watermark is possible. Raises `ServeError`."""
    found = _metadata(metadata)
    path = inside(root, found.path)
    known = {"bytes": path.stat().st_size, "sha256": _digest(path)}
    return known | {"can_watermark": can_watermark(found)}
