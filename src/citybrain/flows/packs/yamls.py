"""YAML with line numbers, without surprises: no anchors, no dates, only true and false."""

from dataclasses import dataclass, field
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from citybrain.flows.faults import Fault, FaultyError

LONGEST = 500_000
DEEPEST = 12
Path = tuple[str | int, ...]
T = TypeVar("T", bound=BaseModel)


class _Loader(yaml.SafeLoader):
    """Dates stay texts, "no" and "on" too."""


def _is_kept(first: str, tag: str) -> bool:
    kind = tag.rpartition(":")[2]
    return kind != "timestamp" and not (kind == "bool" and first in "yYnNoO")


_Loader.yaml_implicit_resolvers = {
    first: [(tag, regexp) for tag, regexp in rules if _is_kept(first, tag)]
    for first, rules in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(slots=True)
class Document:
    """What stands in a file, and on which line each part begins."""

    file: str
    data: Any
    lines: dict[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """The line of a part, or of the nearest part that holds it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def fault(self, path: Path, code: str, zh: str, en: str) -> Fault:
        """A fault of a part."""
        return Fault(self.file, self.line(path), code, zh, en)


def read_yaml(text: str, file: str) -> Document:
    """The document. Raises `FaultyError`."""
    document = Document(file, None)
    if len(text) > LONGEST:
        raise FaultyError([Fault(file, 0, "too-large", "文件过大。", "The file is too large.")])
    try:
        if any(isinstance(one, yaml.AliasEvent) for one in yaml.parse(text, _Loader)):
            zh, en = "不支持YAML的锚点与别名。", "YAML anchors and aliases are not supported."
            raise FaultyError([Fault(file, 0, "yaml", zh, en)])
        node = yaml.compose(text, _Loader)
    except yaml.YAMLError as error:
        raise FaultyError([_yaml_fault(error, file)]) from None
    if node is not None:
        document.data = _value(node, (), document, 0)
    return document


def _yaml_fault(error: yaml.YAMLError, file: str) -> Fault:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error)
    line = mark.line + 1 if mark else 0
    return Fault(
        file, line, "yaml", "YAML格式错误，请检查缩进、冒号和引号。", f"No YAML: {problem}."
    )


def _value(node: yaml.Node, path: Path, document: Document, depth: int) -> Any:
    document.lines[path] = node.start_mark.line + 1
    if depth > DEEPEST:
        raise FaultyError([document.fault(path, "yaml", "嵌套过深。", "Nested too deep.")])
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, document, depth)
    if isinstance(node, yaml.SequenceNode):
        return [
            _value(one, (*path, place), document, depth + 1) for place, one in enumerate(node.value)
        ]
    return _scalar(node, path, document)


def _scalar(node: yaml.Node, path: Path, document: Document) -> Any:
    loader = _Loader("")
    try:
        return loader.construct_object(node)
    except (yaml.YAMLError, ValueError):
        zh, en = f"无法识别的值“{node.value}”。", f"{node.value!r} is no value."
        raise FaultyError([document.fault(path, "yaml", zh, en)]) from None
    finally:
        loader.dispose()


def _mapping(node: yaml.MappingNode, path: Path, document: Document, depth: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key_node, value_node in node.value:
        key = str(key_node.value)
        here = (*path, key)
        if key in found:
            document.lines[here] = key_node.start_mark.line + 1
            fault = document.fault(here, "yaml", f"“{key}”重复。", f"{key!r} stands there twice.")
            raise FaultyError([fault])
        found[key] = _value(value_node, here, document, depth + 1)
        document.lines[here] = key_node.start_mark.line + 1
    return found


def parsed(model: type[T], document: Document) -> T:
    """The document as a model. Raises `FaultyError`, one fault for each error with its line."""
    try:
        return model.model_validate(document.data)
    except ValidationError as error:
        raise FaultyError(_fault(one, document) for one in error.errors()) from None


def _fault(error: Any, document: Document) -> Fault:
    path = tuple(one for one in error["loc"])
    place = _present(path, document)
    name = ".".join(str(one) for one in path) or document.file
    kind = error["type"]
    if kind == "missing":
        zh, en = f"缺少“{path[-1]}”。", f"“{path[-1]}” is missing."
    elif kind == "extra_forbidden":
        zh, en = f"没有“{path[-1]}”这一项，请删除或改正拼写。", f"There is no “{path[-1]}” here."
    else:
        zh, en = f"“{name}”有误：{error['msg']}。", f"{name}: {error['msg']}."
    return document.fault(place, kind.replace("_", "-"), zh, en)


def _present(path: Path, document: Document) -> Path:
    """The path without the names of union members that pydantic puts in between."""
    found: Path = ()
    for one in path:
        if (*found, one) in document.lines:
            found = (*found, one)
    return found
