"""Settlement files: read whole or not at all, compared line by line, booked once."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import count

import pytest
from click.testing import CliRunner

from madang.city.api import profile
from madang.kernel import times
from madang.kernel.errors import BadInput, Conflict, Forbidden, Invalid
from madang.records import api, ledger, payment_cli, payments, settlement
from madang.records.errors import FileReadBefore
from madang.records.gateways import sample
from madang.records.gateways.registry import gateway
from madang.records.models import Difference, Refund, SettlementFile
from madang.records.refunds import send
from madang.records.settlement_file import read
from tests.looking import rows
from tests.records.conftest import (
    CASES,
    OFFICER,
    TREASURER,
    balance,
    books,
    opened_intent,
    paid,
)  # fmt: skip

HEAD = "kind,movement,charge,reference,amount,fee,currency,at\n"
LINE = "payment,m1,c1,r1,1000,18,KRW,2026-11-23T01:00:00Z\n"
TOTAL = "total,1,,,1000,18,KRW,\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "f.csv:1: the first line is kind"),
        (HEAD, "f.csv: the line of totals is missing"),
        (HEAD + LINE, "cut short"),
        (HEAD + TOTAL.replace("total,1", "total,0"), "f.csv:2: the file has no movement"),
        (HEAD + LINE + TOTAL + LINE, "f.csv:4: nothing stands behind"),
        (HEAD + LINE + LINE + TOTAL, "f.csv:3: movement: m1 stands here twice"),
        (HEAD + LINE + TOTAL.replace("1000", "999"), "f.csv:3: amount: the totals say 999"),
        (HEAD + LINE + TOTAL.replace("18", "17"), "f.csv:3: fee: the totals say 17"),
        (HEAD + LINE + TOTAL.replace("KRW", "USD"), "f.csv:3: currency"),
        (HEAD + LINE.replace("payment", "gift") + TOTAL, "f.csv:2: kind: 'gift' is none of"),
        (HEAD + LINE.replace("1000", "-1000") + TOTAL, "f.csv:2: amount: -1000 does not fit"),
        (HEAD + LINE.replace("1000", "10.5") + TOTAL, "f.csv:2: amount: '10.5' is no whole"),
        (HEAD + LINE.replace("1000", "１０００") + TOTAL, "is no whole"),
        (HEAD + LINE.replace(",18,", ",-1,") + TOTAL, "f.csv:2: fee: is 0 or more"),
        (HEAD + LINE.replace("KRW", "won") + TOTAL, "f.csv:2: currency: 'won'"),
        (HEAD + LINE.replace("T01:00:00Z", "") + TOTAL, "f.csv:2: at:"),
        (HEAD + LINE.replace("m1", "") + TOTAL, "f.csv:2: movement"),
        (HEAD + "payment,m1\n" + TOTAL, "f.csv:2: has 2 fields"),
        (HEAD + '"payment\n', "is no CSV"),
    ],
)
def test_a_file_that_cannot_be_read_says_where(text, said):
    with pytest.raises(BadInput) as error:
        read("f.csv", text)
    assert said in error.value.message


def test_a_byte_order_mark_is_no_fault():
    assert read("f.csv", "\ufeff" + HEAD + LINE + TOTAL).net == 982


@pytest.fixture
def day(db):
    """Three payments and a refund of yesterday; returns (intents, the gateway's file)."""
    yesterday = times.now() - timedelta(days=1)
    ticks = count()
    with times.fixed_clock(lambda: yesterday + timedelta(milliseconds=next(ticks))):
        intents = [paid(amount) for amount in (10_000, 20_000, 30_000)]
        api.refund(intents[0].id, 4_000, "x", by=CASES, key="r")
        send(rows(Refund)[0].id)
    return intents, gateway("sample").settlement(profile().local(yesterday).date())


pytestmark = [pytest.mark.data, pytest.mark.django_db]


def take(text: str, name: str = "day.csv") -> settlement.Reconciled:
    return settlement.reconcile("sample", name, text, by=TREASURER)


def without(text: str, *lines: int) -> str:
    """Return the file without these lines, its totals made right."""
    return summed([row for n, row in enumerate(text.splitlines(), 1) if n not in lines])


def summed(sheet: list[str]) -> str:
    fields = [row.split(",") for row in sheet[1:-1]]
    gross, fees = (sum(int(f[n]) for f in fields) for n in (4, 5))
    return "\n".join([*sheet[:-1], f"total,{len(fields)},,,{gross},{fees},KRW,"]) + "\n"


def test_a_day_that_agrees_goes_to_the_bank(day):
    _, text = day
    found = take(text)
    assert (found.lines, found.matched, found.differences) == (4, 4, ())
    assert (found.gross, found.fees, found.net) == (56_000, 1_080, 54_920)
    assert balance("gateway:sample") == 0
    assert (balance("bank"), balance("gateway-fees:sample")) == (54_920, 1_080)
    assert ledger.check().faults == ()


def test_a_file_is_taken_in_once(day):
    take(day[1])
    with pytest.raises(FileReadBefore):
        take(day[1])
    again = take(day[1].replace("\n", "\r\n"), "again.csv")  # the same lines in another file
    assert {one.why for one in again.differences} == {"settled-twice"}
    assert (balance("gateway:sample"), balance("suspense:sample")) == (0, -56_000)


def test_what_only_we_have_stays_at_the_gateway_until_it_is_settled(day):
    intents, text = day
    sheet = text.splitlines()
    found = take(without(text, 3))
    assert [(one.why, one.reference, one.ours) for one in found.differences] == [
        ("missing-there", intents[1].id, 20_000)
    ]
    assert balance("gateway:sample") == 20_000
    late = take(summed([sheet[0], sheet[2], sheet[-1]]), "late.csv")
    assert (late.differences, balance("gateway:sample")) == ((), 0)
    assert Difference.objects.get().cleared_how == "settled-late"


def test_what_only_they_have_goes_over_suspense(day):
    _, text = day
    sheet = text.splitlines()
    foreign = "payment,mov-x,ch-x,no-such,7000,100,KRW,2026-11-23T01:00:00Z"
    found = take(summed([*sheet[:-1], foreign, sheet[-1]]))
    assert [(one.why, one.theirs) for one in found.differences] == [("missing-here", 7_000)]
    assert (balance("gateway:sample"), balance("suspense:sample")) == (0, -7_000)
    (one,) = settlement.open_differences()
    with pytest.raises(Forbidden):
        settlement.clear_difference(one.pk, "kept", by=OFFICER)
    with pytest.raises(Conflict):
        settlement.clear_difference(one.pk, "written-off", by=TREASURER)
    settlement.clear_difference(one.pk, "kept", by=TREASURER)
    assert (balance("suspense:sample"), balance("miscellaneous-revenue")) == (0, -7_000)
    with pytest.raises(Conflict):
        settlement.clear_difference(one.pk, "explained", by=TREASURER)


def test_another_amount_is_a_difference_of_that_much(day):
    _, text = day
    sheet = text.splitlines()
    sheet[2] = sheet[2].replace("20000", "19000")
    (one,) = take(summed(sheet)).differences
    assert (one.why, one.ours, one.theirs) == ("amount-differs", 20_000, 19_000)
    assert (balance("gateway:sample"), balance("suspense:sample")) == (0, 1_000)
    settlement.clear_difference(Difference.objects.get().pk, "written-off", by=TREASURER)
    assert (balance("suspense:sample"), balance("written-off")) == (0, 1_000)


def test_a_payment_whose_callback_was_lost_is_asked_for_first(db):
    yesterday = times.now() - timedelta(days=1)
    with times.fixed_clock(yesterday):
        intent = opened_intent()
        sample.pay(payments.begin(intent.id, "ko").strip("/").rpartition("/")[2])
    found = settlement.settle("sample", profile().local(yesterday).date(), by=TREASURER)
    assert found is not None
    assert (found.matched, api.intent(intent.id).state) == (1, "captured")
    settlement.settle_yesterday()  # by hand before the clock: nothing twice
    assert SettlementFile.objects.count() == 1


def test_a_chargeback_is_settled_like_the_rest(db):
    with times.fixed_clock(times.now() - timedelta(days=1)):
        intent = paid()
        sample.dispute(intent.id)
        api.ask_gateway(intent.id)
        wanted = profile().today()
    found = settlement.settle("sample", wanted, by=TREASURER)
    assert found is not None
    assert (found.matched, found.differences, found.gross) == (2, (), 0)
    assert balance("gateway:sample") == 0


def test_a_file_in_which_one_line_is_wrong_books_nothing(day):
    before = books()
    with pytest.raises(BadInput):
        take(day[1].replace("30000", "3x000"))
    assert (books(), SettlementFile.objects.count()) == (before, 0)


def test_a_day_that_is_not_over_is_not_settled():
    with pytest.raises(Invalid):
        settlement.settle("sample", profile().today(), by=TREASURER)


def test_the_command_takes_a_file_and_says_what_differs(day, tmp_path):
    path = tmp_path / "day.csv"
    path.write_text(without(day[1], 3), "utf-8")
    answer = CliRunner().invoke(payment_cli.reconcile, [str(path), "--json"])
    said = json.loads(answer.stdout)
    assert (said["matched"], said["lines"], said["net"]) == (3, 3, 35_280)
    assert [one["why"] for one in said["differences"]] == ["missing-there"]
    again = CliRunner().invoke(payment_cli.reconcile, [str(path)])
    assert isinstance(again.exception, FileReadBefore)
    shown = CliRunner().invoke(payment_cli.balance, ["--json"])
    assert json.loads(shown.stdout)["sums"] == {"KRW": 0}
    checked = CliRunner().invoke(payment_cli.check, ["--json"])
    assert (checked.exit_code, json.loads(checked.stdout)["ok"]) == (0, True)
    told = CliRunner().invoke(payment_cli.statement, ["C-2026-17"])
    assert "capture" in told.stdout


@pytest.mark.parametrize("content", [b"\xff\xfe", None])
def test_a_file_that_is_none_is_bad_input(tmp_path, content):
    path = tmp_path / "day.csv"
    if content is not None:
        path.write_bytes(content)
    answer = CliRunner().invoke(payment_cli.reconcile, [str(path)])
    assert isinstance(answer.exception, BadInput)


def test_yesterdays_file_is_fetched_by_the_command(day, tmp_path):
    wanted = (profile().today() - timedelta(days=1)).isoformat()
    out = tmp_path / "out.csv"
    answer = CliRunner().invoke(payment_cli.settle, ["--day", wanted, "--out", str(out)])
    assert "4 of 4 lines agree" in answer.stdout
    assert read("out.csv", out.read_text("utf-8")).net == 54_920
    nothing = CliRunner().invoke(payment_cli.settle, ["--day", "2020-01-01", "--json"])
    assert json.loads(nothing.stdout)["lines"] == 0
    wrong = CliRunner().invoke(payment_cli.settle, ["--day", "yesterday"])
    assert isinstance(wrong.exception, Invalid)
