"""The columns of the directory as a sheet: for the export, the template and the import alike.

From 政务信息资源目录编制指南（试行） (发改高技〔2017〕1272号) and 政务数据共享条例
(国务院令第809号).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from citybrain.kernel import classes

CLASSES = classes.classes()
SHARE_TYPES = {
    "unconditional": ("无条件共享", "Shared unconditionally"),
    "conditional": ("有条件共享", "Shared on conditions"),
    "none": ("不予共享", "Not shared"),
}
UPDATE_CYCLES = {
    "real-time": ("实时", "Real time"),
    "daily": ("每日", "Daily"),
    "weekly": ("每周", "Weekly"),
    "monthly": ("每月", "Monthly"),
    "quarterly": ("每季度", "Quarterly"),
    "half-yearly": ("每半年", "Half-yearly"),
    "yearly": ("每年", "Yearly"),
    "never": ("不更新", "Not updated"),
}
GRADES = {
    "L1": ("L1 公开", "L1 open"),
    "L2": ("L2 内部", "L2 internal"),
    "L3": ("L3 敏感", "L3 sensitive"),
    "L4": ("L4 高度敏感", "L4 highly sensitive"),
}
OPEN_TYPES = {
    "unconditional": ("无条件开放", "Open to the public"),
    "conditional": ("有条件开放", "Open on conditions"),
    "none": ("不予开放", "Not open to the public"),
}
FORMAT_CLASSES = {
    "document": ("电子文件", "Electronic document"),
    "spreadsheet": ("电子表格", "Spreadsheet"),
    "database": ("数据库", "Database"),
    "image": ("图形图像", "Graphics and images"),
    "stream": ("流媒体", "Streaming media"),
    "self-described": ("自描述格式", "Self-described format"),
}
KINDS = {
    "external": ("外部资源", "Kept elsewhere"),
    "file": ("文件", "File"),
    "table": ("数据表", "Table"),
}
"""The kinds that a sheet can describe; others are registered one by one."""
YES = {"yes": ("是", "Yes"), "no": ("否", "No")}
LETTERS = {one: (one, one) for one in "CNYDTLMGBIF"}

Choices = Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Column:
    """`use`: "both", "out" (only in exports) or "in" (only in templates)."""

    key: str
    zh: str
    en: str
    use: str = "both"
    required: bool = False
    choices: Choices | None = None
    hint_zh: str = ""
    hint_en: str = ""
    width: int = 18

    @property
    def heading(self) -> str:
        """What stands in the first row."""
        return f"{self.zh} {self.en}"


COLUMNS = (
    Column("category_class", "类", "Class", choices=CLASSES, width=16),
    Column("category_item", "项", "Class item", hint_zh="2位数字", hint_en="2 digits", width=6),
    Column(
        "category_subject", "目", "Class subject", hint_zh="3位数字", hint_en="3 digits", width=6
    ),
    Column(
        "category_detail",
        "细目",
        "Class detail",
        hint_zh="数字或字母",
        hint_en="Digits or letters",
        width=8,
    ),
    Column("code", "信息资源代码", "Directory code", required=True),
    Column("title_zh", "信息资源名称", "Title (Chinese)", required=True, width=36),
    Column("title_en", "英文名称", "Title (English)", required=True, width=36),
    Column("owner_zh", "信息资源提供方", "Provider", width=24),
    Column("owner_code", "提供方代码", "Provider's code"),
    Column(
        "source_party",
        "数源单位",
        "Source office",
        hint_zh="名称或统一社会信用代码；与提供方相同时可空",
        hint_en="Name or credit code; empty when it is the provider",
        width=24,
    ),
    Column("source_code", "数源单位代码", "Source office's code", "out"),
    Column("summary_zh", "信息资源摘要", "Summary (Chinese)", width=48),
    Column("summary_en", "英文摘要", "Summary (English)", width=48),
    Column("kind", "资源类型", "Kind", required=True, choices=KINDS),
    Column("format_class", "格式分类", "Format class", choices=FORMAT_CLASSES, width=14),
    Column("format", "信息资源格式", "Format"),
    Column("share_type", "共享类型", "Share type", required=True, choices=SHARE_TYPES),
    Column(
        "share_scope",
        "共享条件",
        "Scope and use",
        hint_zh="有条件共享必填：共享范围和使用用途",
        hint_en="Needed when shared on conditions",
        width=36,
    ),
    Column(
        "share_basis",
        "不予共享依据",
        "Legal basis",
        hint_zh="不予共享必填：法律、行政法规或国务院决定",
        hint_en="Needed when not shared",
        width=36,
    ),
    Column("share_way", "共享方式", "Way of sharing", "out", width=24),
    Column("open_type", "开放属性", "Open attribute", choices=OPEN_TYPES),
    Column(
        "open_conditions",
        "开放条件",
        "Conditions of opening",
        hint_zh="有条件开放必填",
        hint_en="Needed when open on conditions",
        width=36,
    ),
    Column("update_cycle", "更新周期", "Update cycle", required=True, choices=UPDATE_CYCLES),
    Column("issued", "发布日期", "Issued", "out"),
    Column("grade", "数据分级", "Grade", required=True, choices=GRADES),
    Column("district", "区划代码", "District", hint_zh="6位数字，可空", hint_en="6 digits"),
    Column(
        "related",
        "关联资源代码",
        "Related resources",
        hint_zh="信息资源代码，以分号分隔",
        hint_en="Directory codes, parted by semicolons",
        width=30,
    ),
    Column("licence", "许可", "Licence"),
    Column(
        "landing_page",
        "原始页面",
        "Landing page",
        hint_zh="外部资源必填：http 或 https 地址",
        hint_en="Needed when kept elsewhere",
        width=36,
    ),
    Column(
        "path",
        "数据文件",
        "Data file",
        "in",
        hint_zh="文件、数据表必填：数据目录下的相对路径",
        hint_en="Needed for file and table: path below the data folder",
        width=30,
    ),
)
ITEMS = Column("items", "信息项", "Items", width=48)
"""In CSV alone, which has one sheet only."""
ITEM_COLUMNS = (
    Column("code", "信息资源代码", "Directory code", required=True),
    Column("name", "信息项列名", "Column name", required=True),
    Column("title_zh", "信息项名称", "Title (Chinese)", required=True, width=30),
    Column("title_en", "信息项英文名称", "Title (English)", required=True, width=30),
    Column("type", "数据类型", "Type", required=True, choices=LETTERS, width=8),
    Column("sensitive", "敏感", "Sensitive", choices=YES, width=8),
)
SHEET, ITEM_SHEET, GUIDE_SHEET = "目录 Directory", "信息项 Items", "填写说明 Guide"
OUT = tuple(one for one in COLUMNS if one.use != "in")
IN = tuple(one for one in COLUMNS if one.use != "out")


def label(choices: Choices, code: str) -> str:
    """The Chinese word of a code; the code itself for one that no sheet can describe."""
    return choices[code][0] if code in choices else code


def meant(choices: Choices, text: str) -> str | None:
    """The code that a person meant by a code or a word in either language; None for none."""
    folded = text.strip().casefold()
    for code, (zh, en) in choices.items():
        if folded in {code.casefold(), zh.casefold(), en.casefold()}:
            return code
    return None
