"""The kind `dataset`: its manifest, one file (with ranges), one split as JSON lines."""

import asyncio
import os
import re
from collections import OrderedDict
from collections.abc import AsyncIterator
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO

from pydantic import BaseModel

from citybrain.domains.labelling.logic.card import DatasetMetadata
from citybrain.domains.labelling.logic.manifest import NAME, File, Manifest
from citybrain.domains.labelling.serving import folder
from citybrain.kernel.kinds import (
    Answer,
    Call,
    PolicyRefusal,
    ServedResource,
    ServeError,
    UseContext,
)
from citybrain.kernel.policy.decision import Delivery, Refused

CHUNK = 256 * 1024
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)
_OPERANDS = {
    "fields": "fields",
    "rows": "rows",
    "min_cohort": "minimumCohort",
    "epsilon": "privacyBudget",
    "aggregate_only": "action",
    "watermark": "watermark",
}


def output_of(call: Call) -> str:
    """What the path asks for: "manifest", "file" or "split"."""
    head = call.path.strip("/").partition("/")[0]
    return {"files": "file", "splits": "split"}.get(head, "manifest")


async def serve(context: UseContext, call: Call) -> Answer:
    """`GET` of the manifest (no path, or `manifest`), `files/<path>`, `splits/<name>`."""
    if call.method not in {"GET", "HEAD"}:
        raise ServeError(405, "method", "只支持 GET 和 HEAD。", "Only GET and HEAD are served.")
    _refuse_unsupported(context.delivery)
    metadata = _metadata(context.resource.metadata)
    manifest = await asyncio.to_thread(_sealed, context.resource.data_root, metadata)
    head, _, rest = call.path.strip("/").partition("/")
    if head in ("", "manifest") and not rest:
        body = manifest.canonical()
        headers = {"ETag": f'"{metadata.digest}"'}
        return Answer(
            body if call.method == "GET" else b"",
            headers=headers,
            units=len(body) if call.method == "GET" else 0,
            size=len(body),
        )
    if head == "splits" and rest in manifest.splits:
        split = manifest.splits[rest]
        return await _file(context.resource, metadata, manifest, split.path, call, split.items)
    if head == "files" and rest:
        return await _file(context.resource, metadata, manifest, rest, call, 0)
    raise ServeError(
        404,
        "unknown-path",
        "没有此路径；可用：manifest、files/<文件>、splits/<划分>。",
        "There is no such path; use manifest, files/<file> or splits/<split>.",
    )


def _metadata(metadata: BaseModel) -> DatasetMetadata:
    if not isinstance(metadata, DatasetMetadata):
        raise TypeError("not the metadata of a dataset")
    return metadata


def _refuse_unsupported(delivery: Delivery) -> None:
    """An obligation that cannot be met is a refusal: serving anyway would break the agreement."""
    for clause, operand in _OPERANDS.items():
        if getattr(delivery, clause) not in (None, False, {}, ""):
            raise PolicyRefusal(
                Refused(
                    reason="obligation-not-possible",
                    operand=operand,
                    zh="数据集按原样提供，无法执行协议中的该项要求；请与提供方修改协议。",
                    en="A dataset is served as it is and cannot obey this clause; "
                    "ask the owner to change the agreement.",
                )
            )


_kept: OrderedDict[tuple[str, str], tuple[tuple[int, ...], Manifest]] = OrderedDict()
_lock = Lock()
KEPT = 64


def _sealed(root: Path, metadata: DatasetMetadata) -> Manifest:
    """The manifest, if it is the registered version's. Raises `ServeError`."""
    file = folder.inside(root, f"{metadata.path}/{NAME}")
    mark = _mark(file.stat())
    key = (str(file), metadata.digest)
    with _lock:
        known = _kept.get(key)
    if known is not None and known[0] == mark:
        return known[1]
    manifest = folder.manifest_of(root, metadata.path)
    if manifest.digest() != metadata.digest:
        raise changed()
    with _lock:
        _kept[key] = (mark, manifest)
        while len(_kept) > KEPT:
            _kept.popitem(last=False)
    return manifest


def _mark(seen: os.stat_result) -> tuple[int, int, int]:
    return (seen.st_ino, seen.st_size, seen.st_mtime_ns)


def changed() -> ServeError:
    """A version is immutable: what lies there now is not it."""
    return ServeError(
        503,
        "source-changed",
        "数据集文件与登记的版本不一致，已停止提供，请联系提供方。",
        "The dataset's files are not the registered version's; serving has stopped. "
        "Tell the owner.",
    )


