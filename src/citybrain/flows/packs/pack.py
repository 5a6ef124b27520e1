"""A pack as one object: read from its files, with every fault of form at once."""

import hashlib
import json
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel

from citybrain.engines.law import RuleTable, RuleTableError
from citybrain.engines.law import load as load_law
from citybrain.flows.decisions import build, read_csv, read_dmn
from citybrain.flows.decisions.decide import Decide, compile_table
from citybrain.flows.decisions.model import RawTable, Table
from citybrain.flows.faults import Fault, FaultyError
from citybrain.flows.fields import Field, Fields
from citybrain.flows.packs.contract import Contract, ContractError, read_contract
from citybrain.flows.packs.model import Each, ExampleFile, FlowFile, ScenarioFile, Step, UseStep
from citybrain.flows.packs.ui import Control, UiError, read_ui
from citybrain.flows.packs.yamls import Document, parsed, read_yaml

REQUIRED = ("scenario.yaml", "form.json", "flow.yaml", "texts.zh.yaml", "texts.en.yaml")
KNOWN = re.compile(
    r"(scenario\.yaml|form\.json|ui\.json|flow\.yaml|texts\.(zh|en)\.yaml|law\.toml|README\.md"
    r"|decisions/[a-z][a-z0-9_-]*\.(csv|dmn)|examples/[a-z0-9][a-z0-9_-]*\.yaml)"
)
MOST_FILES, LARGEST_FILE, LARGEST_PACK = 300, 2_000_000, 8_000_000
Files = Mapping[str, str]
T = TypeVar("T", bound=BaseModel)
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Example:
    """One file of `examples/`."""

    code: str
    file: str
    content: ExampleFile


