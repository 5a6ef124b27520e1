#!/usr/bin/env python3
"""Brings ready-built browser files of other projects into the repository.

    tools/vendor.py            fetch what vendor.toml names and write it, with vendor.lock.toml
    tools/vendor.py --check    compare the committed files with vendor.lock.toml; fetches nothing

Packages come through the `npm pack` client by name, so that whichever registry
or mirror that client is configured with is used. A package whose archive has
another hash than the lock file says is refused, unless its version changed too.
Standard library only, but for fonts, which are cut down by fontTools while they are fetched.
"""

import argparse
import hashlib
import io
import re
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = ROOT / "src/citybrain/ui/vendor.toml"
LOCK = MANIFEST.with_name("vendor.lock.toml")

SOURCE_MAP = re.compile(rb"\s*(//|/\*)# sourceMappingURL=[^\s*]*\s*(\*/)?\s*\Z")
OUTSIDE = re.compile(
    rb"""url\(\s*["']?\s*(?:https?:)?//|@import\s+(?:url\()?["']?\s*(?:https?:)?//""", re.IGNORECASE
)
"""What makes a browser ask another host on its own; addresses of namespaces and licences do not."""

Package = dict[str, Any]


class VendorError(Exception):
    """A file or package is not what the manifest or the lock file says."""


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def read_manifest(path: Path = MANIFEST) -> list[Package]:
    packages: list[Package] = tomllib.loads(path.read_text("utf-8"))["package"]
    return packages


def read_lock(path: Path = LOCK) -> dict[str, Package]:
    return tomllib.loads(path.read_text("utf-8")) if path.exists() else {}


def pack(package: Package, folder: Path) -> bytes:
    """The package's archive as `npm pack` delivers it."""
    wanted = f"{package['npm']}@{package['version']}"
    done = subprocess.run(
        ["npm", "pack", wanted, "--silent", "--pack-destination", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise VendorError(f"npm pack {wanted} failed: {done.stderr.strip()[-400:]}")
    return (folder / done.stdout.split()[-1]).read_bytes()


def members(archive: Path) -> dict[str, bytes]:
    """Path inside the package → content. Nothing is unpacked to disk."""
    found: dict[str, bytes] = {}
    with tarfile.open(archive) as tar:
        for member in tar.getmembers():
            content = tar.extractfile(member) if member.isfile() else None
            if content is not None:
                found[member.name.partition("/")[2]] = content.read()
    return found


def cleaned(name: str, data: bytes) -> bytes:
    """Without the reference to a source map; refuses files that ask other hosts."""
    if not name.endswith((".js", ".mjs", ".css")):
        return data
    data = SOURCE_MAP.sub(b"\n", data)
    outside = OUTSIDE.search(data)
    if outside:
        raise VendorError(f"{name} asks another host: {data[outside.start() :][:80]!r}")
    return data


def sprite(names: list[str], content: dict[str, bytes]) -> bytes:
    """One SVG with a <symbol> for each named outline icon."""
    symbols = []
    for name in sorted(names):
        path = f"icons/outline/{name}.svg"
        if path not in content:
            raise VendorError(f"no icon {name}")
        inner = re.sub(r"^.*?<svg[^>]*>|</svg>\s*$", "", content[path].decode(), flags=re.DOTALL)
        inner = re.sub(r'<path stroke="none"[^>]*/>', "", inner)
        shapes = "".join(line.strip() for line in inner.splitlines())
        symbols.append(f'<symbol id="{name}" viewBox="0 0 24 24">{shapes}</symbol>\n')
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{"".join(symbols)}</svg>\n'.encode()


def drawn_by(characters: str) -> str:
    """What a cut-down font keeps: the characters of a file, and every sign of GB 2312 and Latin-1.

    `characters` is "" for the signs alone, the path of a file of characters, or the text itself
    after "=".
    """
    pairs = (bytes([row, cell]) for row in (0xA1, 0xA3) for cell in range(0xA1, 0xFF))
    signs = "".join(one.decode("gb2312", "ignore") for one in pairs)
    latin = "".join(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x100), *range(0x2010, 0x2028))))
    others = "〇①②③④⑤⑥⑦⑧⑨⑩"
    own = characters[1:] if characters.startswith("=") else ""
    if characters and not own:
        own = "".join((ROOT / characters).read_text("utf-8").split())
    return signs + latin + others + own


