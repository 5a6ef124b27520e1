"""Metadata of the kind `dataset`, and its card (数据集说明卡) as Markdown."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from citybrain.domains.labelling.logic.manifest import Manifest, is_plain


def described(zh: str, en: str, default: Any = ..., **limits: Any) -> Any:
    """A documented field with its Chinese label."""
    return Field(default, description=en, json_schema_extra={"zh": zh}, **limits)


class DatasetMetadata(BaseModel):
    """A dataset version: the folder, the digest of its manifest, and the card."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str = described("文件夹", "Folder below the data folder, with manifest.json.")
    digest: str = described(
        "清单摘要", "SHA-256 of the manifest: it fixes the version.", pattern="[0-9a-f]{64}"
    )
    licence: str = described("许可", "Licence of the data.", max_length=500)
    purpose: str = described("预期用途", "What it is meant for.", max_length=1000)
    description_zh: str = described("内容说明", "What it is, in Chinese.", max_length=5000)
    description_en: str = described(
        "内容说明（英文）", "What it is, in English.", "", max_length=5000
    )
    origin: str = described("来源与采集", "Where the data come from.", max_length=2000)
    labels: tuple[str, ...] = described("标签", "Labels that are given.", (), max_length=100)
    guideline: str = described("标注规范", "How it was labelled.", "", max_length=50_000)
    limits: str = described("已知局限", "What it is not good for.", "", max_length=5000)
    personal_data: bool = described("含个人信息", "Whether it holds personal data.", False)

    @field_validator("path")
    @classmethod
    def _relative(cls, value: str) -> str:
        if not is_plain(value):
            raise ValueError("must be a relative path below the data folder, without '..'")
        return value


_HEADINGS = (
    ("description_zh", "内容说明", "Description"),
    ("description_en", "", ""),
    ("origin", "来源与采集", "Source and collection"),
    ("purpose", "预期用途", "Intended use"),
    ("limits", "已知局限", "Known limits"),
    ("licence", "许可", "Licence"),
    ("guideline", "标注规范", "Guideline"),
)


def markdown(title_zh: str, title_en: str, card: DatasetMetadata, manifest: Manifest) -> str:
    """The card as Markdown, Chinese headings first."""
    parts = [f"# {title_zh}\n\n{title_en}\n"]
    for name, zh, en in _HEADINGS:
        value = getattr(card, name)
        if value:
            parts.append((f"## {zh} · {en}\n\n" if zh else "") + f"{value}\n")
    personal = "是 · yes" if card.personal_data else "否 · no"
    parts.append(f"## 含个人信息 · Personal data\n\n{personal}\n")
    if card.labels:
        labels = "\n".join(f"- {one}" for one in card.labels)
        parts.append(f"## 标签 · Labels\n\n{labels}\n")
    if manifest.splits:
        rows = [
            f"| {name} | {one.items} | {_labels(one.labels)} |" for name, one in _splits(manifest)
        ]
        head = "| 划分 split | 条数 items | 标签计数 labels |\n|---|---|---|\n"
        parts.append(f"## 划分 · Splits\n\n{head}" + "\n".join(rows) + f"\n{_assigned(manifest)}")
    if manifest.lineage:
        lines = "\n".join(f"- {one.relation}: {one.source}" for one in manifest.lineage)
        parts.append(f"## 来源关系 · Lineage\n\n{lines}\n")
    total = sum(one.bytes for one in manifest.files)
    parts.append(
        f"## 版本 · Version\n\n{len(manifest.files)} 个文件 files · {total} 字节 bytes\n\n"
        f"清单 manifest SHA-256: `{manifest.digest()}`\n"
    )
    return "\n".join(parts)


def _splits(manifest: Manifest) -> list[tuple[str, Any]]:
    order = ("train", "validation", "test")
    return [(name, manifest.splits[name]) for name in order if name in manifest.splits]


def _labels(labels: dict[str, int]) -> str:
    return "；".join(f"{name} {count}" for name, count in sorted(labels.items())) or "—"


def _assigned(manifest: Manifest) -> str:
    one = manifest.assignment
    if one is None:
        return ""
    rest = 100 - one.train - one.validation
    shares = f"{one.train}/{one.validation}/{rest}"
    return f"\nSHA-256(种子 seed {one.seed} : id), {shares}\n"
