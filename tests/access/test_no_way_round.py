"""No combination of query methods gets past rows and columns that stay closed."""

from __future__ import annotations

import pytest
from django.core.exceptions import FieldDoesNotExist, FieldError
from django.db import NotSupportedError, connection, transaction
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    Max,
    Min,
    OuterRef,
    Prefetch,
    Q,
    Subquery,
    Value,
    When,
    Window,
)  # fmt: skip
from django.db.models.functions import Concat, RowNumber, Upper
from django.db.utils import DatabaseError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from madang.access.api import AccessDenied, maintenance, purpose
from tests.access.conftest import CLERK
from tests.access.register.models import Counter, Resident, Visit

pytestmark = pytest.mark.django_db

FIELDS = ("id", "family_name", "given_name", "phone", "register_number", "district", "state")
PATHS = (*FIELDS, "visits__note", "visits__minutes", "counters__name")
SECRET = ("010-", "900101-")  # beginnings of phones and register numbers
OUTSIDE = ("given1", "given3", "given5", "note1", "note3", "note5")

lookup = st.sampled_from(("", "__gte", "__contains", "__isnull"))
value = st.sampled_from(("", "Kim", "Lee", "010-1", "11110", 1, True))


def filters(rows, path, how, what, negate):
    given = Q(**{f"{path}{how}": bool(what) if how == "__isnull" else what})
    return rows.exclude(given) if negate else rows.filter(given)


STEPS = st.one_of(
    st.builds(
        lambda p, h, v, n: lambda rows: filters(rows, p, h, v, n),
        st.sampled_from(PATHS), lookup, value, st.booleans(),
    ),
    st.sampled_from(
        [
            lambda rows: rows.order_by("-id"),
            lambda rows: rows.order_by("phone"),
            lambda rows: rows.order_by("?"),
            lambda rows: rows.reverse(),
            lambda rows: rows.distinct(),
            lambda rows: rows[:4],
            lambda rows: rows[1:],
            lambda rows: rows.all(),
            lambda rows: rows.none() | rows.model.objects.all(),
            lambda rows: rows.model._base_manager.all(),
            lambda rows: rows.model._default_manager.using("default"),
            lambda rows: rows.defer(None),
            lambda rows: rows.only("given_name"),
            lambda rows: rows.only("phone"),
            lambda rows: rows.prefetch_related("visits"),
            lambda rows: rows.prefetch_related(Prefetch("visits", Visit.objects.all())),
            lambda rows: rows.annotate(x=F("given_name")),
            lambda rows: rows.annotate(x=Upper("phone")),
            lambda rows: rows.annotate(x=Concat("given_name", Value("/"), "family_name")),
            lambda rows: rows.annotate(n=Count("visits")),
            lambda rows: rows.annotate(n=Window(RowNumber(), order_by="id")),
            lambda rows: rows.annotate(x=Case(When(id__gt=0, then=F("given_name")))),
            lambda rows: rows.annotate(
                x=Subquery(Resident.objects.order_by("-id").values("given_name")[:1])
            ),
            lambda rows: rows.annotate(
                x=Subquery(Resident.objects.exclude(pk=OuterRef("pk")).values("given_name")[:1])
            ),
            lambda rows: rows.filter(Exists(Visit.objects.filter(resident=OuterRef("pk")))),
            lambda rows: rows.extra(where=["1 = 1 OR 1 = 1"]),
            lambda rows: rows.extra(select={"y": "given_name"}),
            lambda rows: rows.extra(tables=["register_visit"]),
            lambda rows: rows.order_by().union(Resident.objects.order_by(), all=True),
            lambda rows: rows.order_by().intersection(Resident.objects.order_by()),
        ]
    ),
)  # fmt: skip
ENDS = st.sampled_from(
    [
        list,
        lambda rows: [r.given_name for r in rows],
        lambda rows: [vars(r) for r in rows],
        lambda rows: [r.phone for r in rows],
        lambda rows: list(rows.iterator(chunk_size=2)),
        lambda rows: list(rows.values()),
        lambda rows: list(rows.values_list("given_name", "visits__note")),
        lambda rows: list(rows.values("given_name").annotate(Count("visits"))),
        lambda rows: list(rows.values_list("given_name", flat=True).distinct()),
        lambda rows: rows.in_bulk(),
        lambda rows: rows.aggregate(Max("given_name"), Min("given_name")),
        lambda rows: rows.aggregate(Max("phone")),
        lambda rows: (rows.first(), rows.last()),
        lambda rows: rows.latest("id").given_name,
        lambda rows: [v.note for r in rows for v in r.visits.all()],
        lambda rows: [v.resident.given_name for v in Visit.objects.filter(resident__in=rows)],
        lambda rows: list(Visit.objects.select_related("resident").filter(resident__in=rows)),
        lambda rows: list(Counter.objects.filter(served__in=rows).values("served__given_name")),
        lambda rows: [c.served for c in Counter.objects.select_related("served")],
        lambda rows: rows.update(state="touched"),
        lambda rows: rows.update(state=F("given_name")),
        lambda rows: Resident.objects.bulk_update(
            [Resident(pk=pk, state="touched") for pk in range(1, 5_000)], ["state"]
        ),
        lambda rows: rows.delete(),
        lambda rows: rows._raw_delete("default"),
        lambda rows: Resident.objects.update_or_create(
            pk=rows.first().pk + 1, defaults={"state": "touched"}
        ),
        lambda rows: [r.save() for r in rows],
        lambda rows: list(Resident.objects.raw(str(rows.query))),
        lambda rows: fetched(str(rows.query)),
        lambda rows: fetched("SELECT given_name FROM register_resident"),
        lambda rows: fetched("SELECT count(*), max(given_name) FROM register_resident"),
        lambda rows: fetched(
            "SELECT x.a FROM (SELECT given_name AS a FROM register_resident) AS x"
        ),
        lambda rows: fetched("UPDATE register_resident SET state = 'touched'"),
        lambda rows: fetched("UPDATE register_resident SET state = 'touched' WHERE 1=1 OR 1=1"),
        lambda rows: fetched("DELETE FROM register_visit WHERE id > 0 OR 1 = 1"),
    ]
)


