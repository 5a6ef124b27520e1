#!/usr/bin/env python3
"""Keeps the message files of every app complete, without GNU gettext.

    tools/messages.py            take new messages into each django.po, compile each django.mo
    tools/messages.py --check    report what is missing, untranslated, stale or not compiled

Message ids are English, so only zh_Hans has a file. What stands in Python is found
in its syntax tree; what stands in templates by Django's own `templatize`. Python
outside any app (settings) goes into the `ui` app's file.
"""

import argparse
import ast
import re
import struct
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src/citybrain"
COMMON = SOURCE / "ui"
LOCALE = "locale/zh_Hans/LC_MESSAGES/django.po"
HEADER = (
    "Content-Type: text/plain; charset=UTF-8\n"
    "Content-Transfer-Encoding: 8bit\n"
    "Language: zh_Hans\n"
    "Plural-Forms: nplurals=1; plural=0;\n"
)
# Function → positions of context, message id and plural among its arguments.
ROLES = {
    "gettext": (None, 0, None),
    "ngettext": (None, 0, 1),
    "pgettext": (0, 1, None),
    "npgettext": (0, 1, 2),
}
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]|\{(\w*)\}")

Key = tuple[str, str]
"""Context ("" for none) and message id."""


@dataclass
class Message:
    """A message: where it stands, its plural id, its translation."""

    plural: str = ""
    text: str = ""
    places: set[str] = field(default_factory=set)


Messages = dict[Key, Message]


def role_of(name: str) -> tuple[int | None, int, int | None] | None:
    name = "gettext" if name == "_" else name.removesuffix("_lazy").removesuffix("_noop")
    return ROLES.get(name)


def aliases_of(tree: ast.AST) -> dict[str, str]:
    """Local name → function of django.utils.translation."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
            found.update({a.asname or a.name: a.name for a in node.names if role_of(a.name)})
    return found


def literals(arguments: list[ast.expr]) -> list[str | None]:
    return [
        one.value if isinstance(one, ast.Constant) and isinstance(one.value, str) else None
        for one in arguments
    ]


def calls_in(tree: ast.AST, aliases: dict[str, str]) -> Iterator[tuple[Key, str]]:
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        role = role_of(aliases.get(node.func.id, "")) if node.func.id in aliases else None
        values = literals(node.args)
        if role is None or len(values) <= role[1] or values[role[1]] is None:
            continue
        context = values[role[0]] if role[0] is not None else ""
        plural = values[role[2]] if role[2] is not None and len(values) > role[2] else ""
        yield (context or "", values[role[1]] or ""), plural or ""


TEXT = r"""u?("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
TEMPLATE_CALL = re.compile(rf"\b(n?p?gettext|_)\(\s*{TEXT}(?:\s*,\s*{TEXT})?(?:\s*,\s*{TEXT})?")


def in_template(text: str) -> Iterator[tuple[Key, str]]:
    """Messages of one template, out of the code that Django makes of it for xgettext."""
    if not settings.configured:
        settings.configure()
    for match in TEMPLATE_CALL.finditer(templatize(text)):
        values = [ast.literal_eval(part) for part in match.groups()[1:] if part]
        role = role_of(match[1])
        if role is None or len(values) <= role[1]:
            continue
        context = values[role[0]] if role[0] is not None else ""
        plural = values[role[2]] if role[2] is not None and len(values) > role[2] else ""
        yield (context, values[role[1]]), plural


def found_in(path: Path) -> Iterator[tuple[Key, str]]:
    text = path.read_text("utf-8")
    if path.suffix == ".py":
        tree = ast.parse(text)
        yield from calls_in(tree, aliases_of(tree))
    else:
        yield from in_template(text)


def app_of(path: Path, source: Path = SOURCE) -> Path:
    """The nearest folder above with an apps.py."""
    for folder in path.parents:
        if (folder / "apps.py").exists():
            return folder
        if folder == source:
            break
    return source / "ui"


def files(source: Path) -> Iterator[Path]:
    for path in sorted(source.rglob("*")):
        parts = path.relative_to(source).parts
        if "tests" in parts or "migrations" in parts or "static" in parts or not path.is_file():
            continue
        if path.suffix == ".py" or ("templates" in parts and path.suffix in (".html", ".txt")):
            yield path


def extract(source: Path = SOURCE) -> dict[Path, Messages]:
    """Every message of every app."""
    found: dict[Path, Messages] = {}
    for path in files(source):
        for key, plural in found_in(path):
            app = app_of(path, source)
            message = found.setdefault(app, {}).setdefault(key, Message())
            message.plural = message.plural or plural
            message.places.add(
                path.relative_to(app if path.is_relative_to(app) else source).as_posix()
            )
    return found


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def unquoted(text: str) -> str:
    return str(ast.literal_eval(text))


def read_po(path: Path) -> Messages:
    """The entries of a .po file, obsolete (#~) ones dropped. ValueError: a malformed line."""
    found: Messages = {}
    if not path.exists():
        return found
    for block in re.split(r"\n\s*\n", path.read_text("utf-8")):
        parts: dict[str, str] = {}
        keyword = ""
        for line in block.splitlines():
            if line.startswith("#") or not line.strip():
                continue
            match = re.fullmatch(r'(?:(msg\w+(?:\[0\])?)\s+)?(".*")\s*', line)
            if match is None or not (match[1] or keyword):
                raise ValueError(f"{path}: cannot read {line!r}")
            keyword = match[1] or keyword
            parts[keyword] = parts.get(keyword, "") + unquoted(match[2])
        if parts.get("msgid"):
            text = parts.get("msgstr", "") or parts.get("msgstr[0]", "")
            key = (parts.get("msgctxt", ""), parts["msgid"])
            found[key] = Message(parts.get("msgid_plural", ""), text)
    return found


def po_text(messages: Messages) -> str:
    lines = ["# Chinese messages; ids are English. Kept by tools/messages.py.\n"]
    lines.append('msgid ""\nmsgstr ""\n')
    lines += [quoted(line + "\n") + "\n" for line in HEADER.strip().split("\n")]
    for (context, text), message in sorted(messages.items(), key=lambda pair: pair[0][::-1]):
        lines.append("\n" + "".join(f"#: {place}\n" for place in sorted(message.places)))
        lines.append(f"msgctxt {quoted(context)}\n" if context else "")
        lines.append(f"msgid {quoted(text)}\n")
        plural = f"msgid_plural {quoted(message.plural)}\nmsgstr[0]" if message.plural else "msgstr"
        lines.append(f"{plural} {quoted(message.text)}\n")
    return "".join(lines)


def mo_bytes(messages: Messages) -> bytes:
    """The compiled catalogue: GNU .mo, revision 0, without hash table."""
    texts = {"": HEADER}
    for (context, text), message in messages.items():
        if message.text:
            name = f"{context}\x04{text}" if context else text
            texts[f"{name}\0{message.plural}" if message.plural else name] = message.text
    pairs = sorted((name.encode(), text.encode()) for name, text in texts.items())
    count, start = len(pairs), 28
    offset = start + 16 * count
    tables: list[list[int]] = [[], []]
    body = b""
    for side in (0, 1):
        for pair in pairs:
            tables[side] += [len(pair[side]), offset + len(body)]
            body += pair[side] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, count, start, start + 8 * count, 0, offset)
    return head + struct.pack(f"<{4 * count}I", *tables[0], *tables[1]) + body


