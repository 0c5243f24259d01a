"""Packages by hash and by service, kept in this process once they were opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from madang.services.errors import UnknownService
from madang.services.models import PublishedPackage
from madang.services.packages.decide import Rules
from madang.services.packages.package import Package
from madang.services.packages.packing import Packed, package_of
from madang.services.publishing import in_force_by_place

MARK = 12  # signs of a hash that stand on printed forms
KEPT = 256  # opened packages per process; about 100 KB each


@dataclass(frozen=True)
class Version:
    """A published version of a service, opened."""

    hash: str
    package: Package

    @cached_property
    def rules(self) -> Rules:
        """Return its rules, compiled once."""
        return Rules(self.package)


@lru_cache(maxsize=KEPT)
def version(hash: str) -> Version:  # the format's own word
    """Return the version of that hash, in force or not; its hash and signature are checked.

    Raises UnknownService, or InvalidPackedPackage where the stored one was tampered with.
    """
    row = PublishedPackage.objects.filter(hash=hash).first()
    if row is None:
        raise UnknownService(f"no package {hash!r} was ever published here")
    return Version(hash, package_of(_packed(row), f"service {row}"))


@dataclass(frozen=True)
class Offered:
    """What is in force of a service: the hash by district, the city's under ``""``."""

    service: str
    hashes: Mapping[str, str]

    @property
    def districts(self) -> tuple[str, ...]:
        """Return the codes of the districts with a version of their own."""
        return tuple(sorted(place for place in self.hashes if place))

    def version(self, district: str = "") -> Version:
        """Return the district's version where it has one, else the city's.

        Raises UnknownService.
        """
        found = self.hashes.get(district) or self.hashes.get("")
        if found is None:
            raise UnknownService(f"there is no service {self.service!r}")
        return version(found)


def offered(service: str) -> Offered:
    """Return what is in force of a service, asked once; nothing where it is not offered."""
    return Offered(service, in_force_by_place(service))


def current(service: str, district: str = "") -> Version:
    """Return the version in force: the district's where it has one, else the city's.

    Raises UnknownService.
    """
    return offered(service).version(district)


def marked(service: str, mark: str) -> Version:
    """Return the version of a service that a printed form names by the first signs of its hash.

    Raises UnknownService.
    """
    is_mark = len(mark) >= MARK and all(sign in "0123456789abcdef" for sign in mark)
    rows = PublishedPackage.objects.filter(service=service, hash__startswith=mark)
    found = list(rows.values_list("hash", flat=True)[:2]) if is_mark else []
    if len(found) != 1:
        raise UnknownService(f"no version {mark[:64]!r} of {service!r} was ever published here")
    return version(found[0])


def packed_version(hash: str) -> Packed:
    """Return a version as it was packed and signed."""
    row = PublishedPackage.objects.filter(hash=hash).first()
    if row is None:
        raise UnknownService(f"no package {hash!r} was ever published here")
    return _packed(row)


def _packed(row: PublishedPackage) -> Packed:
    return Packed(row.service, row.version, row.hash, bytes(row.body), row.key, row.signature)
