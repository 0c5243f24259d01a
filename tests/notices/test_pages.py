"""Pages of alerts, sign-up and calls: both languages, no account, no script, no leak."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import feedparser
import pytest
from django.test import Client

from madang.access.api import maintenance
from madang.identity import api as identity
from madang.kernel import times
from madang.kernel.models import AuditEntry
from madang.notices import actions, api, calls, links
from madang.notices.models import CallBack, Delivery, RecordedMessage, SignUp, Subscriber
from tests.looking import again, rows
from tests.staff import PASSWORD, sign_in
from tests.web.html import page

from .conftest import MAPO, PM25_BAD, go_out, subscribed, told
from .test_cap import ALERT, INFO

pytestmark = [pytest.mark.data, pytest.mark.django_db]
LANGUAGES = pytest.mark.parametrize("language", ["ko", "en"])
FORM = {
    "channel": "email", "email": "kim@example.org", "place": MAPO, "wish-air-class": "pm25",
    "level-air-class": "bad", "language": "en",
}  # fmt: skip


def signed_in(client: Client, *roles: str) -> None:
    identity.add_user("lee", roles, password=PASSWORD)
    sign_in(client, "lee")


def published(number: int, **changes) -> api.Alert:
    alert = replace(ALERT, identifier=f"a-{number}", **changes)
    api.publish(alert, f"measure:{number}")
    return alert


@LANGUAGES
def test_the_pages_of_residents_are_well_built(client: Client, language: str):
    info = replace(INFO, language=language, event="e", headline="h", areas=(api.Area("a"),))
    published(1, infos=(replace(info, expires=times.now() + timedelta(hours=1)),))
    page(client, "/alerts/", language)
    page(client, "/alerts/a-1/", language)
    page(client, "/alerts/nothing/", language, status=404)
    root = page(client, f"/alerts/sign-up/?district={MAPO}&pollutant=pm10", language)
    assert root.xpath("//select[@id='place']/option[@selected]/@value") == [MAPO]
    chosen = root.xpath("//input[starts-with(@name, 'wish-')][@checked]/@id")
    assert chosen == ["wish-air-class-pm10", "wish-air-measure-pm10"]
    page(client, "/call-back/", language)
    who = subscribed(manner=actions.Manner(language))
    path = links.manage_url(who.key).removeprefix("http://localhost:8000")
    root = page(client, path, language)
    assert "kim@example.org" not in root.text_content(), "the link may be seen by others"
    page(client, path.replace("/mine/", "/stop/"), language)
    page(client, "/alerts/mine/nonsense/", language, status=410)
    page(client, "/alerts/confirm/nonsense/", language, status=410)


def test_signing_up_by_mail_works_without_scripts_from_page_to_stop(client: Client):
    answer = client.post("/alerts/sign-up/", FORM)
    assert answer.status_code == 200
    assert b"recorded" in answer.content or "기록".encode() in answer.content
    go_out()
    text = rows(RecordedMessage).get().text
    link = re.search(r"http://localhost:8000(/alerts/confirm/\S+)", text)[1]
    assert client.get(link).status_code == 200
    assert not rows(Subscriber).exists(), "looking at the link confirms nothing"
    answer = client.post(link, follow=True)
    assert answer.redirect_chain[0][0].startswith("/alerts/mine/")
    assert client.post(link).status_code == 410
    who = rows(Subscriber).get()
    manage = answer.redirect_chain[0][0]
    change = {"language": "ko", "hours": "quiet", "quiet_from": "23:00", "quiet_to": "06:30"}
    client.post(manage, {**change, "keep": [w.pk for w in rows(who.wishes).all()]})
    again(who)
    assert (who.language, who.quiet_from, who.quiet_to) == ("ko", 23 * 60, 6 * 60 + 30)
    assert rows(who.wishes).count() == 1
    stop = manage.replace("/mine/", "/stop/")
    assert client.get(stop).status_code == 200
    assert rows(Subscriber).exists(), "looking at the link stops nothing"
    one_click = Client(enforce_csrf_checks=True)
    answer = one_click.post(stop, {"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    assert not rows(Subscriber).exists()
    assert one_click.post(stop).status_code == 200


def test_the_link_to_confirm_works_for_two_days(client: Client):
    actions.sign_up("email", "kim@example.org", [PM25_BAD], actions.Manner("en"))
    path = links.confirm_url(rows(SignUp).get().key).removeprefix("http://localhost:8000")
    import time as clock
    from unittest.mock import patch

    with patch("django.core.signing.time.time", lambda: clock.monotonic() * 0 + LATER):
        assert client.get(path).status_code == 410
    assert client.get(path).status_code == 200


LATER = times.now().timestamp() + 49 * 3600


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": ""}, "email"),
        ({"email": "kim"}, "email"),
        ({"email": "kim@example.org\nBcc: all@example.org"}, "email"),
        ({"email": "kim@example.org, lee@example.org"}, "email"),
        ({"email": "김@example.org"}, "email"),
        ({"wish-air-class": []}, "wish-air-class"),
        ({"place": "99999"}, "place"),
        ({"hours": "quiet", "quiet_from": "25:00"}, "quiet_from"),
        ({"channel": "sms", "phone": "12"}, "phone"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(client, change, field):
    answer = client.post("/alerts/sign-up/", {**FORM, **change})
    assert answer.status_code == 422
    assert b"field-error" in answer.content
    assert f'id="{field}-error"'.encode() in answer.content
    assert not rows(SignUp).exists()
    assert not rows(Delivery).exists()


def test_a_huge_list_is_refused_with_the_limit_named(client):
    answer = client.post("/alerts/sign-up/", {**FORM, "wish-air-class": ["pm25"] * 60})
    assert answer.status_code == 422
    assert b"50" in answer.content
    assert (
        client.post("/alerts/sign-up/", {**FORM, "wish-air-class": ["x"] * 2000}).status_code == 400
    )
    assert not rows(SignUp).exists()


def test_one_address_gets_no_more_than_three_questions_an_hour(client):
    for _ in range(3):
        assert client.post("/alerts/sign-up/", FORM).status_code == 200
    answer = client.post("/alerts/sign-up/", FORM)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 3500
    assert rows(SignUp).count() == 3
    other = {**FORM, "email": "lee@example.org"}
    assert client.post("/alerts/sign-up/", other).status_code == 200


def test_one_place_signs_up_no_more_than_twenty_an_hour(client):
    for number in range(20):
        client.post("/alerts/sign-up/", {**FORM, "email": f"p{number}@example.org"})
    assert client.post("/alerts/sign-up/", {**FORM, "email": "z@x.org"}).status_code == 429
    forwarded = {"HTTP_X_FORWARDED_FOR": "203.0.113.9"}
    answer = client.post("/alerts/sign-up/", {**FORM, "email": "z@x.org"}, **forwarded)
    assert answer.status_code == 200


def test_an_address_that_is_known_gets_the_same_answer_and_its_wishes_are_joined(client):
    first = subscribed()
    form = {**FORM, "place": "city", "wish-air-class": "pm10", "level-air-class": "very_bad"}
    answer = client.post("/alerts/sign-up/", form)
    assert answer.status_code == 200
    who = actions.confirm(rows(SignUp).get().key)
    assert who.pk == first.pk
    assert sorted(rows(who.wishes).values_list("place", "subject", "level")) == [
        ("", "pm10", 3), (MAPO, "pm25", 2),
    ]  # fmt: skip


def test_no_address_stands_in_the_database_or_on_the_operators_page(client):
    subscribed("email", "kim.secret@example.org")
    told()
    go_out()
    from django.db import connection

    with maintenance("test"), connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            if table.startswith(("notices_", "kernel_", "django_tasks")):
                cursor.execute(f"SELECT * FROM {table}")
                assert "kim.secret" not in repr(cursor.fetchall()), table
    signed_in(client, "operator")
    for path in ("/operations/notices/", "/operations/notices/recorded/"):
        assert b"kim.secret" not in client.get(path).content


@LANGUAGES
def test_the_desk_shows_progress_and_what_was_recorded(client, language):
    subscribed("email", "a@x.org", manner=actions.Manner(language))
    told(values={**VALUES, "grade": "bad"})
    go_out()
    signed_in(client, "operator")
    root = page(client, "/operations/notices/", language)
    bar = root.find(".//progress")
    assert (bar.get("value"), bar.get("max")) == ("1", "1")
    page(client, "/operations/notices/recorded/", language)
    assert Client().get("/operations/notices/").status_code == 302


VALUES = {"place": "Mapo", "pollutant": "PM2.5", "is_better": 0, "value": 58, "unit": "µg/m³",
          "at": "14", "advice": "-"}  # fmt: skip


def test_the_feed_is_valid_atom_in_pages_with_links_to_cap(client, monkeypatch):
    for number in range(120):
        published(number)
    answer = client.get("/alerts/feed.atom", headers={"accept-language": "en"})
    assert answer["Content-Type"].startswith("application/atom+xml")
    seen, address, pages = [], "/alerts/feed.atom", 0
    while address:
        found = feedparser.parse(client.get(address).content)
        assert not found.bozo, found.get("bozo_exception")
        assert found.version == "atom10"
        assert found.feed.id.startswith("urn:uuid:")
        assert found.feed.author
        assert found.feed.updated_parsed
        seen += [entry.id for entry in found.entries]
        for entry in found.entries:
            assert entry.title and entry.updated_parsed and entry.summary
            kinds = {link.rel: (link.type, link.href) for link in entry.links}
            assert kinds["related"][0] == "application/cap+xml"
        following = [link.href for link in found.feed.links if link.rel == "next"]
        address = following[0].removeprefix("http://localhost:8000") if following else ""
        pages += 1
    assert (pages, len(seen), len(set(seen))) == (3, 120, 120)
    cap = kinds["related"][1].removeprefix("http://localhost:8000")
    assert client.get(cap).content.startswith(b"<?xml")
    again = client.get("/alerts/feed.atom", headers={"if-none-match": answer["ETag"],
                                                     "accept-language": "en"})  # fmt: skip
    assert again.status_code == 304
    assert client.get("/alerts/feed.atom?before=x").status_code == 422


def test_a_cancelled_alert_is_over_on_its_page(client):
    alert = published(1)
    sent = alert.sent + timedelta(minutes=5)
    cancel = replace(
        ALERT, identifier="a-1-cancel", sent=sent, message_type="Cancel", infos=(),
        references=((alert.sender, alert.identifier, alert.sent),),
    )  # fmt: skip
    api.publish(cancel, "measure:1")
    client.cookies["django_language"] = "en"
    text = client.get("/alerts/a-1/").content.decode()
    assert ">over<" in text
    assert "a-1-cancel" in text
    assert "No alert is in force" in client.get("/alerts/").content.decode()
    found = feedparser.parse(client.get("/alerts/feed.atom").content)
    assert [entry.title for entry in found.entries] == ["[Over] h <&>", "h <&>"]


@pytest.fixture
def weekday():
    with times.fixed_clock(times.parse_utc("2026-11-24T10:00+09:00")):
        yield


CALL = {"phone": "010-1234-5678", "topic": "air", "day": "2026-11-24", "window": "1",
        "language": "ko", "district": MAPO, "consent": "1"}  # fmt: skip


@pytest.mark.usefixtures("weekday")
def test_a_call_is_asked_for_looked_at_with_a_reason_and_forgotten(client: Client):
    client.cookies["django_language"] = "en"
    answer = client.post("/call-back/", CALL)
    assert b"between 12:00 and 15:00" in answer.content
    row = rows(CallBack).get()
    assert b"5678" not in bytes(row.phone)
    assert client.get("/call-backs/").status_code == 302
    signed_in(client, "officer")
    listed = client.get("/call-backs/").content.decode()
    assert "1 call to make" in listed
    assert "…5678" in listed
    assert "1234" not in listed
    path = f"/call-backs/{row.pk}/"
    assert client.post(path, {"reason": " "}).status_code == 422
    assert not AuditEntry.objects.filter(verb="notices.look").exists()
    assert "+821012345678" in client.post(path, {"reason": "to call"}).content.decode()
    entry = AuditEntry.objects.get(verb="notices.look")
    assert (entry.object, entry.purpose) == (f"call-back:{row.pk}", "call-back")
    assert "to call" in entry.detail
    assert "1234" not in entry.detail
    client.post(path, {"result": "not-reached"})
    again(row)
    assert (row.state, row.tries) == ("open", 1)
    client.post(path, {"result": "done"})
    again(row)
    assert (row.state, bytes(row.phone), row.phone_end) == ("done", b"", "")
    assert client.post(path, {"reason": "again"}).status_code == 404


@pytest.mark.usefixtures("weekday")
@LANGUAGES
def test_the_pages_of_calls_are_well_built(client: Client, language: str):
    calls.ask(calls.Wish("01012345678", "other", calls.days()[0], 2, language, "", True))
    client.cookies["django_language"] = language
    answer = client.post("/call-back/", {**CALL, "phone": ""})
    assert answer.status_code == 422
    signed_in(client, "officer")
    page(client, "/call-backs/", language)
    page(client, f"/call-backs/{rows(CallBack).get().pk}/", language)


@pytest.mark.usefixtures("weekday")
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"phone": "555"}, "phone"),
        ({"topic": "x"}, "topic"),
        ({"day": "2026-11-22"}, "day"),  # a Sunday
        ({"day": "tomorrow"}, "day"),
        ({"window": "9"}, "window"),
        ({"district": "1"}, "district"),
        ({"consent": ""}, "consent"),
    ],
)
def test_a_wrong_request_for_a_call_is_refused_at_its_field(client, change, field):
    answer = client.post("/call-back/", {**CALL, **change})
    assert answer.status_code == 422
    assert f'id="{field}-error"'.encode() in answer.content
    assert not rows(CallBack).exists()
