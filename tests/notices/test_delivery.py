"""Messages on their way: confirmed, spread, sent once, held, tried again, given to the next."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from madang.kernel import times
from madang.notices import actions, deliver, rules, tasks
from madang.notices.kinds import Wanted
from madang.notices.models import Contact, Delivery, Lane, Notice, SignUp, Subscriber
from tests.looking import rows

from .conftest import JONGNO, MAPO, PM25_BAD, go_out, subscribed, told

pytestmark = [pytest.mark.data, pytest.mark.django_db]
NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)  # 12:00 in Seoul
NIGHT = datetime(2026, 11, 22, 14, 0, tzinfo=UTC)  # 23:00 in Seoul
QUIET = rules.Quiet(22 * 60, 7 * 60)


def states(notice: Notice | None = None) -> list[str]:
    found = rows(Delivery).exclude(notice__kind=actions.CONFIRM_KIND)
    found = found.filter(notice=notice) if notice else found
    return list(found.order_by("pk").values_list("state", flat=True))


@pytest.fixture
def mail(configured, mail_server):
    configured(smtp_url=mail_server.url, mail_from="alerts@city.example")
    return mail_server


def test_a_sign_up_is_confirmed_by_mail_and_then_gets_the_notice_once(mail):
    actions.sign_up("email", " Kim@Example.ORG ", [PM25_BAD], actions.Manner("en"))
    told("before")
    go_out()
    assert len(mail.mails) == 1, "nothing but the question before it is answered"
    assert mail.recipients == ["Kim@example.org"]
    assert "/alerts/confirm/" in mail.mails[0].get_body(("plain",)).get_content()
    actions.confirm(rows(SignUp).get().key)
    notice = told()
    told()
    go_out()
    go_out()
    assert len(mail.mails) == 2
    assert states(notice) == ["sent"]
    sent = mail.mails[1]
    assert sent["Subject"] == "Mapo-gu: PM2.5 is now bad"
    assert sent["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert sent["List-Unsubscribe"].startswith("<http://localhost:8000/alerts/stop/")
    assert sent["Auto-Submitted"] == "auto-generated"
    plain = sent.get_body(("plain",)).get_content()
    assert "58 µg/m³" in plain
    assert "/alerts/mine/" in plain
    html = sent.get_body(("html",)).get_content()
    assert "Stay &lt;in&gt;" in html
    assert '<html lang="en" dir="ltr">' in html


def test_the_version_of_the_template_is_kept_with_the_words(mail):
    subscribed()
    notice = told()
    text = notice.texts.get()
    assert text.version.startswith("air/class@1:")
    assert len(text.version.partition(":")[2]) == 12


def test_only_those_who_asked_for_place_subject_and_level_are_told():
    wanted = {
        "a@x.org": Wanted("air.class", "pm25", MAPO, "bad"),
        "b@x.org": Wanted("air.class", "pm25", "", "moderate"),
        "c@x.org": Wanted("air.class", "pm25", MAPO, "very_bad"),
        "d@x.org": Wanted("air.class", "pm10", MAPO, "bad"),
        "e@x.org": Wanted("air.class", "pm25", JONGNO, "bad"),
        "f@x.org": Wanted("air.measure", "pm25", MAPO, "measure"),
    }
    people = {name: subscribed("email", name, wish).pk for name, wish in wanted.items()}
    notice = told()
    found = rows(notice.deliveries).values_list("contact__subscriber", flat=True)
    assert set(found) == {people["a@x.org"], people["b@x.org"]}


def test_who_heard_of_the_worse_hears_of_the_better():
    subscribed()
    notice = told(level="moderate", earlier_level="bad")
    assert notice.total == 1
    assert told("n2", level="good", earlier_level="moderate").total == 0


def test_quiet_hours_hold_a_message_until_they_end_and_a_newer_one_replaces_it(mail):
    subscribed(manner=actions.Manner("en", QUIET))
    with times.fixed_clock(NIGHT):
        first = told("n1")
        second = told("n2", level="moderate", earlier_level="bad")
        go_out()
        assert states(first) == ["replaced"]
        assert states(second) == ["held"]
        assert rows(second.deliveries).get().due == datetime(2026, 11, 22, 22, 0, tzinfo=UTC)
    with times.fixed_clock(datetime(2026, 11, 22, 22, 1, tzinfo=UTC)):
        go_out()
    assert states(second) == ["sent"]
    assert len([m for m in mail.mails if "PM2.5" in m["Subject"]]) == 1


@pytest.mark.parametrize(("passes", "state"), [(True, "queued"), (False, "held")])
def test_what_is_critical_passes_quiet_hours_if_the_person_says_so(passes, state):
    subscribed(manner=actions.Manner("en", QUIET, critical_passes=passes))
    with times.fixed_clock(NIGHT):
        notice = told(level="very_bad", earlier_level="bad")
    assert notice.critical
    assert states(notice) == [state]


def test_a_server_that_is_down_costs_no_try_and_the_lane_rests(mail):
    subscribed()
    mail.stop()
    with times.fixed_clock(NOON):
        notice = told()
        due = deliver.deliver_slice("email")
        row = rows(notice.deliveries).get()
        assert (row.state, row.attempts) == ("queued", 0)
        lane = Lane.objects.get(pk="email")
        assert lane.free_at == NOON + rules.pause_after(1) == due
        assert "mail server" in lane.error
        assert deliver.deliver_slice("email") == due, "while it rests nothing is tried"
    mail.start()
    with times.fixed_clock(NOON + timedelta(seconds=3)):
        go_out()
    assert states(notice) == ["sent"]
    assert Lane.objects.get(pk="email").failures == 0


def test_one_refused_recipient_holds_up_nobody(mail):
    for name in ("a", "b", "c"):
        subscribed("email", f"{name}@x.org")
    mail.answer_to = lambda address: "550 5.1.1 no such user" if address[0] == "b" else None
    notice = told()
    go_out()
    assert states(notice) == ["sent", "failed", "sent"]
    refused = rows(notice.deliveries).get(state="failed")
    assert refused.error == "the mail server refuses: 550 5.1.1"
    assert "x.org" not in refused.error


def test_an_address_refused_three_times_is_forgotten(mail):
    subscribed("email", "b@x.org")
    mail.answer_to = lambda _address: "550 5.1.1 no such user"
    for number in range(3):
        told(f"n{number}", thread=f"t{number}")
        go_out()
    assert rows(Contact).count() == rows(Subscriber).count() == 0
    assert states() == ["failed"] * 3


def test_a_refusal_for_now_is_tried_again_and_given_up_at_last(mail):
    subscribed()
    mail.answer_to = lambda _address: "451 4.7.1 greylisted"
    moment = NOON
    with times.fixed_clock(lambda: moment):
        notice = told()
        waits = []
        for _ in range(len(rules.RETRIES) + 1):
            go_out()
            row = rows(notice.deliveries).get()
            waits.append(row.due - moment)
            moment = max(moment, row.due)
    assert tuple(waits[:-1]) == rules.RETRIES
    assert states(notice) == ["gave-up"]
    assert row.attempts == 7
    assert row.error == "the mail server asks to try later: 451 4.7.1"


def test_what_is_refused_later_goes_through_at_the_next_try(mail):
    subscribed()
    mail.answer_to = lambda _address: "451 4.7.1 greylisted"
    with times.fixed_clock(NOON):
        notice = told()
        go_out()
    mail.answer_to = lambda _address: None
    with times.fixed_clock(NOON + timedelta(seconds=61)):
        go_out()
    assert states(notice) == ["sent"]


def test_the_next_address_of_a_person_is_tried_where_the_first_fails(
    mail, push_service, configured
):
    configured(smtp_url=mail.url, mail_from="alerts@city.example")
    browser = push_service.browser("one")
    who = subscribed("push", browser.subscription())
    subscribed("email", "kim@example.org", mine=who.key)
    assert [c.channel for c in rows(who.contacts).all()] == ["push", "email"]
    push_service.status = lambda _path: 410
    notice = told()
    go_out("push")
    go_out("email")
    found = rows(notice.deliveries).order_by("pk").values_list("channel", "state", "is_fallback")
    assert list(found) == [("push", "failed", False), ("email", "sent", True)]
    assert [c.channel for c in rows(who.contacts).all()] == ["email"], "410: the browser is gone"
    assert rows(who.contacts).get().rank == 0


def test_urgent_messages_overtake_others_in_a_lane(mail, configured):
    subscribed("email", "a@x.org", Wanted("air.class", "pm25", MAPO, "good"))
    told("slow", level="moderate", earlier_level="good", thread="t1")
    rows(Delivery).filter(notice__key="slow").update(priority=rules.DIGEST)
    told("quick", level="very_bad", earlier_level="bad", thread="t2")
    deliver.deliver_slice("email", 1)  # the question to confirm is an answer: it goes with these
    deliver.deliver_slice("email", 1)
    assert states(Notice.objects.get(key="quick")) == ["sent"]
    assert states(Notice.objects.get(key="slow")) == ["queued"]


def test_a_notice_that_is_no_news_any_more_is_not_sent(mail):
    subscribed()
    with times.fixed_clock(NOON):
        notice = told(expires=NOON + timedelta(hours=1))
    with times.fixed_clock(NOON + timedelta(hours=2)):
        go_out()
    assert states(notice) == ["expired"]
    assert not [m for m in mail.mails if "PM2.5" in m["Subject"]]


def test_a_channel_lets_out_no_more_than_its_rate(mail, configured):
    configured(smtp_url=mail.url, mail_from="a@city.example", email_rate=10)
    for number in range(30):
        subscribed("email", f"p{number}@x.org")
    moment = NOON
    with times.fixed_clock(lambda: moment):
        notice = told()
        Lane.objects.update(tokens=5, filled_at=NOON, asked_at=None)
        rows(Delivery).exclude(notice=notice).update(state="sent")
        due = deliver.deliver_slice("email")
        assert rows(notice.deliveries).filter(state="sent").count() == 5
        assert due == NOON + timedelta(seconds=1)
        moment = due
        deliver.deliver_slice("email")
        assert rows(notice.deliveries).filter(state="sent").count() == 15


def test_a_slice_that_died_is_taken_up_again(mail):
    subscribed()
    notice = told()
    row = rows(notice.deliveries).get()
    rows(Delivery).filter(pk=row.pk).update(state="sending", claim="dead")
    Lane.objects.update(holder="dead", leased_until=times.now() + timedelta(seconds=30))
    assert deliver.deliver_slice("email") > times.now(), "the lane is not ours yet"
    assert states(notice) == ["sending"]
    Lane.objects.update(leased_until=times.now() - timedelta(seconds=1))
    go_out()
    assert states(notice) == ["sent"]
    assert mail.mails[-1]["Message-ID"] == f"<{row.key}@city.example>"


def test_the_schedule_asks_for_lanes_that_are_due_and_goes_on_spreading(mail):
    from django_tasks_db.models import DBTaskResult

    subscribed()
    notice = told()
    Notice.objects.filter(pk=notice.pk).update(
        spread_at=None, cursor=0, created=times.now() - timedelta(minutes=5)
    )
    Lane.objects.update(asked_at=None)
    DBTaskResult.objects.all().delete()
    tasks.wake_lanes()
    queued = sorted(row.task_path.rpartition(".")[2] for row in DBTaskResult.objects.all())
    assert queued == ["deliver", "spread"]


def test_without_a_server_a_demo_records_the_message_once(configured):
    configured()
    subscribed()
    notice = told()
    go_out()
    from madang.notices.models import RecordedMessage

    assert states(notice) == ["sent"]
    kept = rows(RecordedMessage).get(title="Mapo-gu: PM2.5 is now bad")
    assert kept.to == "k…@example.org"
    rows(Delivery).filter(notice=notice).update(state="sending", claim="dead")
    go_out()
    assert rows(RecordedMessage).filter(title=kept.title).count() == 1


def test_in_production_only_what_is_real_is_told(configured):
    subscribed()
    configured(mode="production", contact_key="k" * 40)
    from madang.notices import api

    values = {"kind": "air.class", "subject": "pm25", "level": "bad", "place": MAPO}
    words = {"template": "air/class", "thread": "t"}
    assert not api.tell(api.Notice(key="sim", origin="simulated", **values, **words))
    assert api.tell(api.Notice(key="real", origin="real", **values, **words))
    assert list(Notice.objects.exclude(kind=actions.CONFIRM_KIND).values_list("key")) == [("real",)]


def test_simulated_news_say_so_in_every_part(mail):
    subscribed()
    told(origin="simulated")
    go_out()
    mail_ = mail.mails[-1]
    assert mail_["Subject"] == "[Simulated] Mapo-gu: PM2.5 is now bad"
    for kind in ("plain", "html"):
        assert "simulated or replayed data" in mail_.get_body((kind,)).get_content()


def test_stopping_forgets_the_person_and_what_waits(mail):
    who = subscribed()
    notice = told()
    actions.stop(who.key)
    go_out()
    assert not rows(Subscriber).exists()
    assert not rows(Contact).exists()
    assert states(notice) == ["expired"]
    assert not [m for m in mail.mails if "PM2.5" in m["Subject"]]
