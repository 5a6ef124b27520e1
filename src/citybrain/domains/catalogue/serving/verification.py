"""The kind `verification`: yes, no or unknown about one subject (for example 生存状态核验).

Numbers are compared, never returned and never logged. The index in memory holds keyed
digests instead of numbers and names; its key is made anew in each process.
"""

import hmac
import secrets
import time
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import orjson
from pydantic import BaseModel

from citybrain.domains.catalogue.logic import sql, watermark
from citybrain.domains.catalogue.logic.errors import bad, refuse, refuse_unsupported
from citybrain.domains.catalogue.logic.query import Condition, TableQuery
from citybrain.domains.catalogue.logic.subjects import (
    digest,
    is_wellformed,
    joint_pseudonym,
    normal,
)
from citybrain.domains.catalogue.logic.tables import VerificationMetadata
from citybrain.domains.catalogue.serving import store, table
from citybrain.domains.catalogue.serving.loading import stamp
from citybrain.domains.catalogue.serving.render import dumps, marked
from citybrain.kernel.kinds import Answer, Call, ServedResource, UseContext

MOST = 1_000
"""Subjects in one call."""
FRESH_SECONDS = 1.0
_KEY = secrets.token_bytes(32)
_BEIJING = timezone(timedelta(hours=8))
_NOBODY = (digest(_KEY, secrets.token_hex()), None)
_ANSWER = {True: "yes", False: "no", None: "unknown"}

Entry = tuple[bytes, bool | None]
"""Digest of the match columns, and whether the statement is true (None: not known)."""


@dataclass(slots=True)
class Index:
    """Subject digest → entries, and when the source was last looked at."""

    entries: dict[bytes, tuple[Entry, ...]]
    mark: tuple[object, ...]
    looked: float


_indexes: dict[object, Index] = {}
_building: store.Kept[Index] = store.Kept()


def output_of(call: Call) -> str:
    """Always "answer"."""
    return "answer"


async def serve(context: UseContext, call: Call) -> Answer:
    """`POST {"subject", "match"}` or `POST {"subjects": [{"subject", "match"}, …]}`."""
    if call.method != "POST" or call.path.strip("/"):
        raise bad("method", "请用 POST 提交核验请求。", "Verification is asked for with POST.", 405)
    refuse_unsupported(
        context.delivery, "核验", "a verification", "min_cohort", "epsilon", "aggregate_only"
    )
    metadata = _metadata(context.resource.metadata)
    asked, single = _asked(call.body, metadata)
    entries = await _entries(context, metadata)
    answers = [_ANSWER[_find(entries, subject, match)] for subject, match in asked]
    made = _members(context, metadata, answers[0] if single else None, answers)
    body = dumps(made)
    return Answer(
        body,
        headers=watermark.headers(context.delivery.watermark),
        units=len(asked),
        size=len(body),
        subject=joint_pseudonym(context.secret, (subject for subject, _ in asked)),
    )


def _metadata(metadata: BaseModel) -> VerificationMetadata:
    if not isinstance(metadata, VerificationMetadata):
        raise TypeError("not the metadata of a verification")
    return metadata


def _members(
    context: UseContext, metadata: VerificationMetadata, one: str | None, answers: list[str]
) -> dict[str, Any]:
    at = datetime.fromtimestamp(context.at, _BEIJING).isoformat(timespec="seconds")
    question = {"zh": metadata.question_zh, "en": metadata.question_en}
    told: dict[str, Any] = {"answer": one} if one else {"answers": answers}
    told |= {"checked_at": at, "question": question}
    fields = context.delivery.fields
    if fields is not None:
        if "answer" not in fields:
            raise refuse(
                "fields",
                "field-not-agreed",
                "协议的字段中没有 answer（核验结论）。",
                "The agreement's fields do not include the answer.",
            )
        told = {name: told[name] for name in told if name in fields | {"answers"}}
    return marked(told, context.delivery.watermark)