def fetched(sql: str) -> list:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []


def text_of(found: object) -> str:
    if isinstance(found, Resident | Visit):
        return repr({k: v for k, v in vars(found).items() if k != "_state"})
    if isinstance(found, dict):
        return " ".join(text_of(one) for one in (*found.keys(), *found.values()))
    if isinstance(found, list | tuple):
        return " ".join(text_of(one) for one in found)
    return repr(found)


def outside() -> list[tuple]:
    with maintenance("test"):
        return [
            *Resident.objects.exclude(district="11440").order_by("id").values_list(),
            *Visit.objects.exclude(resident__district="11440").order_by("id").values_list(),
        ]


ASKED = {"steps": st.lists(STEPS, max_size=3), "end": ENDS}
QUIETLY = {
    "deadline": None,
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}


@pytest.mark.asvs("8.2.2", "8.2.3", "8.3.1")
@settings(max_examples=80, **QUIETLY)
@given(**ASKED)
def test_closed_rows_and_columns_stay_closed_whatever_is_asked(people, steps, end):
    ask(people, steps, end)


@pytest.mark.long
@settings(max_examples=1000, **QUIETLY)
@given(**ASKED)
def test_a_longer_search_finds_no_way_round(people, steps, end):
    ask(people, steps, end)


def ask(people, steps, end) -> None:
    """Ask this of the register; nothing closed is shown or changed."""
    if not Counter.objects.exists():
        with maintenance("test"):
            Counter.objects.bulk_create(Counter(name="c", served=one) for one in people)
    before = outside()
    point = transaction.savepoint()
    found: object = None
    try:
        with purpose(CLERK, "serve-resident"), transaction.atomic():
            rows = Resident.objects.all()
            for step in steps:
                rows = step(rows)
            found = end(rows)
    except (
        AccessDenied, FieldDoesNotExist, FieldError, TypeError, ValueError, AttributeError,
        NotSupportedError, DatabaseError, Resident.DoesNotExist,
    ):  # fmt: skip
        pass
    shown = text_of(found)
    assert not [word for word in (*OUTSIDE, *SECRET) if word in shown], shown
    assert outside() == before
    transaction.savepoint_rollback(point)
