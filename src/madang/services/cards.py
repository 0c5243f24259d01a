"""A service in short, from the folder of its package: for who names services and runs none.

Reads `service.yaml`, the texts of some languages and the prices; nothing is checked that the
linter checks. Needs no database.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from madang.kernel.data_files import read_yaml
from madang.kernel.errors import BadInput
from madang.kernel.shapes import mismatches
from madang.services.packages.content import Translation
from madang.services.packages.decide import in_force
from madang.services.packages.reader import plain
from madang.services.packages.rules import Parameter
from madang.services.packages.service import Fee, Service

Texts = dict[str, str]  # by language


@dataclass(frozen=True)
class CardPaper:
    """A paper that a service asks for; `sometimes` where its own rules decide whether."""

    id: str
    titles: Texts
    sometimes: bool = False


@dataclass(frozen=True)
class CardFee:
    """A price: `amount` in minor units, None where it depends on the answers."""

    titles: Texts
    amount: int | None


@dataclass(frozen=True)
class CardChannel:
    """A way to the service, with what to know about it."""

    kind: str
    hours: Texts
    notes: Texts
    phone: str = ""


@dataclass(frozen=True)
class ServiceCard:
    """Title, laws, ways, prices and papers of a service; `level` is that of its offices."""

    id: str
    titles: Texts
    summaries: Texts
    laws: tuple[str, ...]
    level: str
    limit: str
    channels: tuple[CardChannel, ...]
    fees: tuple[CardFee, ...]
    papers: tuple[CardPaper, ...]


def service_card(folder: Path, languages: tuple[str, ...], on: date) -> ServiceCard:
    """Return the service of a package's folder in short.

    Raises
    ------
    BadInput
        If a file cannot be read; names file and line.
    """
    service: Service = _read(folder, "service.yaml", Service)
    other = {
        tag: _read(folder, f"i18n/{tag}.yaml", Translation).texts
        for tag in languages
        if tag != service.language and (folder / "i18n" / f"{tag}.yaml").is_file()
    }

    def texts(path: str, own: str) -> Texts:
        if not own:
            return {}
        told = {tag: found[path] for tag, found in other.items() if path in found}
        return {service.language: own} | told

    return ServiceCard(
        id=service.id,
        titles=texts("service.title", service.title),
        summaries=texts("service.summary", service.summary),
        laws=tuple(f"{one.law} {one.article}" for one in service.legal_basis),
        level=service.handled_by.level,
        limit=service.deadline,
        channels=tuple(
            CardChannel(
                one.kind,
                texts(f"channels.{one.kind}.hours", one.hours),
                texts(f"channels.{one.kind}.note", one.note),
                one.phone,
            )
            for one in service.channels
        ),
        fees=tuple(
            CardFee(texts(f"fees.{fee.id}.title", fee.title), _price(folder, fee, on))
            for fee in service.fees
        ),
        papers=tuple(
            CardPaper(
                one.id,
                texts(f"evidence.{one.id}.title", one.title),
                one.optional or one.when is not None,
            )
            for one in service.evidence
        ),
    )


def _price(folder: Path, fee: Fee, on: date) -> int | None:
    if fee.amount is not None:
        return fee.amount
    if fee.parameter:
        price = in_force(_read(folder, f"parameters/{fee.parameter}.yaml", Parameter), on)
        return price if isinstance(price, int) and not fee.per else None
    return None


def _read(folder: Path, name: str, kind: Any) -> Any:
    document, problems = read_yaml(folder / name, str(folder / name))
    if problems:
        raise BadInput(problems[0].file, problems[0].message, line=problems[0].line)
    value = plain(document.value)
    for path, message in mismatches(value, kind):
        raise BadInput(str(folder / name), message, line=document.line(path))
    return msgspec.convert(value, kind)
