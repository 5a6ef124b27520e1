"""Packs as one file: a deterministic zip out, and a distrustful reading in."""

import io
import re
import zipfile
import zlib
from collections.abc import Mapping

from citybrain.flows.faults import Fault, FaultyError
from citybrain.flows.packs.pack import KNOWN, LARGEST_FILE, LARGEST_PACK, MOST_FILES

EPOCH = (1980, 1, 1, 0, 0, 0)
LARGEST_ZIP = 4_000_000
_SAFE = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})


def write_zip(files: Mapping[str, str]) -> bytes:
    """The same bytes for the same files, on every machine: stored, sorted, without times."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, EPOCH)
            info.external_attr, info.create_system = 0o644 << 16, 3
            archive.writestr(info, files[name].encode())
    return out.getvalue()


def read_zip(data: bytes) -> dict[str, str]:
    """The files of a zip. Raises `FaultyError`; nothing is written anywhere.

    Names outside the pack, links, encrypted entries, files that unpack to more than they say
    or than is allowed, and doubles are refused before they are unpacked whole.
    """
    if len(data) > LARGEST_ZIP:
        raise _faulty("", "文件过大。", f"More than {LARGEST_ZIP} bytes.")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = [one for one in archive.infolist() if not one.is_dir()]
            prefix = _check(infos)
            return {one.filename.removeprefix(prefix): _text(archive, one) for one in infos}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _faulty("", "不是完好的zip文件。", f"No sound zip: {error}.") from None


def _faulty(name: str, zh: str, en: str) -> FaultyError:
    return FaultyError([Fault(name[:200], 0, "archive", zh, en)])


def _check(infos: list[zipfile.ZipInfo]) -> str:
    """Everything that the directory of the zip can tell; gives the one folder around all."""
    names = [one.filename for one in infos]
    if len(infos) > MOST_FILES or sum(one.file_size for one in infos) > LARGEST_PACK:
        raise _faulty("", "解压后过大。", "It unpacks to too much.")
    first = names[0].split("/")[0] + "/" if names and "/" in names[0] else ""
    safe = re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*/", first)
    prefix = first if safe and all(one.startswith(first) for one in names) else ""
    if prefix in ("decisions/", "examples/"):
        prefix = ""
    if len(set(names)) != len(names):
        raise _faulty("", "含有重名文件。", "It holds a name twice.")
    for one in infos:
        if not KNOWN.fullmatch(one.filename.removeprefix(prefix)):
            raise _faulty(one.filename, "场景包中不应有该文件。", "No such file belongs to a pack.")
        if one.external_attr >> 16 & 0o170000 == 0o120000 or one.flag_bits & 1:
            raise _faulty(one.filename, "不接受链接或加密文件。", "Links and secrets are refused.")
        if one.compress_type not in _SAFE or one.file_size > LARGEST_FILE:
            raise _faulty(
                one.filename, "压缩方式不支持或文件过大。", "Odd compression or too large."
            )
    return prefix


def _text(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> str:
    """At most what the directory says, whatever the stream holds."""
    with archive.open(info) as stream:
        data = stream.read(info.file_size + 1)
    if len(data) != info.file_size:
        raise _faulty(info.filename, "大小与目录不符。", "It is not as large as the zip says.")
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise _faulty(info.filename, "文件须为UTF-8文本。", "The file must be UTF-8.") from None
