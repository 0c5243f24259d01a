"""A tar archive that proves itself: every file's checksum, kept in a manifest at its end.

``.tar.gz`` or ``.tar.zst`` by the name. Written beside its place and moved there when whole; a
file that was cut off has no manifest and is refused.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import IO, Any

from madang.kernel.errors import BadInput, Invalid

MANIFEST = "manifest.json"
_CHUNK = 1 << 20


class Writer:
    """Adds files to an archive and notes their checksums."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self.files: dict[str, dict[str, Any]] = {}

    def add(self, source: Path, name: str) -> None:
        """Add the file, or the link inside the tree, `source` under `name`."""
        member = self._tar.gettarinfo(str(source), name)
        if member.issym():
            self._tar.addfile(member)
            self.files[name] = {"link": member.linkname}
            return
        member.type = tarfile.REGTYPE  # a second name of the same file is a file of its own here
        digest = hashlib.sha256()
        with source.open("rb") as file:
            self._tar.addfile(member, _Hashed(file, digest))
        self.files[name] = {"size": member.size, "sha256": digest.hexdigest()}

    def add_link(self, target: str, name: str) -> None:
        """Add a symbolic link to `target`, a path relative to the link's folder."""
        member = tarfile.TarInfo(name)
        member.type, member.linkname = tarfile.SYMTYPE, target
        self._tar.addfile(member)
        self.files[name] = {"link": target}

    def add_manifest(self, about: Mapping[str, Any]) -> None:
        """Close the list of files: what is in the archive, and `about` it."""
        text = json.dumps({**about, "files": self.files}, ensure_ascii=False, indent=1).encode()
        member = tarfile.TarInfo(MANIFEST)
        member.size = len(text)
        self._tar.addfile(member, io.BytesIO(text))


class _Hashed(io.RawIOBase):
    """A file read once, hashed on the way."""

    def __init__(self, file: IO[bytes], digest: Any) -> None:
        self._file = file
        self._digest = digest

    def read(self, size: int = -1) -> bytes:
        chunk = self._file.read(size)
        self._digest.update(chunk)
        return chunk


@contextlib.contextmanager
def writing(path: Path) -> Iterator[Writer]:
    """Yield a writer for `path`; the file appears, whole and on disk, when the block ends well.

    It is readable by its owner only: a backup holds secrets.
    """
    _form(path)
    part = path.with_name(f".{path.name}.part")
    try:
        with _compressed(path, part) as stream, tarfile.open(fileobj=stream, mode="w|") as tar:
            yield Writer(tar)
        with part.open("rb") as file:
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _form(path: Path) -> str:
    for ending in (".tar.gz", ".tar.zst"):
        if path.name.endswith(ending):
            return ending
    raise Invalid(f"{path.name}: a backup is called *.tar.zst or *.tar.gz", {"FILE": "name"})


@contextlib.contextmanager
def _compressed(path: Path, part: Path) -> Iterator[Any]:
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as raw:
        if _form(path) == ".tar.gz":
            with gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=6) as stream:
                yield stream
            return
        import pyarrow as pa

        with pa.CompressedOutputStream(pa.PythonFile(raw, mode="w"), "zstd") as stream:
            yield stream


@contextlib.contextmanager
def _decompressed(path: Path) -> Iterator[Any]:
    if _form(path) == ".tar.gz":
        with gzip.open(path) as stream:
            yield stream
        return
    import pyarrow as pa

    with pa.input_stream(str(path), compression="zstd") as stream:
        yield stream


def unpack(path: Path, folder: Path) -> dict[str, Any]:
    """Unpack an archive into the new `folder`, compare every checksum, return the manifest.

    Raises
    ------
    BadInput
        If the file is damaged or cut off, holds a name that leads outside, or does not agree with
        its manifest. What was unpacked until then is left for the caller to remove.
    """
    found: dict[str, dict[str, Any]] = {}
    manifest: dict[str, Any] | None = None
    try:
        with _decompressed(path) as stream, tarfile.open(fileobj=stream, mode="r|") as tar:
            for member in tar:
                if member.name == MANIFEST:
                    manifest = json.loads(_file_of(tar, member).read())
                else:
                    found[member.name] = _unpack_one(path, tar, member, folder)
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise BadInput(str(path), f"damaged or cut off: {error}") from error
    if manifest is None:
        raise BadInput(str(path), "cut off: it has no manifest at its end")
    _compare(path, manifest["files"], found)
    return manifest


def _unpack_one(
    path: Path, tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path
) -> dict[str, Any]:
    target = folder / _inside(path, member.name)
    target.parent.mkdir(parents=True, exist_ok=True)
    if member.issym():
        _inside(path, os.path.normpath(PurePosixPath(member.name).parent / member.linkname))
        target.symlink_to(member.linkname)
        return {"link": member.linkname}
    if not member.isfile():
        raise BadInput(str(path), f"{member.name} is neither a file nor a link")
    digest, size, source = hashlib.sha256(), 0, _file_of(tar, member)
    with target.open("xb") as file:
        while chunk := source.read(_CHUNK):
            digest.update(chunk)
            size += file.write(chunk)
    target.chmod(member.mode & 0o777)
    return {"size": size, "sha256": digest.hexdigest()}


def _file_of(tar: tarfile.TarFile, member: tarfile.TarInfo) -> IO[bytes]:
    file = tar.extractfile(member)
    if file is None:
        raise tarfile.TarError(f"{member.name} is no file")
    return file


def _inside(path: Path, name: str) -> PurePosixPath:
    inner = PurePosixPath(name)
    if inner.is_absolute() or ".." in inner.parts:
        raise BadInput(str(path), f"{name!r} leads outside the archive")
    return inner


def _compare(path: Path, listed: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    for name in sorted(listed.keys() | found.keys()):
        if name not in found:
            raise BadInput(str(path), f"{name} is missing")
        if name not in listed:
            raise BadInput(str(path), f"{name} is not in the manifest")
        if listed[name] != found[name]:
            raise BadInput(str(path), f"{name} does not have the checksum of the manifest")
