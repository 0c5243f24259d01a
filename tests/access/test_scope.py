"""Personal tables open for a purpose, and only as far as it reaches."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import Count, F, Max

from madang.access.api import (
    ANONYMOUS,
    AccessDenied,
    ColumnMasked,
    NoPurpose,
    maintenance,
    purpose,
)
from tests.access.conftest import CLERK, JOB, MAPO, OFFICER, OPERATOR
from tests.access.register.models import Counter, Resident, Visit

pytestmark = pytest.mark.django_db


def test_outside_a_purpose_the_manager_is_closed(people):
    with pytest.raises(NoPurpose, match=r"register\.resident"):
        Resident.objects.count()
    with pytest.raises(NoPurpose):
        people[0].visits.all()
    with pytest.raises(NoPurpose):
        people[0].save()
    with pytest.raises(NoPurpose):
        people[0].delete()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM register_resident",
        'SELECT count(*) FROM "register_resident"',
        "UPDATE Register_Resident SET phone = ''",
        'DELETE FROM "register_visit"',
        "SELECT 1 FROM register_counter c JOIN register_resident r ON r.id = c.served_id",
    ],
)
def test_outside_a_purpose_no_statement_touches_a_personal_table(people, sql):
    with pytest.raises(NoPurpose), connection.cursor() as cursor:
        cursor.execute(sql)


def test_a_purpose_nobody_declares_opens_nothing(people):
    with pytest.raises(NoPurpose, match="curiosity"), purpose(CLERK, "curiosity"):
        pass


@pytest.mark.asvs("8.2.1")
def test_who_no_policy_lets_in_is_denied(people):
    with purpose(ANONYMOUS, "serve-resident"), pytest.raises(AccessDenied, match="visitor"):
        Resident.objects.count()
    with purpose(OPERATOR, "serve-resident"), pytest.raises(AccessDenied):
        list(Resident.objects.all())


def test_a_purpose_does_not_outlive_its_block_nor_reach_other_threads(people):
    async def late() -> None:
        await asyncio.sleep(0)
        with pytest.raises(NoPurpose):
            Resident.objects.all()

    async def main() -> None:
        with purpose(JOB, "count-residents"):
            task = asyncio.create_task(late())
        await task

    asyncio.run(main())
    with purpose(JOB, "count-residents"), ThreadPoolExecutor(1) as pool:
        assert isinstance(pool.submit(Resident.objects.all).exception(), NoPurpose)
        Resident.objects.all()


def test_a_purpose_inside_another_replaces_it(people):
    with purpose(JOB, "count-residents") as outer:
        with purpose(CLERK, "serve-resident"):
            assert Resident.objects.count() == 3
            with pytest.raises(ColumnMasked):
                list(Resident.objects.values("phone"))
        assert Resident.objects.count() == 6
        with purpose(JOB, "count-residents") as same:
            assert same is outer
        assert Resident.objects.count() == 6


def test_rows_made_inside_stay_closed_outside(people):
    with purpose(JOB, "count-residents"):
        rows = Resident.objects.filter(district=MAPO)
    with pytest.raises(NoPurpose):
        list(rows)


@pytest.mark.asvs("8.3.1")
def test_the_purpose_of_the_moment_counts_not_the_one_it_was_made_under(people):
    with purpose(JOB, "count-residents"):
        rows = Resident.objects.order_by("id")
    with purpose(OPERATOR, "count-residents"), pytest.raises(ColumnMasked):
        list(rows)


@pytest.mark.asvs("8.2.3")
def test_a_masked_column_cannot_be_read(people):
    with purpose(CLERK, "serve-resident"):
        row = Resident.objects.get(pk=people[0].pk)
        assert row.family_name == "Kim"
        with pytest.raises(ColumnMasked, match="phone"):
            row.phone  # noqa: B018
        with pytest.raises(ColumnMasked):
            row.refresh_from_db(fields=["register_number"])


def test_values_without_names_are_the_open_columns(people):
    with purpose(CLERK, "serve-resident"):
        assert set(Resident.objects.values()[0]) == {
            "id", "family_name", "given_name", "district", "state",
        }  # fmt: skip
        assert len(Resident.objects.values_list().first()) == 5
    with purpose(JOB, "count-residents"):
        assert len(Resident.objects.values_list().first()) == 7


MASKED = {
    "filter": lambda rows: list(rows.filter(phone="010-0")),
    "exclude": lambda rows: rows.exclude(phone="010-0").count(),
    "order": lambda rows: list(rows.order_by("phone")),
    "values": lambda rows: list(rows.values("phone")),
    "values_list": lambda rows: list(rows.values_list("id", "phone")),
    "only": lambda rows: list(rows.only("phone")),
    "defer nothing": lambda rows: list(rows.defer(None)),
    "annotate": lambda rows: list(rows.annotate(x=F("phone"))),
    "aggregate": lambda rows: rows.aggregate(Max("phone")),
    "exists": lambda rows: rows.filter(phone__startswith="010").exists(),
    "distinct": lambda rows: list(rows.values("phone").distinct()),
    "group": lambda rows: list(rows.values("phone").annotate(n=Count("id"))),
    "update by": lambda rows: rows.filter(phone="x").update(state="x"),
    "update from": lambda rows: rows.update(family_name=F("phone")),
    "update it": lambda rows: rows.update(phone="x"),
    "delete by": lambda rows: rows.filter(phone="x").delete(),
    "raw": lambda rows: list(rows.model.objects.raw("SELECT id, phone FROM register_resident")),
    "across": lambda rows: list(Visit.objects.filter(resident__phone="010-0")),
    "subquery": lambda rows: list(
        Visit.objects.filter(resident__in=Resident.objects.filter(phone="010-0"))
    ),
    "from outside": lambda rows: list(Counter.objects.filter(served__phone="010-0")),
}


@pytest.mark.asvs("8.2.3")
@pytest.mark.parametrize("way", MASKED.values(), ids=MASKED.keys())
def test_a_masked_column_cannot_be_used(people, way):
    with purpose(CLERK, "serve-resident"), pytest.raises(ColumnMasked, match="phone"):
        way(Resident.objects.all())


ROWS = {
    "count": lambda: Resident.objects.order_by().count(),
    "list": lambda: len(Resident.objects.all()),
    "values": lambda: len(Resident.objects.values("family_name")),
    "iterator": lambda: len(list(Resident.objects.iterator())),
    "aggregate": lambda: Resident.objects.aggregate(n=Count("id"))["n"],
    "base manager": lambda: Resident._base_manager.all().count(),
    "raw": lambda: len(list(Resident.objects.raw("SELECT * FROM register_resident"))),
    "cursor": lambda: _counted("SELECT count(*) FROM register_resident WHERE 1 = 1"),
    "cursor alias": lambda: _counted("SELECT count(*) FROM register_resident AS r, (SELECT 1) b"),
    "union": lambda: len(
        Resident.objects.order_by().union(Resident.objects.order_by().filter(id__lt=0), all=True)
    ),
    "update": lambda: Resident.objects.update(state="x"),
    "locked": lambda: len(Resident.objects.select_for_update().filter(id__gt=0)),
    "locked of": lambda: (
        len(
            Visit.objects.select_for_update(of=("self",))
            .select_related("resident")
            .filter(minutes=5)
        )
        // 2
    ),
    "annotated": lambda: len(Resident.objects.annotate(n=Count("visits")).filter(n=2)),
    "annotated across": lambda: (
        len(Visit.objects.select_related("resident").annotate(n=Count("resident__counters"))) // 2
    ),
    "bulk_update": lambda: Resident.objects.bulk_update(
        [Resident(pk=pk, state="x") for pk in Resident.objects.values_list("pk", flat=True)]
        + [Resident(pk=10**9, state="x")],
        ["state"],
    ),
    "in_bulk": lambda: len(Resident.objects.in_bulk()),
    "join": lambda: Visit.objects.exclude(resident__family_name="").count() // 2,
    "subquery": lambda: Counter.objects.filter(served__in=Resident.objects.all()).count(),
    "from outside": lambda: Counter.objects.filter(served__family_name__gt="").count(),
}


def _counted(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


@pytest.mark.asvs("8.2.2")
@pytest.mark.parametrize("way", ROWS.values(), ids=ROWS.keys())
def test_rows_outside_the_filter_are_out_of_reach(people, way):
    with maintenance("test"):
        Counter.objects.bulk_create(Counter(name=f"c{p.pk}", served=p) for p in people)
    with purpose(CLERK, "serve-resident"):
        assert way() == 3


def test_delete_reaches_the_open_rows_only(people):
    with purpose(CLERK, "serve-resident"):
        Visit.objects.all().delete()
        Resident.objects.all().delete()
    with maintenance("test"):
        assert Resident.objects.count() == 3
        assert Visit.objects.count() == 6


@pytest.mark.asvs("8.2.2")
def test_a_related_row_out_of_reach_is_not_found(people):
    with maintenance("test"):
        outside = Counter.objects.create(name="c", served=people[1])
    outside = Counter.objects.get(pk=outside.pk)
    with purpose(CLERK, "serve-resident"), pytest.raises(Resident.DoesNotExist):
        outside.served  # noqa: B018


def test_a_row_out_of_reach_is_not_added(people):
    with purpose(CLERK, "serve-resident"):
        Resident.objects.create(
            family_name="Han", given_name="a", phone="1", register_number="2", district=MAPO
        )
        with pytest.raises(AccessDenied, match="may not add"), transaction.atomic():
            Resident.objects.create(
                family_name="Han", given_name="b", phone="1", register_number="2", district="99"
            )
        with pytest.raises(AccessDenied, match="limited"), connection.cursor() as cursor:
            cursor.execute("INSERT INTO register_visit (resident_id, note) VALUES (1, 'x')")
    with maintenance("test"):
        assert Resident.objects.filter(family_name="Han").count() == 1


@pytest.mark.asvs("8.2.2")
def test_a_row_out_of_reach_cannot_be_saved_or_deleted(people):
    outside, key = people[1], people[1].pk
    with purpose(CLERK, "serve-resident"):
        assert Resident.objects.filter(pk=outside.pk).update(state="x") == 0
        outside.state = "changed"
        with pytest.raises(DatabaseError), transaction.atomic():
            outside.save(update_fields=["state"])
        assert Visit.objects.filter(resident=outside).count() == 0
        outside.delete()
    with maintenance("test"):
        assert Resident.objects.get(pk=key).state == "living"


def test_case_rows_open_for_the_case(people):
    with purpose(CLERK, "decide-case", case="C-1"):
        assert sorted(v.note for v in Visit.objects.all()) == ["note0", "note1"]
    with purpose(CLERK, "decide-case"), pytest.raises(AccessDenied):
        Visit.objects.count()


def test_own_rows_open_for_their_person(people):
    from madang.access.api import Actor

    resident = Actor("account:1", person=str(people[2].pk), aal=1)
    with purpose(resident, "own-data"):
        assert [r.phone for r in Resident.objects.all()] == ["010-2"]
        assert Visit.objects.count() == 2
    parent = Actor("account:1", person=str(people[2].pk), on_behalf_of=str(people[3].pk))
    with purpose(parent, "own-data"):
        assert [r.phone for r in Resident.objects.all()] == ["010-3"]


def test_columns_joined_without_their_objects_are_refused(people):
    """Who was looked at must be known: other tables' objects do not note it."""
    with maintenance("test"):
        Counter.objects.create(name="c", served=people[0])
    with purpose(OFFICER, "serve-resident"):
        with pytest.raises(AccessDenied, match=r"through Resident\.objects"):
            list(Counter.objects.values("served__family_name"))
        with pytest.raises(AccessDenied), connection.cursor() as cursor:
            cursor.execute("SELECT family_name FROM register_resident")
        with pytest.raises(AccessDenied), connection.cursor() as cursor:
            cursor.execute("SELECT * FROM register_resident")
        assert [c.served.family_name for c in Counter.objects.prefetch_related("served")] == ["Kim"]
        assert Visit.objects.select_related("resident").first().resident.family_name == "Kim"


def test_select_related_leaves_closed_columns_out(people):
    with purpose(CLERK, "serve-resident"):
        visit = Visit.objects.select_related("resident").first()
        assert visit.resident.family_name == "Kim"
        with pytest.raises(ColumnMasked):
            visit.resident.phone  # noqa: B018


def test_no_statement_runs_texts_or_copies_as_sql(people):
    with purpose(JOB, "count-residents"), connection.cursor() as cursor:
        for sql in (
            "CREATE TABLE copy AS SELECT * FROM register_resident",
            "TRUNCATE register_resident",
            "SELECT 1; SELECT * FROM register_resident",
            "DO $$ BEGIN PERFORM * FROM register_resident; END $$",
        ):
            with pytest.raises(AccessDenied, match="cannot be read"):
                cursor.execute(sql)
