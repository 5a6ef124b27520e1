"""The first kinds of resource: table, verification, file, api."""

from citybrain.domains.catalogue.logic.tables import TableMetadata, VerificationMetadata
from citybrain.domains.catalogue.serving import table, verification
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
register(
    Kind(
        code="verification",
        zh="核验服务",
        en="Verification",
        about_zh="对一个对象回答是、否或未知，不返回任何数据，例如生存状态核验。",
        about_en="Answers yes, no or unknown about one subject and returns no data.",
        schema=VerificationMetadata,
        serve=verification.serve,
        unit="subject",
        unit_zh="人次",
        outputs=("answer",),
        output_of=verification.output_of,
        probe=verification.probe,
        icon="user-check",
    )
)
