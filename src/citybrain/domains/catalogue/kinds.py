"""The first kinds of resource: table, verification, file, api."""

from citybrain.domains.catalogue.logic.tables import TableMetadata
from citybrain.domains.catalogue.serving import table
from citybrain.kernel.kinds import Kind, register

register(
    Kind(
        code="table",
        zh="数据表",
        en="Table",
        about_zh="按行查询、筛选、分组汇总的数据表，可输出 JSON、CSV、GeoJSON。",
        about_en="A table to filter, page and aggregate, as JSON, CSV or GeoJSON.",
        schema=TableMetadata,
        serve=table.serve,
        unit="row",
        unit_zh="行",
        outputs=("json", "csv", "geojson", "aggregate"),
        output_of=table.output_of,
        probe=table.probe,
        icon="table",
    )
)
