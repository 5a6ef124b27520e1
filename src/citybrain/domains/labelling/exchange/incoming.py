"""What a file of tasks yields, one by one: never more of it in memory than one task.

Each reader gives `(place, Incoming)`; a fault is raised as `BadFile` with the line or the task
in both languages.
"""

import csv
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any

MOST_ONE = 2_000_000
"""Bytes of one task."""
CHUNK = 64 * 1024
_SPACE = " \t\r\n"


class BadFile(ValueError):  # noqa: N818 - named as what happened
    """A file that cannot be read on; the texts name the place."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True, slots=True)
class Incoming:
    """One task of a file. `annotations` and `predictions` in Label Studio's shape, if any."""

    data: Any
    annotations: list[Any] = field(default_factory=list)
    predictions: list[Any] = field(default_factory=list)
    ours: dict[str, Any] = field(default_factory=dict)


Placed = tuple[tuple[str, str], Incoming]
Reader = Callable[[IO[bytes]], Iterator[Placed]]


def _text(file: IO[bytes]) -> io.TextIOWrapper:
    return io.TextIOWrapper(file, encoding="utf-8-sig", newline="")


def _line(number: int) -> tuple[str, str]:
    return f"第{number}行", f"line {number}"


def read_csv(file: IO[bytes]) -> Iterator[Placed]:
    """A heading line, then one task a line; columns become the fields of its data."""
    text = _text(file)
    previous = csv.field_size_limit(MOST_ONE)
    rows = csv.DictReader(text, strict=True)
    try:
        for row in rows:
            place = _line(rows.line_num)
            if None in row or None in row.values():
                raise BadFile(
                    f"{place[0]}的列数与表头不一致。",
                    f"{place[1]}: as many columns as the heading has are needed.",
                )
            yield place, Incoming({name: value for name, value in row.items() if value})
    except (csv.Error, UnicodeDecodeError) as error:
        raise _unreadable(_line(rows.line_num + 1), "CSV", error) from None
    finally:
        csv.field_size_limit(previous)
        text.detach()


def read_jsonl(file: IO[bytes]) -> Iterator[Placed]:
    """One JSON object a line: a task's data."""
    for number, line in enumerate(_lines(file), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise _unreadable(_line(number), "JSON", error) from None
        yield _line(number), Incoming(value)


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    number = 0
    while line := file.readline(MOST_ONE + 1):
        number += 1
        if len(line) > MOST_ONE:
            zh, en = _line(number)
            raise BadFile(f"{zh}过长。", f"{en} is too long.")
        yield line


def read_labelstudio(file: IO[bytes]) -> Iterator[Placed]:
    """Label Studio's JSON: an array of tasks with data, annotations and predictions."""
    for number, value in enumerate(array_items(file), 1):
        place = (f"第{number}个任务", f"task {number}")
        if not isinstance(value, dict):
            raise BadFile(f"{place[0]}不是对象。", f"{place[1]} is no object.")
        # Tasks may also come as bare data, without the key.
        bare = "data" not in value
        given = value if bare else value["data"]
        lists = [[] if bare else value.get(name, []) for name in ("annotations", "predictions")]
        if not all(isinstance(one, list) for one in lists):
            raise BadFile(
                f"{place[0]}的annotations或predictions不是数组。",
                f"{place[1]}: annotations and predictions must be arrays.",
            )
        meta = value.get("meta") if not bare else None
        ours = meta.get("citybrain", {}) if isinstance(meta, dict) else {}
        annotations, predictions = lists
        given_ours = ours if isinstance(ours, dict) else {}
        yield place, Incoming(given, annotations, predictions, given_ours)


def array_items(file: IO[bytes]) -> Iterator[Any]:
    """The items of a JSON array, each parsed as soon as it is there."""
    text = _text(file)
    try:
        yield from _items(text)
    except UnicodeDecodeError as error:
        raise _unreadable(("文件", "the file"), "UTF-8", error) from None
    finally:
        text.detach()


def _items(text: io.TextIOWrapper) -> Iterator[Any]:
    decoder = json.JSONDecoder()
    buffer, number = text.read(CHUNK).lstrip(_SPACE), 0
    if not buffer.startswith("["):
        raise BadFile("文件不是JSON数组。", "The file is no JSON array.")
    buffer = buffer[1:]
    while True:
        buffer = _filled(text, buffer.lstrip(_SPACE))
        if buffer.startswith("]") and not number:
            return
        number += 1
        value, buffer = _one(decoder, text, buffer, number)
        yield value
        buffer = _filled(text, buffer.lstrip(_SPACE))
        if buffer.startswith("]"):
            return
        if not buffer.startswith(","):
            raise _broken(number + 1, "expecting ',' or ']'")
        buffer = buffer[1:]


def _filled(text: io.TextIOWrapper, buffer: str) -> str:
    """The buffer with something other than white space at its start, if there is any left."""
    while not buffer and (more := text.read(CHUNK)):
        buffer = more.lstrip(_SPACE)
    return buffer


def _one(
    decoder: json.JSONDecoder, text: io.TextIOWrapper, buffer: str, number: int
) -> tuple[Any, str]:
    while True:
        try:
            value, end = decoder.raw_decode(buffer)
            # A number at the very end of the buffer might go on in the next chunk.
            if end < len(buffer) or not isinstance(value, int | float):
                return value, buffer[end:]
        except (ValueError, RecursionError) as error:
            if len(buffer) > MOST_ONE:
                raise _broken(number, "too long or malformed") from None
            fault = str(error)
        else:
            fault = "cut off"
        more = text.read(max(CHUNK, len(buffer)))
        if not more:
            raise _broken(number, fault)
        buffer += more


def _broken(number: int, fault: str) -> BadFile:
    return _unreadable((f"第{number}个任务", f"task {number}"), "JSON", ValueError(fault))


def _unreadable(place: tuple[str, str], form: str, error: Exception) -> BadFile:
    return BadFile(
        f"{place[0]}不是有效的{form}：{error}", f"{place[1]} is no valid {form}: {error}"
    )


READERS: dict[str, Reader] = {
    "csv": read_csv,
    "jsonl": read_jsonl,
    "labelstudio": read_labelstudio,
}


def form_of(name: str) -> str:
    """The format by the file's name. Raises `BadFile`."""
    endings = {".csv": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "labelstudio"}
    for ending, form in endings.items():
        if name.lower().endswith(ending):
            return form
    raise BadFile(
        "文件名应以 .csv、.jsonl 或 .json（Label Studio）结尾。",
        "The file's name must end in .csv, .jsonl or .json (Label Studio).",
    )
