"""Metadata of the kinds table and verification."""

import re
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from citybrain.domains.catalogue.logic.columns import Item
from citybrain.domains.catalogue.logic.fields import described
from citybrain.domains.catalogue.logic.paths import check_relative

UpdateCycle = Literal["实时", "每日", "每周", "每月", "每季度", "每半年", "每年", "不更新"]
_DATABASE_TABLE = re.compile(r"[^\W\d]\w{0,62}(\.[^\W\d]\w{0,62})?")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FileSource(_Part):
    """A file below the data folder."""

    type: Literal["file"] = described("来源类型", 'Always "file".')
    path: str = described("路径", "Path below the data folder.", max_length=500)
    format: Literal["csv", "parquet", "geojson", "excel"] = described("格式", "Format of the file.")
    encoding: Literal["utf-8", "gb18030"] = described("编码", "Encoding of a CSV file.", "utf-8")
    delimiter: Literal[",", ";", "\t", "|"] = described("分隔符", "Delimiter of a CSV file.", ",")
    sheet: str | None = described("工作表", "Sheet of an Excel file; the first if empty.", None)

    _relative = field_validator("path")(check_relative)


class DatabaseSource(_Part):
    """A table of a database: an SQLite file below the data folder, or PostgreSQL by name."""

    type: Literal["database"] = described("来源类型", 'Always "database".')
    engine: Literal["sqlite", "postgresql"] = described("数据库", "Which database.")
    path: str | None = described("路径", "SQLite: path below the data folder.", None)
    credential: str | None = described(
        "凭据名称", "PostgreSQL: name of the entry in the credentials file.", None, max_length=100
    )
    table: str = described("表名", "table or schema.table", max_length=127)
    refresh_seconds: int = described(
        "刷新间隔（秒）",
        "PostgreSQL: age at which it is read anew.",
        3600,
        ge=60,
        le=604800,
    )

    @field_validator("table")
    @classmethod
    def _plain_table(cls, value: str) -> str:
        if not _DATABASE_TABLE.fullmatch(value):
            raise ValueError("must be table or schema.table, of letters, digits and underscores")
        return value

    @model_validator(mode="after")
    def _one_place(self) -> "DatabaseSource":
        if self.engine == "sqlite":
            check_relative(self.path or "")
        elif not self.credential:
            raise ValueError("postgresql needs the name of a credential, never an address")
        return self


class PointColumns(_Part):
    """Points given by two number columns."""

    lng: str = described("经度列", "Column of longitudes.")
    lat: str = described("纬度列", "Column of latitudes.")


class GeometryColumn(_Part):
    """Any GeoJSON geometry, as text in one column of type G; for GeoJSON sources."""

    column: str = described("几何列", "Column that holds the geometry.")


class TableBase(_Part):
    """What every table has, whether it is served row by row or answers yes and no."""

    source: Annotated[FileSource | DatabaseSource, Field(discriminator="type")] = described(
        "来源", "Where the rows come from."
    )
    items: tuple[Item, ...] = described("信息项", "The columns.", min_length=1, max_length=500)
    primary_key: tuple[str, ...] = described("主键", "Columns that name a row.", ())
    geometry: PointColumns | GeometryColumn | None = described("空间列", "Where things are.", None)
    datum: Literal["WGS-84", "GCJ-02"] | None = described("坐标基准", "Datum of coordinates.", None)
    update_cycle: UpdateCycle = described("更新周期", "How often the source changes.", "不更新")
    licence: str = described("许可", "Licence of the data.", "", max_length=500)
    origin: str = described("来源说明", "Where the data come from.", "", max_length=1000)
    invented: bool = described("虚构数据", "True when the rows are made up.", False)

    @model_validator(mode="after")
    def _consistent(self) -> "TableBase":
        folded = [item.name.casefold() for item in self.items]
        if len(set(folded)) != len(folded):
            raise ValueError("two columns have the same name (case does not count)")
        for name in (*self.primary_key, *self.place_columns):
            self.item(name)
        if self.geometry is not None and self.datum is None:
            raise ValueError("coordinates need their datum: WGS-84 or GCJ-02")
        self._check_geometry()
        return self

    def _check_geometry(self) -> None:
        if isinstance(self.geometry, GeometryColumn):
            if not isinstance(self.source, FileSource) or self.source.format != "geojson":
                raise ValueError("a geometry column needs a GeoJSON source; use lng and lat")
        elif not all(self.item(name).letter.is_number for name in self.place_columns):
            raise ValueError("lng and lat must be numbers")

    @property
    def place_columns(self) -> tuple[str, ...]:
        """Names of the columns that tell where a row is."""
        if isinstance(self.geometry, PointColumns):
            return (self.geometry.lng, self.geometry.lat)
        return (self.geometry.column,) if self.geometry else ()

    def item(self, name: str) -> Item:
        """The column of this name. Raises `ValueError` when there is none."""
        for item in self.items:
            if item.name == name:
                return item
        raise ValueError(f"there is no column {name!r}")


class TableMetadata(TableBase):
    """Metadata of the kind `table`."""


class Statement(_Part):
    """What is asked about the subject: a column compared with a value."""

    column: str = described("列", "Column that decides.")
    operator: Literal["eq", "ne", "lt", "lte", "gt", "gte", "in"] = described("比较", "How.")
    value: str = described("值", 'Compared with; for "in" values separated by commas.')


class VerificationMetadata(TableBase):
    """Metadata of the kind `verification`."""

    subject_column: str = described("对象列", "Column of the subject's number.")
    subject_type: Literal["identity", "uscc", "text"] = described(
        "对象类型", "identity number, unified social credit code, or any text.", "identity"
    )
    match_columns: tuple[str, ...] = described(
        "比对列", "Columns that the caller must know too (all of them).", (), max_length=5
    )
    statement: Statement = described("核验事项", "What the answer is about.")
    question_zh: str = described("问题（中文）", "The question in Chinese.", max_length=200)
    question_en: str = described("问题（英文）", "The question in English.", max_length=200)

    @model_validator(mode="after")
    def _columns_exist(self) -> "VerificationMetadata":
        for name in (self.subject_column, *self.match_columns):
            if not self.item(name).letter.is_text:
                raise ValueError(f"{name} must be a text column (C)")
        item = self.item(self.statement.column)
        several = self.statement.operator == "in"
        values = self.statement.value.split(",") if several else [self.statement.value]
        for value in values:
            item.letter.parse(value)
        return self