def _asked(body: bytes, metadata: VerificationMetadata) -> tuple[list[tuple[str, bytes]], bool]:
    """Subjects in normal form with the digest of what must match."""
    try:
        given = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise bad("malformed-json", "请求体不是 JSON。", "The body is not JSON.") from None
    single = isinstance(given, dict) and "subject" in given
    listed = [given] if single else given.get("subjects") if isinstance(given, dict) else None
    if not isinstance(listed, list) or not 0 < len(listed) <= MOST:
        raise bad(
            "malformed-question",
            f'请提交 {{"subject": …}} 或 {{"subjects": [1 至 {MOST} 项]}}。',
            f'Send {{"subject": …}} or {{"subjects": [1 to {MOST} of them]}}.',
            422,
        )
    read = [_read_one(one, metadata) for one in listed]
    wrong = [str(place + 1) for place, one in enumerate(read) if one is None]
    if wrong:
        names = ", ".join(metadata.match_columns) or "—"
        raise bad(
            "malformed-subject",
            f"第 {'、'.join(wrong[:20])} 项的号码不合规则，或缺少比对项（{names}）。",
            f"Number {', '.join(wrong[:20])} is not well-formed or lacks what must match "
            f"({names}).",
            422,
        )
    return [one for one in read if one], single


def _read_one(given: Any, metadata: VerificationMetadata) -> tuple[str, bytes] | None:
    if not isinstance(given, dict) or not isinstance(given.get("subject"), str):
        return None
    subject, match = normal(given["subject"]), given.get("match") or {}
    if not is_wellformed(metadata.subject_type, subject) or not isinstance(match, dict):
        return None
    if set(match) != set(metadata.match_columns):
        return None
    values = [match[name] for name in metadata.match_columns]
    if not all(isinstance(value, str) for value in values):
        return None
    return subject, _match_digest(values)


def _match_digest(values: list[str]) -> bytes:
    return digest(_KEY, "\x1f".join(value.strip() for value in values))


def _find(entries: dict[bytes, tuple[Entry, ...]], subject: str, match: bytes) -> bool | None:
    """What all matching rows agree on. A subject that is not there is compared as well,
    with a digest that nothing equals, so that its absence takes no other time."""
    found = entries.get(digest(_KEY, subject), (_NOBODY,))
    truths = {truth for known, truth in found if hmac.compare_digest(known, match)}
    return truths.pop() if len(truths) == 1 else None


async def _entries(
    context: UseContext, metadata: VerificationMetadata
) -> dict[bytes, tuple[Entry, ...]]:
    """The index; the source is looked at once a second at most."""
    rows = context.delivery.rows
    resource = context.resource
    limits = tuple(sorted((name, tuple(map(str, rows[name]))) for name in rows))
    key = (resource.ref, resource.version, str(resource.data_root), limits)
    index = _indexes.get(key)
    if index is None or time.monotonic() - index.looked > FRESH_SECONDS:
        index = await store.in_thread(lambda: _refreshed(key, resource, metadata, rows))
        while len(_indexes) >= store.KEPT and key not in _indexes:
            _indexes.pop(next(iter(_indexes)))
        _indexes[key] = index
    return index.entries


def _refreshed(
    key: object, resource: ServedResource, metadata: VerificationMetadata, rows: dict[str, Any]
) -> Index:
    mark = stamp(metadata, resource.data_root)
    index = _building.get(key, mark, lambda: _build(resource, metadata, rows, mark))
    index.looked = time.monotonic()
    return index


def _build(
    resource: ServedResource,
    metadata: VerificationMetadata,
    rows: dict[str, Any],
    mark: tuple[object, ...],
) -> Index:
    statement = metadata.statement
    item = metadata.item(statement.column)
    texts = statement.value.split(",") if statement.operator == "in" else [statement.value]
    condition = Condition(item, statement.operator, tuple(map(item.letter.parse, texts)))
    asked, limits = sql.truth_of(condition), sql.where(TableQuery(), metadata, rows)
    names = [metadata.item(n).quoted for n in (metadata.subject_column, *metadata.match_columns)]
    cursor = store.table_of(resource).cursor()
    found = cursor.execute(
        f"SELECT {', '.join(names)}, {asked.text} FROM {sql.RELATION}{limits.text}",  # noqa: S608
        asked.values + limits.values,
    )
    entries: dict[bytes, tuple[Entry, ...]] = {}
    while chunk := found.fetchmany(50_000):
        for subject, *match, truth in chunk:
            known = digest(_KEY, normal(subject or ""))
            entry = (_match_digest([value or "" for value in match]), truth)
            entries[known] = (*entries.get(known, ()), entry)
    cursor.close()
    return Index(entries, mark, time.monotonic())


def probe(metadata: BaseModel, root: Path) -> dict[str, Any]:
    """Rows and columns of the table behind; the number of subjects is what can be asked."""
    return table.probe(_metadata(metadata), root)
