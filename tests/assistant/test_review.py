"""The sample of a month: drawn from masked texts, judged blind, reckoned up."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from madang.access.api import AccessDenied, Actor, purpose
from madang.assistant.errors import UnknownConversation, UnknownReview
from madang.assistant.models import Rating, ReviewDraw, ReviewItem
from madang.assistant.review import drawing, funnel, helpful, pages, rating, results
from madang.assistant.review.declared import AnswerReview, Sample
from madang.kernel import times
from madang.kernel.errors import Conflict, Forbidden, Invalid
from tests.assistant.talks import OCTOBER, public_of, talk
from tests.identity.residents import client_of, staff
from tests.looking import rows

pytestmark = [pytest.mark.data, pytest.mark.django_db]
SMALL = AnswerReview(sample=Sample(size=40, floor=5, second=0.25, strata=6))
HAN, SEO = (Actor(f"account:{n}", roles=frozenset({"reviewer"}), aal=2) for n in ("han", "seo"))
HEAD = Actor("account:head", roles=frozenset({"department-head"}), aal=2)
OCT = date(2026, 10, 1)


@pytest.fixture(autouse=True)
def small(monkeypatch):
    for module in (drawing, pages):
        monkeypatch.setattr(module, "declared", lambda: SMALL)


@pytest.fixture
def answered():
    """A month: 90 answered on the web, 20 in the app, 12 refused, and what nobody judges."""
    for _ in range(90):
        talk("answered")
    for _ in range(20):
        talk("answered", channel="app")
    for _ in range(12):
        talk("refused_opinion")
    talk("talked", "asked_fact", "with_person")
    talk("answered", at=OCTOBER + timedelta(days=31))


def drawn(seed="s") -> ReviewDraw:
    made = drawing.draw(OCT, seed=seed)
    assert made is not None
    return made


def test_the_sample_is_stratified_and_the_same_seed_draws_it_again(answered):
    made = drawn()
    assert made.population == 122
    assert {(s["cell"][0], s["population"]) for s in made.strata} == {
        ("answered", 90), ("answered", 20), ("refused", 12)}  # fmt: skip
    assert sum(s["drawn"] for s in made.strata) == 40
    assert all(s["drawn"] >= 5 for s in made.strata)
    (refused,) = [s for s in made.strata if s["cell"][0] == "refused"]
    assert refused["drawn"] / 12 > 40 / 122, "refusals are looked at more closely"
    first = set(rows(ReviewItem).values_list("turn", flat=True))
    assert len(first) == 40
    assert rows(ReviewItem).filter(times=2).count() == 10
    rows(ReviewItem).all().delete()
    rows(ReviewDraw).all().delete()
    drawn()
    assert set(rows(ReviewItem).values_list("turn", flat=True)) == first


def test_a_month_is_drawn_once_and_an_empty_one_not_at_all(answered):
    assert drawing.draw_due(date(2026, 10, 9)) is None  # September had no answer
    assert drawing.draw_due(date(2026, 11, 1)) is not None
    assert drawing.draw_due(date(2026, 11, 2)) is None
    assert ReviewDraw.objects.count() == 1


def test_only_those_who_judge_see_an_item_and_it_names_nobody(answered):
    drawn()
    item = rating.take(HAN)
    seen = rating.shown(HAN, item)
    assert seen.asked == "등본 수수료가 얼마예요?" and "conversation" not in seen.answer
    with pytest.raises(UnknownReview):
        rating.shown(SEO, item)
    with pytest.raises(Forbidden):
        rating.take(Actor("account:x", roles=frozenset({"operator"}), aal=2))
    clerk = Actor("account:c", roles=frozenset({"clerk"}), aal=2)
    with purpose(clerk, rating.REVIEW), pytest.raises(AccessDenied):
        list(ReviewItem.objects.all())


def test_nobody_judges_an_answer_twice_and_the_second_does_not_see_the_first(answered):
    drawn()
    judged: dict[str, list[str]] = {}
    for who in (HAN, SEO):
        while item := rating.take(who):
            seen = rating.shown(who, item)
            assert not seen.opinions
            judged.setdefault(item, []).append(who.id)
            rating.rate(who, item, "right", "yes" if seen.is_cited else "")
    assert len(judged) == 40
    assert sum(len(who) == 2 for who in judged.values()) == 10
    assert all(len(set(who)) == len(who) for who in judged.values())
    told = rating.progress()
    assert told is not None and told.done == told.needed == 50
    found = results.newest()
    assert found is not None and found.judged == 40
    assert dict(found.measures)["good"].share == 1.0
    assert found.agreement.kappa is None, "both always said the same one thing"


def test_what_is_missing_is_said_field_by_field(answered):
    drawn()
    item = rating.take(HAN)
    with pytest.raises(Invalid) as error:
        rating.rate(HAN, item, "very good", "", "x" * 3000)
    assert set(error.value.fields) >= {"score", "note"}
    assert rating.take(HAN) == item
    rating.give_back(HAN, item)
    with pytest.raises(UnknownReview):
        rating.rate(HAN, item, "right", "yes")


def test_an_item_that_is_held_too_long_goes_to_somebody_else(answered, monkeypatch):
    drawn()
    item = rating.take(HAN)
    Rating.objects.update(opened_at=times.now() - timedelta(days=2))
    assert rating.take(SEO) == item
    assert rating.held(HAN) == ""


def disagreed() -> str:
    drawn()
    for who, score in ((HAN, "right"), (SEO, "wrong")):
        while item := rating.take(who):
            cites = "yes" if rating.shown(who, item).is_cited else ""
            rating.rate(who, item, score, cites, "warum")
    return rating.disagreements()[0]


def test_a_disagreement_is_ended_by_a_third(answered):
    item = disagreed()
    assert len(rating.disagreements()) == 10
    seen = rating.opposed(HEAD, item)
    assert [one[0] for one in seen.opinions] in (["right", "wrong"], ["wrong", "right"])
    before = results.newest()
    assert before is not None and before.unsettled == 10
    rating.settle(HEAD, item, "harmful", "no" if seen.is_cited else "", "")
    found = results.newest()
    assert found is not None and found.unsettled == 9
    assert dict(found.measures)["harmful"].share > 0
    with pytest.raises(UnknownReview):
        rating.settle(HEAD, item, "right", "yes", "")
    both = Actor(HAN.id, roles=frozenset({"reviewer", "officer"}), aal=2)
    with pytest.raises(Conflict):
        rating.settle(both, rating.disagreements()[0], "right", "yes", "")


def test_strata_count_as_large_as_they_are(answered):
    made = drawn()
    while item := rating.take(HAN):
        seen = rating.shown(HAN, item)
        good = "right" if seen.channel == "web" else "wrong"
        rating.rate(HAN, item, good, "yes" if seen.is_cited else "")
    found = results.results(made)
    # 90 web answers and 12 web refusals of 122 are right, whatever share of each was drawn
    assert dict(found.measures)["good"].share == pytest.approx(102 / 122)
    assert dict(found.measures)["right"].share == pytest.approx(90 / 110)
    assert dict(found.measures)["refusals"].share == 1.0
    assert sum(one.population for one in found.strata) == 122


def test_words_are_deleted_and_what_was_judged_stays(answered):
    made = drawn()
    rating.rate(HAN, item := rating.take(HAN), "wrong",
                "yes" if rating.shown(HAN, rating.held(HAN)).is_cited else "")  # fmt: skip
    assert drawing.forget_words(times.now()) == 0
    assert drawing.forget_words(times.now() + timedelta(days=121)) == 40
    kept = rows(ReviewItem).get(pk=item)
    assert (kept.asked, kept.answer, kept.before) == ("", {}, [])
    assert results.results(made).judged == 1
    assert rating.take(SEO) == "", "without words nothing can be judged"


def test_a_first_question_is_resolved_where_no_second_one_follows():
    now = times.now() - timedelta(days=1)
    talk("answered", at=now)
    talk("answered", "talked", at=now)  # thanks
    talk("answered", "no_answer", at=now)  # asked again at once
    talk("answered", "answered", at=now, apart_s=1200.0)  # something else, later
    talk("answered", "talked", "handed_over", at=now)
    talk("no_answer", at=now)
    found = funnel.funnel()
    assert (found.first.count, found.conversations) == (3, 6)
    assert found.first.share == 0.5
    assert {one.name: one.count for one in found.statuses}["answered"] == 6


def test_residents_say_whether_an_answer_helped():
    turns = talk("answered", "talked", at=times.now())
    public = public_of(turns[0])
    helpful.helped(public, 1, is_helpful=False)
    helpful.helped(public, 1, is_helpful=True)
    assert funnel.funnel().helpful.count == 1
    with pytest.raises(Conflict):
        helpful.helped(public, 2, is_helpful=True)
    with pytest.raises(UnknownConversation):
        helpful.helped("nobody", 1, is_helpful=True)


def test_the_pages_from_the_first_item_to_the_result(answered):
    drawn()
    browser = client_of(staff("reviewer", "reviewer"))
    assert "40" in browser.get("/operations/review/next/").content.decode()
    there = browser.post("/operations/review/next/")
    for _ in range(3):
        page = browser.get(there["Location"])
        assert page.status_code == 200
        empty = browser.post(there["Location"], {"act": "rate"})
        assert empty.status_code == 422
        there = browser.post(
            there["Location"], {"act": "rate", "score": "right", "cites": "yes", "note": ""}
        )
        assert "/operations/review/answers/" in there["Location"]
    text = browser.get("/operations/review/").content.decode()
    assert "100" in text and "2026-10" in text
    for page in ("disagreements/", "editing/", "experiments/"):
        assert browser.get(f"/operations/review/{page}").status_code == 403
    officer = client_of(staff("officer", "officer"))
    for page in ("", "disagreements/", "editing/", "experiments/"):
        assert officer.get(f"/operations/review/{page}").status_code == 200
    assert officer.get("/operations/review/next/").status_code == 403
