"""The first kinds of resource: table, verification, file, api, external."""

from citybrain.domains.catalogue.logic.external import ExternalMetadata
from citybrain.domains.catalogue.logic.files import FileMetadata
from citybrain.domains.catalogue.logic.tables import TableMetadata, VerificationMetadata
from citybrain.domains.catalogue.logic.upstreams import ApiMetadata
from citybrain.domains.catalogue.serving import external, file, table, upstream, verification
from citybrain.domains.catalogue.serving.claims import claims
from citybrain.kernel.kinds import Kind, register

_ABOUT = {"update_cycle", "licence", "origin", "invented"}
_COLUMNS = _ABOUT | {"items", "primary_key", "geometry", "datum"}
_FOUND = frozenset({"columns", "rows", "bytes"})

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
        claims=claims,
        icon="table",
        public=frozenset(_COLUMNS),
        public_facts=_FOUND,
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
        claims=claims,
        icon="user-check",
        public=frozenset(
            _COLUMNS
            | {"subject_column", "subject_type", "match_columns"}
            | {"statement", "question_zh", "question_en"}
        ),
        public_facts=_FOUND,
    )
)
register(
    Kind(
        code="file",
        zh="文件",
        en="File",
        about_zh="整份下载的文件，支持断点续传；文本、CSV、ZIP、PNG 可带水印。",
        about_en="A file to download, in ranges too; text, CSV, ZIP and PNG can be watermarked.",
        schema=FileMetadata,
        serve=file.serve,
        unit="byte",
        unit_zh="字节",
        outputs=("file",),
        output_of=file.output_of,
        probe=file.probe,
        claims=claims,
        icon="file-download",
        public=frozenset(_ABOUT | {"filename", "media_type", "encoding"}),
        public_facts=frozenset({"bytes", "sha256", "can_watermark"}),
    )
)
register(
    Kind(
        code="api",
        zh="接口服务",
        en="API",
        about_zh="经平台调用的上游 HTTP 接口，带超时、熔断和清楚的错误说明。",
        about_en="An upstream HTTP service, with time-out, circuit breaker and clear errors.",
        schema=ApiMetadata,
        serve=upstream.serve,
        unit="call",
        unit_zh="次",
        outputs=("json",),
        output_of=upstream.output_of,
        probe=upstream.probe,
        claims=claims,
        icon="api",
        public=frozenset(
            _ABOUT | {"methods", "paths", "json_object", "timeout_seconds", "max_bytes"}
        ),
        public_facts=frozenset({"methods", "paths"}),
    )
)
register(
    Kind(
        code="external",
        zh="外部资源",
        en="Kept elsewhere",
        about_zh="只在本目录中描述、数据保存在别处的资源：给出链接，不经平台提供。",
        about_en="Described here and kept elsewhere: a link, never served by the platform.",
        schema=ExternalMetadata,
        serve=external.serve,
        unit="call",
        unit_zh="次",
        outputs=("json",),
        output_of=external.output_of,
        icon="external-link",
        public=frozenset(ExternalMetadata.model_fields),
    )
)