@dataclass(frozen=True)
class Pack:
    """A readable pack; `check` says whether it also makes sense."""

    files: Files
    scenario: ScenarioFile
    contract: Contract
    controls: tuple[Control, ...]
    flow: FlowFile
    raw_tables: Mapping[str, RawTable]
    texts: Mapping[str, Mapping[str, str]]
    """Language ("zh", "en") → key → text."""
    examples: tuple[Example, ...]
    law: RuleTable | None
    documents: Mapping[str, Document] = field(repr=False)

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) over every file."""
        return digest_of(self.files)

    @cached_property
    def steps(self) -> Mapping[str, Step]:
        """By id."""
        return {one.id: one for one in self.flow.steps}

    @cached_property
    def following(self) -> Mapping[str, str | None]:
        """Step → the step after it by its plain way; None after the last."""
        ids: list[str | None] = [one.id for one in self.flow.steps]
        below = [*ids[1:], None]
        return {
            one.id: one.next or after for one, after in zip(self.flow.steps, below, strict=True)
        }

    def ways(self, step: Step) -> dict[str, str | None]:
        """Why → next step, with the plain way filled in."""
        return {
            why: self.following[step.id] if why == "" else to for why, to in step.ways().items()
        }

    @cached_property
    def fields(self) -> Fields:
        """Every field that expressions can read: contract, tables, answers, lists."""
        # What is only asked on a condition may be missing although it is required.
        shown = {one.field for one in self.controls if one.shown}
        found = {
            name: replace(one.field, nullable=one.field.nullable or name in shown)
            for name, one in self.contract.properties.items()
        }
        for table in self.raw_tables.values():
            found |= _outputs_of(table)
        for step in self.flow.steps:
            if isinstance(step, UseStep):
                found |= {
                    name: replace(found[name], nullable=one.optional)
                    if name in found
                    else Field(name, one.type, nullable=one.optional)
                    for name, one in step.take.items()
                }
            elif isinstance(step, Each):
                found[step.name] = Field(step.name, "text", nullable=False)
                found[step.into] = Field(step.into, "list", nullable=False)
        return found

    @cached_property
    def tables(self) -> Mapping[str, Table]:
        """The understood tables. Raises `FaultyError`."""
        return {code: build(raw, self.fields) for code, raw in self.raw_tables.items()}

    @cached_property
    def deciders(self) -> Mapping[str, Decide]:
        """A function for each table."""
        return {code: compile_table(table) for code, table in self.tables.items()}

    def text(self, key: str, language: str) -> str:
        """A text of the pack; the key itself where it is missing."""
        return self.texts[language].get(key) or self.texts["zh"].get(key) or key


def _outputs_of(table: RawTable) -> dict[str, Field]:
    types = {"C": "list", "C#": "number"}
    found = {}
    for place, one in enumerate(table.outputs):
        kind = types.get(table.hit, one.type)
        values = {rule.outputs[place] for rule in table.rules}
        plain = not any(value.startswith(("=", '"')) or value in ("", "-") for value in values)
        allowed = one.allowed or (tuple(sorted(values)) if plain else None)
        blank = any(value in ("", "-", "null") for value in values)
        found[one.name] = Field(
            one.name, kind, nullable=blank, allowed=allowed if kind == "text" else None
        )
    return found


def digest_of(files: Files) -> str:
    """SHA-256 (hex) over the names and contents of the files, in order of the names."""
    whole = hashlib.sha256()
    for name in sorted(files):
        whole.update(f"{name}\0{hashlib.sha256(files[name].encode()).hexdigest()}\n".encode())
    return whole.hexdigest()


def read_folder(folder: Path) -> Pack:
    """The pack of a folder. Raises `FaultyError`."""
    return read_pack(folder_files(folder))


def folder_files(folder: Path) -> dict[str, str]:
    """Every file of a pack's folder by its name in it. Raises `FaultyError`."""
    files: dict[str, str] = {}
    faults: list[Fault] = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_dir() or any(part.startswith(".") for part in path.parts[len(folder.parts) :]):
            continue
        if path.is_symlink() or path.stat().st_size > LARGEST_FILE:
            zh, en = "不接受链接或过大的文件。", "Links and files that large are not accepted."
            faults.append(Fault(name, 0, "file", zh, en))
            continue
        try:
            files[name] = path.read_bytes().decode()
        except UnicodeDecodeError:
            zh, en = "文件须为UTF-8文本。", "The file must be UTF-8 text."
            faults.append(Fault(name, 0, "file", zh, en))
    if faults:
        raise FaultyError(faults)
    return files


def read_pack(files: Files) -> Pack:
    """The pack of these files. Raises `FaultyError` with every fault of form."""
    faults = _file_faults(files)
    if faults:
        raise FaultyError(faults)
    reader = _Reader(files)
    scenario = reader.model(ScenarioFile, "scenario.yaml")
    contract = reader.attempt(reader.contract)
    controls = reader.attempt(reader.controls) or ()
    flow = reader.model(FlowFile, "flow.yaml")
    tables = reader.tables()
    texts = {one: reader.attempt(reader.texts, one) or {} for one in ("zh", "en")}
    examples = reader.examples()
    law = reader.attempt(reader.law)
    if reader.faults or scenario is None or contract is None or flow is None:
        raise FaultyError(reader.faults)
    return Pack(
        dict(files), scenario, contract, controls, flow, tables, texts, examples, law,
        reader.documents,
    )  # fmt: skip


def _file_faults(files: Files) -> list[Fault]:
    faults = [
        Fault(name, 0, "file-missing", "缺少该文件。", "This file is missing.")
        for name in REQUIRED
        if name not in files
    ]
    faults += [
        Fault(name, 0, "file-unknown", "场景包中不应有该文件。", "No such file belongs to a pack.")
        for name in files
        if not KNOWN.fullmatch(name)
    ]
    if len(files) > MOST_FILES or sum(map(len, files.values())) > LARGEST_PACK:
        faults.append(Fault("", 0, "too-large", "场景包过大。", "The pack is too large."))
    return faults


