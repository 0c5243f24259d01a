"""Appointments over HTTP: offices, free times, booking, moving, cancelling."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema, Status
from ninja.decorators import decorate_view

from madang.cases import appointments_api as api
from madang.cases.appointment_words import address_of
from madang.cases.offices import Office, serves
from madang.city.api import profile
from madang.identity.api import api_access, current_actor
from madang.kernel.errors import Invalid
from madang.kernel.idempotency import idempotent

router = Router(tags=["appointments"])
_own = api_access("signed-in+represented")
_once = idempotent(lambda request: current_actor(request).id)


class OfficeOut(Schema):
    """An office; `matters` are what one can come with. `step_free` is yes, no or required."""

    id: str
    kind: str
    names: dict[str, str]
    district: str
    address: str
    phone: str
    step_free: str
    languages: list[str]
    matters: list[str]


class SlotOut(Schema):
    """A time at which somebody can come, and how many places are free then."""

    office: str
    start: datetime
    minutes: int
    places: int


class AppointmentOut(Schema):
    """An appointment; `start` is null while it is on the waiting list (`wish`)."""

    id: str
    number: str
    office: str
    matter: str
    start: datetime | None
    minutes: int
    state: str
    needs: list[str]
    language: str
    offered_until: datetime | None
    wish: tuple[date, date] | None
    revision: int


class BookIn(Schema):
    """What somebody wants: a place at `start`, or any between two days (`first_day` on)."""

    office: str = Field(max_length=32)
    matter: str = Field(max_length=64)
    start: datetime | None = None
    first_day: date | None = None
    last_day: date | None = None
    name: str = Field(max_length=100)
    language: str = Field("ko", max_length=16)
    needs: list[Literal["wheelchair", "sign-language", "interpreter", "reading-help"]] = Field([])
    channel: Literal["account", "sms", "email", "letter"] = "account"
    address: str = Field("", max_length=300)


class ChangeIn(Schema):
    """What changes: another time, or `accept` for a place that was offered."""

    start: datetime | None = None
    accept: bool = False


@router.get("/offices", auth=None, response=list[OfficeOut], summary="Offices")
def offices(request: HttpRequest, matter: str = "", district: str = "") -> list[dict[str, Any]]:
    """Return the offices, of one district or for one matter where it is named."""
    house = api.offices()
    found = house.serving(house.matter(matter)) if matter else list(house.by_id.values())
    return [_office(one) for one in found if district in ("", one.district)]


@router.get("/slots", auth=None, response=list[SlotOut], summary="Free times of an office")
def slots(
    request: HttpRequest,
    office: str,
    matter: str,
    first: Annotated[date, Query(alias="from")],
    last: Annotated[date, Query(alias="to")],
) -> list[dict[str, Any]]:
    """Return the times that are free from one day to another (at most 62 days), in order."""
    return [asdict(one) for one in api.free_slots(office, matter, first, last)]


@router.get("", auth=_own, response=list[AppointmentOut], summary="One's own appointments")
def listed(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the appointments of whoever is signed in, or of whom they act for."""
    return [asdict(one) for one in api.appointments_of(current_actor(request))]


@router.post("", auth=_own, response={201: AppointmentOut}, summary="Book or wait")
@decorate_view(_once)
def book(request: HttpRequest, asked: BookIn) -> Status[dict[str, Any]]:
    """Book a time; without `start`, go on the waiting list for any between two days.

    Send an `Idempotency-Key`, so that a repetition books once.
    """
    actor = current_actor(request)
    visitor = api.Visitor(
        asked.name, asked.language, asked.channel, asked.address, tuple(asked.needs)
    )
    if asked.start is not None:
        start = _moment(asked.start)
        made = api.book(actor, api.Booking(asked.office, asked.matter, start, visitor, via="api"))
    elif asked.first_day and asked.last_day:
        days = (asked.first_day, asked.last_day)
        made = api.wait(actor, api.Wish(asked.office, asked.matter, *days, visitor, via="api"))
    else:
        reason = "name a start, or first_day and last_day for the waiting list"
        raise Invalid(reason, {"start": reason})
    return Status(201, asdict(made))


@router.patch("/{appointment}", auth=_own, response=AppointmentOut, summary="Move or accept")
@decorate_view(_once)
def change(request: HttpRequest, appointment: str, asked: ChangeIn) -> dict[str, Any]:
    """Move an appointment to another time of its office, or take the place that was offered."""
    actor = current_actor(request)
    if asked.accept:
        return asdict(api.accept(actor, appointment))
    if asked.start is None:
        reason = "name the new start, or accept what is offered"
        raise Invalid(reason, {"start": reason})
    return asdict(api.move(actor, appointment, _moment(asked.start)))


@router.delete("/{appointment}", auth=_own, response=AppointmentOut, summary="Cancel")
def cancel(request: HttpRequest, appointment: str) -> dict[str, Any]:
    """Cancel an appointment, or leave the waiting list; once more changes nothing."""
    return asdict(api.cancel(current_actor(request), appointment))


def _moment(asked: datetime) -> datetime:
    """Return a moment in UTC; one without an offset is the city's time."""
    return profile().local(asked).astimezone(UTC)


def _office(one: Office) -> dict[str, Any]:
    house = api.offices()
    return {
        "id": one.id,
        "kind": one.kind,
        "names": {lang.code: one.name(lang.code) for lang in profile().languages[:2]},
        "district": one.district,
        "address": address_of(one),
        "phone": one.phone,
        "step_free": one.step_free,
        "languages": list(one.languages),
        "matters": [m.id for m in house.matters.values() if serves(one, m)],
    }