def merged(wanted: Messages, known: Messages) -> Messages:
    """What the code holds, with the translations that are known."""
    return {
        key: Message(message.plural, known[key].text if key in known else "", message.places)
        for key, message in wanted.items()
    }


def known_anywhere(source: Path) -> Messages:
    """Every app's translations: catalogues are merged at run time, and texts move between apps."""
    found: Messages = {}
    for po in sorted(source.rglob(LOCALE)):
        found |= {key: message for key, message in read_po(po).items() if message.text}
    return found


def placeholders(text: str) -> set[str]:
    return {match[1] or match[2] for match in PLACEHOLDER.finditer(text)}


def problems_of(wanted: Messages, po: Path) -> list[str]:
    """What is wrong with one app's message file."""
    known, problems = read_po(po), []
    for key in sorted(wanted.keys() - known.keys()):
        problems.append(f"missing {key[1]!r}")
    for key in sorted(known.keys() - wanted.keys()):
        problems.append(f"no longer used: {key[1]!r}")
    for key in sorted(known.keys() & wanted.keys()):
        ids = placeholders(key[1]) | placeholders(wanted[key].plural)
        if not known[key].text:
            problems.append(f"not translated: {key[1]!r}")
        elif not placeholders(known[key].text) <= ids or (
            placeholders(key[1]) - placeholders(known[key].text) and not wanted[key].plural
        ):
            problems.append(f"placeholders differ: {key[1]!r}")
    mo = po.with_suffix(".mo")
    if not problems and (not mo.exists() or mo.read_bytes() != mo_bytes(known)):
        problems.append("django.mo is not compiled from django.po")
    return problems


def check(source: Path = SOURCE) -> list[str]:
    found = extract(source)
    for po in source.rglob(LOCALE):
        found.setdefault(po.parents[3], {})
    return [
        f"{app.relative_to(source)}: {problem}"
        for app, wanted in sorted(found.items())
        for problem in problems_of(wanted, app / LOCALE)
    ] + different(source)


def different(source: Path) -> list[str]:
    """Messages with several translations: at run time there is one for all apps."""
    texts: dict[Key, set[str]] = {}
    for po in source.rglob(LOCALE):
        for key, message in read_po(po).items():
            if message.text:
                texts.setdefault(key, set()).add(message.text)
    return [
        f"translated in several ways: {key[1]!r}: {', '.join(sorted(found))}"
        for key, found in sorted(texts.items())
        if len(found) > 1
    ]


def update(source: Path = SOURCE) -> None:
    """Writes every app's .po and .mo."""
    everywhere = known_anywhere(source)
    for app, wanted in extract(source).items():
        po = app / LOCALE
        po.parent.mkdir(parents=True, exist_ok=True)
        messages = merged(wanted, everywhere | read_po(po))
        po.write_text(po_text(messages), "utf-8")
        po.with_suffix(".mo").write_bytes(mo_bytes(messages))


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="report only; write nothing")
    options = parser.parse_args(arguments)
    if not options.check:
        update()
    problems = check()
    for line in problems:
        print(line, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