class _Reader:
    """Reads file after file and gathers what is wrong."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.faults: list[Fault] = []
        self.documents: dict[str, Document] = {}

    def attempt(self, work: Callable[..., R], *given: Any) -> R | None:
        try:
            return work(*given)
        except FaultyError as error:
            self.faults += error.faults
            return None

    def document(self, name: str) -> Document:
        found = read_yaml(self.files[name], name)
        self.documents[name] = found
        return found

    def model(self, model: type[T], name: str) -> T | None:
        return self.attempt(lambda: parsed(model, self.document(name)))

    def contract(self) -> Contract:
        data = _json(self.files["form.json"], "form.json")
        try:
            return read_contract(data)
        except ContractError as error:
            raise FaultyError(
                Fault("form.json", line_of(self.files["form.json"], name), "contract", zh, en)
                for name, zh, en in error.problems
            ) from None

    def controls(self) -> tuple[Control, ...]:
        if "ui.json" not in self.files:
            return ()
        try:
            return read_ui(_json(self.files["ui.json"], "ui.json"))
        except UiError as error:
            raise FaultyError([Fault("ui.json", 0, "layout", error.zh, str(error))]) from None

    def tables(self) -> dict[str, RawTable]:
        found: dict[str, RawTable] = {}
        for name in sorted(self.files):
            if not name.startswith("decisions/"):
                continue
            code = Path(name).stem
            if code in found:
                zh, en = "同名的决策表只能有一个文件。", "Only one file may hold this table."
                self.faults.append(Fault(name, 0, "file", zh, en))
            table = self.attempt(_raw_table, self.files[name], name, code)
            if table is not None:
                found[code] = table
        return found

    def texts(self, language: str) -> dict[str, str]:
        document = self.document(f"texts.{language}.yaml")
        return dict(_texts(document.data or {}, (), document))

    def examples(self) -> tuple[Example, ...]:
        found = []
        for name in sorted(self.files):
            if name.startswith("examples/"):
                content = self.model(ExampleFile, name)
                if content is not None:
                    found.append(Example(Path(name).stem, name, content))
        return tuple(found)

    def law(self) -> RuleTable | None:
        text = self.files.get("law.toml")
        if text is None:
            return None
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "law.toml"
            path.write_text(text, "utf-8")
            try:
                return load_law(path)
            except RuleTableError as error:
                en = str(error).replace(str(path), "law.toml")
                zh = f"规则表有误：{en}"
                raise FaultyError([Fault("law.toml", 0, "law", zh, en)]) from None


def _raw_table(text: str, name: str, code: str) -> RawTable:
    if name.endswith(".csv"):
        return read_csv(text, name, code)
    return read_dmn(text.encode(), name, code)[0]


def _json(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        zh, en = f"JSON格式错误：第{error.colno}列。", f"No JSON: {error.msg}."
        raise FaultyError([Fault(name, error.lineno, "json", zh, en)]) from None
    except RecursionError:
        raise FaultyError([Fault(name, 0, "json", "嵌套过深。", "Nested too deep.")]) from None


def line_of(text: str, name: str) -> int:
    """The line on which a JSON text first has a field (its last part) as a key, or names it as
    the end of a scope; 0 for none."""
    last = re.escape(name.rpartition(".")[2])
    wanted = re.compile(rf'"{last}"\s*:|/{last}"')
    lines = enumerate(text.splitlines(), start=1)
    return next((number for number, line in lines if name and wanted.search(line)), 0)


def _texts(data: Any, path: tuple[str, ...], document: Document) -> list[tuple[str, str]]:
    """Nested texts by keys joined with dots."""
    if isinstance(data, dict):
        return [one for key, part in data.items() for one in _texts(part, (*path, key), document)]
    if isinstance(data, str) and 0 < len(data) <= 4000:
        return [(".".join(path), data)]
    fault = document.fault(path, "text", "此处须为文本。", "This must be a text.")
    raise FaultyError([fault])
