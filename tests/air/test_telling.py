"""From hours to people: what air announces becomes notices of those who asked."""

from __future__ import annotations

from datetime import timedelta

import pytest

from madang.access.api import Actor
from madang.air import actions as air_actions
from madang.air import telling
from madang.air.models import DistrictClass, Measure
from madang.kernel.events import decode
from madang.kernel.models import OutboxEntry
from madang.kernel.registry import Subscriber, load, registry
from madang.kernel.times import fixed_clock
from madang.notices import actions, spread
from madang.notices.kinds import Wanted
from madang.notices.models import Contact, Notice, SignUp
from tests.looking import rows

from .conftest import MAPO, city_time, feed

pytestmark = [pytest.mark.data, pytest.mark.django_db]
FIRST = city_time(2026, 3, 1, 1)
HOUR = timedelta(hours=1)
OFFICER = Actor("user:1", "kim", frozenset({"officer"}), aal=2)


@pytest.fixture(autouse=True)
def then():
    """These hours are news."""
    with fixed_clock(FIRST + 10 * HOUR):
        yield


def announced() -> None:
    """Bring what is announced to the subscribers of the room, as the worker does."""
    rows = list(OutboxEntry.objects.filter(published_at=None).order_by("pk"))
    for row in rows:
        for offer in registry().offers(Subscriber, "air"):
            if offer.event == row.name:
                load(offer.target)(decode(row.name, row.payload))
    OutboxEntry.objects.filter(pk__in=[row.pk for row in rows]).update(published_at=FIRST)


def hours(values, start: int = 0):
    return [(FIRST + (start + n) * HOUR, value) for n, value in enumerate(values)]


def subscriber(*wishes: Wanted, language: str = "ko") -> None:
    actions.sign_up("email", f"p{rows(Contact).count()}@x.org", wishes, actions.Manner(language))
    actions.confirm(rows(SignUp).get().key)


def texts(language: str = "ko") -> list[str]:
    """Return the titles of what is told, in the order of telling."""
    for notice in Notice.objects.filter(spread_at=None):
        while spread.spread(notice.pk):
            pass
    rows = Notice.objects.exclude(kind=actions.CONFIRM_KIND).order_by("pk")
    return [t.title for n in rows for t in n.texts.filter(language=language)]


def test_a_worse_hour_is_told_at_once_and_better_ones_after_three(station):
    subscriber(Wanted("air.class", "pm25", MAPO, "bad"))
    ds = station(origin="real")["pm25"]
    feed(ds, "pm25", hours([20, 40, 30, 40, 30, 30, 30, 10, 10, 10]))
    announced()
    assert texts() == ["마포구: PM2.5 ‘나쁨’입니다", "마포구: PM2.5 ‘보통’으로 나아졌습니다"]
    notice = Notice.objects.get(values__grade="bad")
    text = notice.texts.get()
    assert "40 µg/m³" in text.text
    assert f"http://localhost:8000/air/{MAPO}/" in text.text
    assert DistrictClass.objects.get(pollutant="pm25").level == 0, "good again: told to nobody here"


def test_hours_that_come_in_days_late_are_told_to_nobody(station):
    subscriber(Wanted("air.class", "pm25", MAPO, "bad"))
    with fixed_clock(FIRST + 48 * HOUR):
        feed(station(origin="real")["pm25"], "pm25", hours([20, 40]))
        announced()
        assert texts() == []


def test_hours_fed_twice_are_told_once(station):
    subscriber(Wanted("air.class", "pm25", MAPO, "bad"))
    ds = station(origin="real")["pm25"]
    for _ in range(2):
        feed(ds, "pm25", hours([20, 40]))
    announced()
    assert len(texts()) == 1


def test_a_measure_is_told_once_approved_and_when_it_is_lifted(station):
    subscriber(Wanted("air.measure", "pm25", MAPO, "measure"))
    ds = station(origin="real")["pm25"]
    feed(ds, "pm25", hours([60, 60, 60, 60]))
    announced()
    assert texts() == [], "nobody is told before the officer decides"
    measure = Measure.objects.get(rule="early_action")
    air_actions.approve(measure.pk, OFFICER)
    announced()
    assert texts() == ["마포구 초미세먼지 조기 대응"]
    text = Notice.objects.get(template="air/measure").texts.get()
    assert "차량 2부제" in text.text
    assert f"/air/measures/#measure-{measure.pk}" in text.text
    air_actions.lift(measure.pk, OFFICER, "wind")
    announced()
    assert texts()[1:] == ["마포구 초미세먼지 조기 대응 해제"]


def test_a_measure_refused_by_the_officer_is_never_told(station):
    subscriber(Wanted("air.measure", "pm25", MAPO, "measure"))
    feed(station(origin="real")["pm25"], "pm25", hours([60, 60, 60, 60]))
    air_actions.lift(Measure.objects.get(rule="early_action").pk, OFFICER, "a fire nearby")
    announced()
    assert texts() == []


def test_only_severe_measures_reach_those_who_want_only_these(station):
    subscriber(Wanted("air.measure", "pm25", MAPO, "severe"), language="en")
    feed(station(origin="real")["pm25"], "pm25", hours([160, 160]))
    announced()
    assert texts("en") == ["PM2.5 warning issued for Mapo-gu"]
    assert Notice.objects.get(values__headline__names__en=texts("en")[0]).critical


@pytest.mark.parametrize(
    ("language", "instruction"),
    [
        ("vi", "Trẻ em, người cao tuổi và người mắc bệnh phổi nên ở trong nhà; đeo khẩu trang"),
        ("zh-hans", "儿童、老年人和肺部疾病患者请留在室内；外出请戴口罩。"),
        ("ar", "ينبغي أن يبقى الأطفال وكبار السن ومرضى الرئة في الداخل"),
    ],
)
def test_what_to_do_is_told_in_the_subscribers_language(station, language, instruction):
    subscriber(Wanted("air.measure", "pm25", MAPO, "measure"), language=language)
    feed(station(origin="real")["pm25"], "pm25", hours([80, 80]))
    announced()
    texts(language)
    text = Notice.objects.get(template="air/measure").texts.get()
    assert text.language == language
    assert instruction in text.text
    assert instruction in text.short


VALUES = {"place": "Mapo", "grade": "bad", "headline": "h", "name": "n", "is_ahead": 1,
          "starts": "s"}  # fmt: skip


def test_every_template_is_worded_in_both_languages_without_a_gap():
    from madang.notices.texts import wording

    for template in ("air/class", "air/measure", "air/measure-over"):
        for language in ("ko", "en"):
            said = wording(template, VALUES, language, url="http://x/")
            assert said.title
            assert said.short
            assert "%(" not in said.text + said.html + said.short


def test_what_to_do_is_the_page_s_own_advice():
    assert telling._advice("bad").startswith("Keep long or hard exercise outside short.")
