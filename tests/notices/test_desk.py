"""The operators' desk: one open alert a trouble, every step kept with name and time, audited."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from madang.access.api import Actor
from madang.identity import api as identity
from madang.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from madang.kernel.models import AuditEntry, OutboxEntry
from madang.kernel.times import fixed_clock
from madang.notices import api as notices
from madang.notices.desk import forget_old_alerts
from madang.notices.desk_models import DeskAlert

pytestmark = [pytest.mark.data, pytest.mark.django_db]
LEE = Actor("user:1", "lee", frozenset({"operator"}), aal=2)
KIM = Actor("user:2", "kim", frozenset({"operator"}), aal=2)
START = datetime(2026, 3, 1, 9, tzinfo=UTC)


def trouble(key: str = "silence:1", severity: str = "notice", **more) -> notices.Trouble:
    return notices.Trouble(key, "telemetry.silence", severity, "%(n)s are silent", {"n": 3}, **more)


def verbs() -> list[str]:
    return [entry.verb for entry in notices.on_desk()[0].entries]


def test_while_a_trouble_lasts_it_is_one_alert():
    first = notices.open_alert(trouble())
    assert notices.open_alert(trouble()) == first
    assert verbs() == ["opened"]
    assert notices.clear_alert("silence:1")
    assert not notices.clear_alert("silence:1")
    assert notices.open_alert(trouble()) != first


def test_an_alert_that_becomes_graver_waits_again():
    number = notices.open_alert(trouble())
    notices.acknowledge(number, LEE)
    notices.open_alert(trouble(severity="critical"))
    alert = notices.on_desk()[0]
    assert (alert.severity, alert.acknowledged_at) == ("critical", None)
    assert verbs() == ["opened", "acknowledged", "graver"]
    notices.acknowledge(number, KIM)
    notices.open_alert(trouble(severity="notice"))
    assert notices.on_desk()[0].acknowledged_by == "kim"


def test_who_acknowledged_first_stays_the_one():
    number = notices.open_alert(trouble())
    notices.acknowledge(number, LEE)
    notices.acknowledge(number, LEE)
    with pytest.raises(Conflict, match="lee has acknowledged"):
        notices.acknowledge(number, KIM)
    assert verbs() == ["opened", "acknowledged"]


def test_every_step_is_kept_and_audited():
    with fixed_clock(START):
        identity.add_user("kim", ["operator"], password="courtyard lantern persimmon")
        number = notices.open_alert(trouble())
        notices.acknowledge(number, LEE)
        notices.assign(number, LEE, "kim")
        notices.note(number, KIM, "  The contractor comes at ten.  ")
    alert = notices.on_desk()[0]
    assert alert.assigned_to == "kim"
    assert [(e.actor, e.verb, e.text) for e in alert.entries[1:]] == [
        ("lee", "acknowledged", ""),
        ("lee", "assigned", "kim"),
        ("kim", "noted", "The contractor comes at ten."),
    ]
    assert {entry.at for entry in alert.entries[1:]} == {START}
    audited = AuditEntry.objects.filter(object=f"desk-alert:{number}").values_list("actor", "verb")
    assert sorted(audited) == [
        ("user:1", "notices.acknowledged"),
        ("user:1", "notices.assigned"),
        ("user:2", "notices.noted"),
    ]


def test_a_change_is_told_without_saying_what():
    notices.open_alert(trouble())
    payload = OutboxEntry.objects.get(name="notices.desk_changed").payload
    assert "silence" not in payload


def test_only_operators_work_at_the_desk():
    number = notices.open_alert(trouble())
    officer = Actor("user:3", "park", frozenset({"officer"}), aal=2)
    with pytest.raises(Forbidden):
        notices.acknowledge(number, officer)
    with pytest.raises(NotFound):
        notices.acknowledge(number + 1, LEE)
    assert verbs() == ["opened"]


def test_bad_input_is_refused_with_the_field():
    number = notices.open_alert(trouble())
    for call in (
        lambda: notices.note(number, LEE, "  "),
        lambda: notices.note(number, LEE, "x" * 2001),
        lambda: notices.assign(number, LEE, "nobody at all"),
        lambda: notices.open_alert(trouble(severity="loud")),
    ):
        with pytest.raises(Invalid):
            call()
    assert verbs() == ["opened"]


def test_a_cleared_alert_takes_notes_but_no_acknowledgement():
    number = notices.open_alert(trouble())
    notices.clear_alert("silence:1")
    notices.note(number, LEE, "It was the power.")
    with pytest.raises(Conflict, match="cleared"):
        notices.acknowledge(number, LEE)
    assert notices.on_desk() == []
    assert notices.on_desk(cleared_since=START)[0].entries[-1].text == "It was the power."


def test_the_gravest_goes_first_then_what_waits_then_the_oldest():
    for n, severity in enumerate(("notice", "critical", "serious", "critical")):
        with fixed_clock(START + timedelta(minutes=n)):
            notices.open_alert(trouble(f"k:{n}", severity))
    notices.acknowledge(next(a.id for a in notices.on_desk() if a.key == "k:1"), LEE)
    assert [alert.key for alert in notices.on_desk()] == ["k:3", "k:1", "k:2", "k:0"]


def test_old_cleared_alerts_are_forgotten_open_ones_never():
    with fixed_clock(START - timedelta(days=500)):
        notices.open_alert(trouble("old"))
        notices.open_alert(trouble("open"))
        notices.clear_alert("old")
    with fixed_clock(START):
        forget_old_alerts()
    assert list(DeskAlert.objects.values_list("key", flat=True)) == ["open"]