def cut_down(font: bytes, characters: str) -> bytes:
    """The font with the outlines of these characters only, the same bytes each time."""
    from fontTools import subset, ttLib

    options = subset.Options(layout_features=["kern", "liga", "locl"], hinting=False)
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    options.recalc_timestamp = False
    cutter = subset.Subsetter(options)
    opened = ttLib.TTFont(io.BytesIO(font), recalcTimestamp=False)
    cutter.populate(text=drawn_by(characters))
    cutter.subset(opened)
    out = io.BytesIO()
    opened.save(out)
    return out.getvalue()


def built(package: Package, content: dict[str, bytes]) -> dict[str, bytes]:
    """Path under `into` → bytes to commit."""
    files: dict[str, bytes] = {}
    for source, target in package["files"].items():
        if source not in content:
            raise VendorError(f"{package['npm']} has no {source}")
        files[target] = cleaned(target, content[source])
    if "sprite" in package:
        files[package["sprite"]] = sprite(package["icons"], content)
    for target, characters in package.get("cut_down", {}).items():
        files[target] = cut_down(files[target], characters)
    for name in package.get("by_hand", []):
        files[name] = (ROOT / package["into"] / name).read_bytes()
    return files


def fetch(package: Package, locked: Package | None) -> Package:
    """Writes one package's files; its lock entry."""
    with tempfile.TemporaryDirectory() as folder:
        archive = pack(package, Path(folder))
        path = Path(folder) / "package.tgz"
        path.write_bytes(archive)
        same_version = locked is not None and locked["version"] == package["version"]
        if locked is not None and same_version and locked["archive"] != sha256(archive):
            raise VendorError(f"{package['npm']} {package['version']}: the archive has changed")
        files = built(package, members(path))
    for name, data in files.items():
        target = ROOT / package["into"] / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    hashes = {name: sha256(data) for name, data in sorted(files.items())}
    return {"version": package["version"], "archive": sha256(archive), "files": hashes}


def write_lock(entries: dict[str, Package]) -> None:
    lines = ["# Written by tools/vendor.py: SHA-256 of each package's archive and files.\n"]
    for name, entry in sorted(entries.items()):
        lines.append(
            f'\n[{name}]\nversion = "{entry["version"]}"\narchive = "{entry["archive"]}"\n'
        )
        lines.append(f"\n[{name}.files]\n")
        lines += [f'"{file}" = "{digest}"\n' for file, digest in entry["files"].items()]
    LOCK.write_text("".join(lines), "utf-8")


def changed_files(folder: Path, hashes: dict[str, str]) -> list[str]:
    """What is wrong with the files that are there."""
    problems = []
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name, data = path.relative_to(folder).as_posix(), path.read_bytes()
        if name not in hashes:
            problems.append(f"stray {name}")
        elif sha256(data) != hashes[name]:
            problems.append(f"{name} was changed")
        if name.endswith((".js", ".mjs", ".css")) and OUTSIDE.search(data):
            problems.append(f"{name} asks another host")
    return problems


def problems_of(package: Package, locked: Package | None, root: Path = ROOT) -> list[str]:
    """What differs between the committed files of one package and the lock file."""
    if locked is None or locked["version"] != package["version"]:
        return [f"{package['name']}: not in the lock file; run tools/vendor.py"]
    folder, hashes = root / package["into"], locked["files"]
    problems = [f"missing {name}" for name in hashes if not (folder / name).is_file()]
    problems += changed_files(folder, hashes)
    if not any(name.startswith("LICENSE") for name in hashes):
        problems.append("no licence beside the files")
    return [f"{package['name']}: {problem}" for problem in problems]


def check(root: Path = ROOT) -> list[str]:
    lock = read_lock()
    return [line for p in read_manifest() for line in problems_of(p, lock.get(p["name"]), root)]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="compare only; fetch nothing")
    options = parser.parse_args(arguments)
    try:
        if not options.check:
            lock = read_lock()
            write_lock({p["name"]: fetch(p, lock.get(p["name"])) for p in read_manifest()})
        problems = check()
    except VendorError as error:
        problems = [str(error)]
    for line in problems:
        print(line, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
