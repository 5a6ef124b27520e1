"""Metadata of the kind `file`."""

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, field_validator

from citybrain.domains.catalogue.logic.carriers import CARRIERS
from citybrain.domains.catalogue.logic.fields import described
from citybrain.domains.catalogue.logic.paths import check_relative
from citybrain.domains.catalogue.logic.tables import UpdateCycle

_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]{0,80}")
_FILENAME = re.compile(r'[^\\/:*?"<>|\x00-\x1f\x7f]{1,150}')


class FileMetadata(BaseModel):
    """One file that is downloaded as it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str = described("路径", "Path below the data folder.", max_length=500)
    filename: str = described("文件名", "Name under which it is saved.")
    media_type: str = described("媒体类型", "Such as text/csv or application/zip.")
    encoding: Literal["utf-8", "gb18030"] = described("编码", "Encoding of a text file.", "utf-8")
    update_cycle: UpdateCycle = described("更新周期", "How often the file changes.", "不更新")
    licence: str = described("许可", "Licence of the data.", "", max_length=500)
    origin: str = described("来源说明", "Where the data come from.", "", max_length=1000)
    invented: bool = described("虚构数据", "True when the content is made up.", False)

    _relative = field_validator("path")(check_relative)

    @field_validator("media_type")
    @classmethod
    def _plain_type(cls, value: str) -> str:
        if not _MEDIA_TYPE.fullmatch(value):
            raise ValueError("must be a media type in small letters without parameters")
        return value

    @field_validator("filename")
    @classmethod
    def _plain_name(cls, value: str) -> str:
        if not _FILENAME.fullmatch(value) or not value.isprintable():
            raise ValueError("must be a plain file name")
        return value


def can_watermark(metadata: FileMetadata) -> bool:
    """True when the format can carry the policy's watermark inside.

    An offer with a watermark on a file that cannot carry one should not be made; if it is,
    serving refuses with operand "watermark".
    """
    return metadata.media_type in CARRIERS
