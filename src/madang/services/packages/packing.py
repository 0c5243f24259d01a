"""A package as one file: its content, the hash that names it, and who vouches for it.

The content is everything that a case may need of the package: its structs (with what it took from
the city's package and from the house's process) and the texts of its files. It is written by one
rule (JSON with sorted names), so equal packages have equal hashes; the hash is that of the bytes,
so whoever checks it needs no rule at all.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from madang.services.errors import InvalidPackedPackage
from madang.services.packages.inheritance import house_processes
from madang.services.packages.package import Package

FORMAT = "madang-service-package/1"
LARGEST = 20_000_000  # bytes of content, unpacked
_SIGNED = b"madang service package\n"


class _Content(msgspec.Struct, frozen=True):
    """What is packed: the package, and its files as they were written.

    files: texts by name; those of the package it extends are below `base/`.
    """

    format: str
    package: Package
    files: dict[str, str]


class _PackageOnly(msgspec.Struct, frozen=True):
    format: str
    package: Package


class _Head(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The first line of a packed file."""

    format: str
    id: str
    version: str
    hash: str
    key: str
    signature: str


@dataclass(frozen=True)
class Packed:
    """A package ready to be kept or sent.

    Parameters
    ----------
    hash
        SHA-256 of the content, hexadecimal: the name that cases pin.
    body
        The content, deflated (RFC 1950).
    key, signature
        Ed25519 public key (RFC 8032) and its signature of the hash, base64.
    """

    id: str
    version: str
    hash: str
    body: bytes
    key: str
    signature: str


def packed(package: Package, files: dict[str, str], key: Ed25519PrivateKey) -> Packed:
    """Return a package packed and signed; `files` are its texts by name."""
    told = {"format": FORMAT, "package": _plain(package), "files": files}
    content = msgspec.json.encode(told, order="sorted")
    name = hashlib.sha256(content).hexdigest()
    return Packed(
        id=package.id,
        version=package.service.version,
        hash=name,
        body=zlib.compress(content, 6),
        key=base64.b64encode(key.public_key().public_bytes_raw()).decode(),
        signature=base64.b64encode(key.sign(_SIGNED + name.encode())).decode(),
    )


def written(item: Packed) -> bytes:
    """Return a packed package as a file: a line of JSON, then the content."""
    head = _Head(FORMAT, item.id, item.version, item.hash, item.key, item.signature)
    return msgspec.json.encode(head) + b"\n" + item.body


def read_packed(data: bytes, source: str) -> Packed:
    """Return the packed package in a file's bytes, whose content and signature hold.

    Raises InvalidPackedPackage, which names `source`, where it is none or was tampered with.
    """
    line, _, body = data.partition(b"\n")
    try:
        head = msgspec.json.decode(line[:4096], type=_Head)
    except msgspec.DecodeError as error:
        raise InvalidPackedPackage(source, f"is no packed package: {error}") from error
    if head.format != FORMAT:
        raise InvalidPackedPackage(source, f"is of format {head.format!r}; this reads {FORMAT!r}")
    item = Packed(head.id, head.version, head.hash, body, head.key, head.signature)
    found = package_of(item, source)
    if (found.id, found.service.version) != (item.id, item.version):
        raise InvalidPackedPackage(source, f"says {item.id} {item.version} and holds another")
    return item


def package_of(item: Packed, source: str = "package") -> Package:
    """Return the package inside, whose hash and signature hold; its files are left unread."""
    found: _PackageOnly = _decoded(_PACKAGE, _checked(item, source), source)
    return found.package


def files_of(item: Packed, source: str = "package") -> dict[str, str]:
    """Return the texts of the files inside, by name."""
    found: _Content = _decoded(_CONTENT, _checked(item, source), source)
    return found.files


def house_digest() -> str:
    """Return a name for what packages take from this version of the house: its processes."""
    processes = msgspec.json.encode(house_processes(), order="sorted")
    return hashlib.sha256(FORMAT.encode() + processes).hexdigest()


def source_files(folder: Path, extends: str = "", bases: Path | None = None) -> dict[str, str]:
    """Return the texts of a package's files by name, with those of the one it extends."""
    found = {} if not extends else _texts((bases or folder.parent) / extends, "base/")
    return found | _texts(folder, "")


def sources_digest(files: dict[str, str]) -> str:
    """Return a name for the files as they are written."""
    return hashlib.sha256(msgspec.json.encode(files, order="sorted")).hexdigest()


def _plain(value: Any) -> Any:
    """Return a value as JSON has it, without what says no more than the default.

    So a field that the format gets later changes no hash of packages that do without it.
    """
    kind = type(value)
    if issubclass(kind, msgspec.Struct):
        return {
            name: _plain(item)
            for attribute, name, usual in _fields(kind)
            if (item := getattr(value, attribute)) != usual
        }
    if issubclass(kind, tuple):
        return [_plain(item) for item in value]
    if issubclass(kind, dict):
        return {name: _plain(item) for name, item in value.items()}
    if is_dataclass(kind):
        return {item.name: _plain(getattr(value, item.name)) for item in fields(kind)}
    return value


@cache
def _fields(kind: type[msgspec.Struct]) -> tuple[tuple[str, str, Any], ...]:
    """Return attribute, name in files and default of a struct's fields."""
    found = []
    for field in msgspec.structs.fields(kind):
        made = field.default_factory
        usual = field.default if made is msgspec.NODEFAULT else made()
        found.append((field.name, field.encode_name, usual))
    return tuple(found)


def _texts(folder: Path, prefix: str) -> dict[str, str]:
    return {
        prefix + path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*.yaml"))
    }


def _checked(item: Packed, source: str) -> bytes:
    content = _inflated(item.body, source)
    if hashlib.sha256(content).hexdigest() != item.hash:
        raise InvalidPackedPackage(source, "was changed after it was packed: the hash is another")
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(item.key, validate=True))
        key.verify(base64.b64decode(item.signature, validate=True), _SIGNED + item.hash.encode())
    except (InvalidSignature, ValueError) as error:
        raise InvalidPackedPackage(source, "its signature is not of its key") from error
    return content


def _inflated(body: bytes, source: str) -> bytes:
    inflate = zlib.decompressobj()
    try:
        content = inflate.decompress(body, LARGEST)
    except zlib.error as error:
        raise InvalidPackedPackage(source, f"cannot be unpacked: {error}") from error
    if not inflate.eof or inflate.unused_data:
        raise InvalidPackedPackage(
            source, f"is cut off, has something after its end, or unpacks to over {LARGEST:,} bytes"
        )
    return content


def _decoded(decoder: Any, content: bytes, source: str) -> Any:
    try:
        return decoder.decode(content)
    except msgspec.DecodeError as error:
        raise InvalidPackedPackage(source, f"holds no package of {FORMAT}: {error}") from error


_CONTENT = msgspec.json.Decoder(_Content)
_PACKAGE = msgspec.json.Decoder(_PackageOnly)
