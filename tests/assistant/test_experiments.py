"""Experiments divide conversations, and stop by themselves where they do harm."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest

from madang.access.api import Actor
from madang.assistant.models import EditorTask, ExperimentRun, Rating, ReviewItem, Turn
from madang.assistant.purposes import MEASURE, opened
from madang.assistant.review import drawing, editing, experiments
from madang.assistant.review.declared import AnswerReview, Change, Experiment, faults_of_file
from madang.city.api import profile
from madang.kernel import times
from madang.kernel.errors import Forbidden, Invalid, NotFound, Unavailable
from madang.kernel.models import AuditEntry
from madang.search.api import FirstQuestions, Unresolved
from tests.assistant.talks import OCTOBER, talk
from tests.identity.residents import client_of, staff

pytestmark = [pytest.mark.data, pytest.mark.django_db]


def experiment(**more) -> Experiment:
    today = profile().today()
    return Experiment(
        name="bar", since=today - timedelta(days=3), until=today + timedelta(days=10),
        arms={"now": 1, "new": 1}, control="now", changes={"new": Change(answer_at=0.2)}, **more,
    )  # fmt: skip


@pytest.fixture
def running(monkeypatch):
    found = experiment()
    monkeypatch.setattr(experiments, "declared", lambda: AnswerReview(experiments=(found,)))
    from madang.assistant.review import editing_pages

    monkeypatch.setattr(editing_pages, "declared", lambda: AnswerReview(experiments=(found,)))
    return found


def many(arm: str, answered: int, handed: int, ms: float = 80.0) -> None:
    for _ in range(answered):
        talk("answered", arm=f"bar:{arm}", ms=ms, at=times.now())
    for _ in range(handed):
        talk("answered", "handed_over", arm=f"bar:{arm}", ms=ms, at=times.now())


def test_a_conversation_stays_in_its_arm_and_a_stopped_experiment_has_none(running):
    label, change = experiments.arm_for("c1")
    assert label in ("bar:now", "bar:new")
    assert experiments.arm_for("c1") == (label, change)
    found = {experiments.arm_for(f"c{n}") for n in range(40)}
    assert found == {("bar:now", Change()), ("bar:new", Change(answer_at=0.2))}
    experiments.stop("account:kim", "bar")
    assert experiments.arm_for("c1") == ("", Change())
    with pytest.raises(Invalid):
        experiments.stop("account:kim", "bar")
    with pytest.raises(NotFound):
        experiments.stop("account:kim", "other")


def test_the_arm_is_kept_with_each_turn_and_decides_when_it_answers(running, monkeypatch):
    from madang.assistant import answering, api

    seen = []
    real = answering.answer

    def answer(*told, **more):
        seen.append(more["answer_at"])
        return real(*told, **more)

    monkeypatch.setattr(answering, "answer", answer)
    for _ in range(12):
        said = api.turn(None, "안녕하세요", language="ko")
        api.turn(said.conversation, "감사합니다", language="ko")
    with opened(MEASURE):
        arms = list(Turn.objects.order_by("pk").values_list("arm", flat=True))
    assert arms[::2] == arms[1::2], "a conversation has one arm"
    assert set(arms) == {"bar:now", "bar:new"}
    assert [0.2 if arm == "bar:new" else None for arm in arms] == seen


def test_more_hand_overs_stop_it_and_the_audit_log_says_so(running):
    many("now", 150, 15)
    many("new", 100, 70)
    assert experiments.watch() == "hand-over"
    run = ExperimentRun.objects.get(name="bar")
    assert (run.why, run.by, len(run.looks)) == ("hand-over", "system:assistant", 1)
    entry = AuditEntry.objects.filter(verb="assistant.stop_experiment").get()
    assert json.loads(entry.detail)["why"] == "hand-over"
    assert experiments.running() is None and experiments.watch() == ""


def test_arms_that_are_alike_go_on_and_slow_ones_do_not(running):
    many("now", 120, 10)
    many("new", 118, 12)
    assert experiments.watch() == ""
    many("new", 0, 0)
    with opened(MEASURE):
        Turn.objects.filter(arm="bar:new", number=1).update(latency_ms=9000.0)
    assert experiments.watch() == "slow"


def test_arms_of_the_wrong_size_stop_it(running):
    many("now", 400, 0)
    many("new", 150, 0)
    assert experiments.watch() == "mismatch"


def test_harm_stops_it_at_any_number(running):
    many("now", 9, 0)
    many("new", 9, 0)
    with opened(MEASURE):
        Turn.objects.update(at=OCTOBER)
    drawing.draw(date(2026, 10, 1), seed="s")
    with opened(MEASURE):
        items = list(ReviewItem.objects.filter(arm="bar:new"))
    for n, item in enumerate(items):
        Rating.objects.create(item=item, place=1, reviewer=f"account:{n}", score="harmful",
                              at=times.now())  # fmt: skip
    assert len(items) == 9
    assert experiments.watch() == "harmful"


def test_the_page_shows_guardrails_and_stops_by_hand(running):
    many("now", 60, 4)
    many("new", 60, 6)
    browser = client_of(staff("han", "officer"))
    text = browser.get("/operations/review/experiments/").content.decode()
    assert "bar" in text
    browser.post("/operations/review/experiments/", {"name": "bar"})
    run = ExperimentRun.objects.get(name="bar")
    assert run.why == "by hand" and run.by.startswith("account:")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("sample: {size: 5}", "sample.size"),
        ("sample: {sizes: 5}", "sizes"),
        ("experiments: [{name: a, since: 2026-10-01, until: 2026-12-01, arms: {x: 1, y: 1}, "
         "control: x}]", "experiments.0.until: an experiment lasts 1 to 28 days"),
        ("experiments: [{name: a, since: 2026-10-01, until: 2026-10-09, arms: {x: 1}, "
         "control: z, changes: {q: {answer_at: 0.1}}}]", "there is no arm 'z'"),
        ("experiments: [{name: a, since: 2026-10-01, until: 2026-10-09, arms: {x: 1, y: 2}, "
         "control: x}, {name: a, since: 2026-10-05, until: 2026-10-12, arms: {x: 1, y: 2}, "
         "control: x}]", "overlaps with a"),
    ],
)  # fmt: skip
def test_faults_of_the_file_are_named(tmp_path, text, said):
    path = tmp_path / "answer_review.yaml"
    path.write_text(text, "utf-8")
    assert any(said in message for _line, message in faults_of_file(path, profile()))


def test_the_file_that_ships_has_no_fault():
    path = profile().folder / "answer_review.yaml"
    assert faults_of_file(path, profile()) == []


def told(*unresolved):
    return FirstQuestions({}, tuple(unresolved))


def test_editors_see_what_is_asked_in_vain_and_what_is_gone(monkeypatch):
    talk("answered", at=times.now(), cited="services:gone")
    talk("answered", at=times.now(), cited="services:here")
    monkeypatch.setattr(editing.search, "first_questions", lambda: told(
        Unresolved("반려동물 등록", "ko", 9, 1), Unresolved("우주여행", "ko", 7, 7)))  # fmt: skip
    monkeypatch.setattr(
        editing.search, "unknown", lambda keys: [k for k in keys if k == "services:gone"]
    )
    assert editing.gather() == 3
    assert editing.gather() == 0
    found = {(one.kind, one.about): one.count for one in editing.listed()}
    assert found == {("failing", "반려동물 등록"): 9, ("missing", "우주여행"): 7,
                     ("citation", "services:gone"): 1}  # fmt: skip


def test_a_row_is_taken_on_done_and_opens_again_only_later(monkeypatch):
    monkeypatch.setattr(
        editing.search, "first_questions", lambda: told(Unresolved("우주여행", "ko", 7, 7))
    )
    monkeypatch.setattr(editing.search, "unknown", lambda keys: [])
    editing.gather()
    (row,) = editing.listed()
    lee = Actor("account:lee", roles=frozenset({"officer"}), aal=2)
    with pytest.raises(Forbidden):
        editing.change(Actor("account:r", roles=frozenset({"reviewer"})), row.id, "done", "x")
    editing.change(lee, row.id, "assigned")
    assert editing.listed()[0].who == lee.id
    with pytest.raises(Invalid):
        editing.change(lee, row.id, "done")
    editing.change(lee, row.id, "done", "쪽을 썼습니다")
    editing.gather()
    assert editing.listed() == []
    EditorTask.objects.update(done_at=times.now() - timedelta(days=40))
    editing.gather()
    assert editing.listed()[0].state == "open"


def test_a_silent_search_loses_nothing(monkeypatch):
    def silent():
        raise Unavailable("no search")

    monkeypatch.setattr(editing.search, "first_questions", silent)
    EditorTask.objects.create(kind="missing", about="x", count=3)
    assert editing.gather() == 0
    assert len(editing.listed()) == 1