async def _file(
    resource: ServedResource,
    metadata: DatasetMetadata,
    manifest: Manifest,
    name: str,
    call: Call,
    items: int,
) -> Answer:
    one = next((file for file in manifest.files if file.path == name), None)
    if one is None:
        raise ServeError(404, "unknown-file", "清单中没有该文件。", "No such file in the manifest.")
    etag = f'"{one.sha256}"'
    headers = {"ETag": etag, "Accept-Ranges": "bytes"}
    known = {
        tag.strip().removeprefix("W/") for tag in call.headers.get("if-none-match", "").split(",")
    }
    if etag in known:
        return Answer(b"", one.media_type, 304, headers, units=0, size=0)
    path = await asyncio.to_thread(_checked, resource.data_root, metadata.path, one)
    part = _part(call, one.bytes, etag) if call.method == "GET" else None
    if part == (-1, -1):
        headers["Content-Range"] = f"bytes */{one.bytes}"
        return Answer(b"", one.media_type, 416, headers, units=0, size=0)
    first, length = part or (0, one.bytes)
    if part:
        headers["Content-Range"] = f"bytes {first}-{first + length - 1}/{one.bytes}"
    status = 206 if part else 200
    if call.method == "HEAD":
        return Answer(b"", one.media_type, 200, headers, units=0, size=one.bytes)
    rows = 0 if part else items
    stream = _chunks(path, first, length)
    body: bytes | AsyncIterator[bytes] = stream
    if length <= CHUNK:
        body = b"".join([chunk async for chunk in stream])
    return Answer(body, one.media_type, status, headers, units=length, rows=rows, size=length)


_good: OrderedDict[tuple[str, str], tuple[int, int, int]] = OrderedDict()
GOOD = 20_000


def _checked(root: Path, place: str, one: File) -> Path:
    """The file, after its content was compared with the manifest (once for each state of it)."""
    path = folder.inside(root, f"{place}/{one.path}")
    mark = _mark(path.stat())
    key = (str(path), one.sha256)
    with _lock:
        if _good.get(key) == mark:
            return path
    if mark[1] != one.bytes or folder.digest_of(path) != one.sha256:
        raise changed()
    with _lock:
        _good[key] = mark
        while len(_good) > GOOD:
            _good.popitem(last=False)
    return path


def _part(call: Call, size: int, etag: str) -> tuple[int, int] | None:
    """First byte and length (RFC 9110 §14); None for the whole, (-1, -1) for none of it."""
    text = call.headers.get("range")
    if text is None or call.headers.get("if-range", etag) != etag:
        return None
    match = _RANGE.fullmatch(text.strip())
    if match is None or match[1] == match[2] == "":
        return None
    if match[1] == "":
        first, last = max(size - int(match[2]), 0), size - 1
        if int(match[2]) == 0:
            return (-1, -1)
    else:
        first, last = int(match[1]), min(int(match[2] or size - 1), size - 1)
        if match[2] and int(match[2]) < first:
            return None
    return (-1, -1) if first >= size else (first, last - first + 1)


async def _chunks(path: Path, first: int, length: int) -> AsyncIterator[bytes]:
    file: BinaryIO = await asyncio.to_thread(path.open, "rb")
    try:
        file.seek(first)
        while length:
            chunk = await asyncio.to_thread(file.read, min(CHUNK, length))
            if not chunk:
                raise changed()
            length -= len(chunk)
            yield chunk
    finally:
        file.close()


def probe(metadata: BaseModel, root: Path) -> dict[str, Any]:
    """Compare every file with the manifest; what is known of the version. Raises `ServeError`."""
    found = _metadata(metadata)
    manifest = _sealed(root, found)
    wrong = folder.differences(root, found.path, manifest)
    if wrong:
        named = ", ".join(f"{name} ({what})" for name, what in wrong[:5])
        raise ServeError(
            422,
            "not-as-manifest",
            f"文件夹与清单不一致：{named}",
            f"The folder is not as its manifest says: {named}",
        )
    return {
        "files": len(manifest.files),
        "bytes": sum(one.bytes for one in manifest.files),
        "items": sum(one.items for one in manifest.splits.values()),
        "splits": {name: one.items for name, one in manifest.splits.items()},
        "label_counts": _totals(manifest),
        "lineage": [one.source for one in manifest.lineage],
    }


def _totals(manifest: Manifest) -> dict[str, int]:
    totals: dict[str, int] = {}
    for split in manifest.splits.values():
        for label, count in split.labels.items():
            totals[label] = totals.get(label, 0) + count
    return dict(sorted(totals.items()))


def claims(metadata: BaseModel, root: Path) -> list[str]:
    """Every file of the version, under the name by which other kinds claim files."""
    found = _metadata(metadata)
    base = root.resolve()
    manifest = folder.manifest_of(root, found.path)
    place = folder.inside(root, found.path)
    files = [folder.inside(place, one.path) for one in manifest.files]
    return [f"file:{one.relative_to(base).as_posix()}" for one in [place, *files, place / NAME]]
