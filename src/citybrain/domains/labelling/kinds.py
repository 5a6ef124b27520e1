"""The kind `dataset`: a version of a dataset for AI."""

from citybrain.domains.labelling.logic.card import DatasetMetadata
from citybrain.domains.labelling.serving import dataset
from citybrain.kernel.kinds import Kind, register

register(
    Kind(
        code="dataset",
        zh="数据集",
        en="Dataset",
        about_zh="面向人工智能的数据集版本：文件清单、说明卡、训练/验证/测试划分，内容不可更改。",
        about_en="A dataset version for AI: manifest, card, splits; it never changes.",
        schema=DatasetMetadata,
        serve=dataset.serve,
        unit="byte",
        unit_zh="字节",
        outputs=("manifest", "file", "split"),
        output_of=dataset.output_of,
        probe=dataset.probe,
        claims=dataset.claims,
        icon="stack-2",
        public=frozenset(set(DatasetMetadata.model_fields) - {"path"}),
        public_facts=frozenset({"files", "bytes", "items", "splits", "label_counts", "lineage"}),
    )
)
