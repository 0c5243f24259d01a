"""The print room: letters are taken once, printed, posted, and what comes back has consequences."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from madang.access.api import Actor
from madang.cases import api, case_told, letter_addresses, letter_references, print_room
from madang.cases.post_models import PostedLetter
from madang.cases.print_room_cli import posted, print_letters, returned
from madang.cases.register_feed import Sent, take_in
from madang.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from madang.kernel.events import decode
from madang.kernel.models import AuditEntry, OutboxEntry
from madang.notices.api import ToPerson, Words, tell_person
from madang.notices.events import PersonTold
from madang.notices.person import bring
from madang.notices.person_models import PersonDelivery, PersonMessage
from tests.cases.packages import lent
from tests.cases.people import officer
from tests.cases.test_cases import FACTS
from tests.identity.residents import client_of, resident
from tests.looking import rows
from tests.records.papers import needs_fonts
from tests.staff import joined

pytestmark = [pytest.mark.data, pytest.mark.django_db, needs_fonts]
HAN = officer("han")
HOME = {"lines": ["서울특별시 마포구 월드컵로 212", "101동 1203호"], "postal_code": "03936"}


def lives(person: str, value: object = HOME, day: int = 1) -> None:
    take_in("residents", [Sent(person, "address", value, datetime(2026, 11, day, tzinfo=UTC))], "t")


def somebody(name: str = "김하늘(金昊垠)", address: object = HOME) -> str:
    person = str(resident(name).person_id)
    if address is not None:
        lives(person, address)
    return person


def waits(person: str, key: str = "k", matter: str = "case:2026-1") -> None:
    """Let a required letter wait for somebody whom no other way reaches."""
    words = {
        "ko": Words(
            "신청을 받아들이지 못합니다",
            "서울에 주민등록이 없습니다.\n90일 안에 이의를 신청할 수 있습니다.",
        )
    }
    bring(tell_person(ToPerson(key, person, matter, "cases", words, required=True)))


def told() -> list[PersonTold]:
    found = OutboxEntry.objects.filter(name=PersonTold.NAME).order_by("id")
    events = [decode(row.name, row.payload) for row in found]
    return [event for event in events if isinstance(event, PersonTold)]


def state_of(number: int) -> str:
    return rows(PersonDelivery).get(pk=number).state


def test_a_batch_is_printed_posted_and_closed():
    waits(somebody())
    batch = print_room.take_batch(HAN)
    assert (batch.count, batch.prints) == (1, 0)
    with pytest.raises(Conflict):
        print_room.confirm_posted(HAN, batch.number)  # nothing is printed yet
    pages = PdfReader(io.BytesIO(print_room.print_batch(HAN, batch.number))).pages
    text = pages[0].extract_text()
    [one] = print_room.batch_letters(HAN, batch.number)
    for said in (
        "金昊垠",
        "월드컵로 212",
        "03936",
        "서울에 주민등록이 없습니다",
        one.reference,
        "1 / 1",
        "2026-1",
    ):
        assert said in text, said
    assert print_room.confirm_posted(HAN, batch.number) == 1
    assert state_of(one.letter) == "posted"
    assert (told()[-1].channel, told()[-1].state) == ("letter", "posted")
    for call in (print_room.confirm_posted, print_room.print_batch):
        with pytest.raises(Conflict):
            call(HAN, batch.number)
    assert AuditEntry.objects.filter(verb="cases.print_letters").count() == 1


def test_two_officers_get_different_letters():
    for n in range(3):
        waits(somebody(f"사람{n}"), f"k{n}")
    first = print_room.take_batch(HAN, 2)
    second = print_room.take_batch(officer("lee"), 2)
    assert (first.count, second.count) == (2, 1)
    mine = {one.letter for one in print_room.batch_letters(HAN, first.number)}
    assert not mine & {one.letter for one in print_room.batch_letters(HAN, second.number)}
    with pytest.raises(Conflict, match="않습니다"):
        print_room.take_batch(officer("seo"))


def test_a_letter_that_a_rival_took_meanwhile_is_not_taken(monkeypatch):
    waits(somebody())
    stale = print_room.waiting(HAN)
    print_room.take_batch(officer("lee"))
    monkeypatch.setattr(print_room, "waiting", lambda actor: stale)
    with pytest.raises(Conflict):
        print_room.take_batch(HAN)
    assert len(rows(PostedLetter)) == 1


def test_a_second_print_says_so_on_every_page_and_nothing_is_lost():
    waits(somebody())
    batch = print_room.take_batch(HAN)
    first = PdfReader(io.BytesIO(print_room.print_batch(HAN, batch.number))).pages[0]
    again = PdfReader(io.BytesIO(print_room.print_batch(HAN, batch.number))).pages[0]
    [one] = print_room.batch_letters(HAN, batch.number)
    assert one.reference in first.extract_text()
    assert f"{one.reference} · " not in first.extract_text()
    assert f"{one.reference} · " in again.extract_text()
    assert print_room.batch_of(HAN, batch.number).prints == 2


def test_what_is_left_out_waits_again_under_another_reference():
    waits(somebody())
    batch = print_room.take_batch(HAN)
    print_room.print_batch(HAN, batch.number)
    [one] = print_room.batch_letters(HAN, batch.number)
    assert print_room.confirm_posted(HAN, batch.number, [one.reference.lower()]) == 0
    assert state_of(one.letter) == "queued"
    [new] = print_room.batch_letters(HAN, print_room.take_batch(HAN).number)
    assert (new.letter, new.reference != one.reference) == (one.letter, True)


def test_nothing_is_posted_where_a_letter_left_out_is_none_of_the_batch():
    waits(somebody())
    batch = print_room.take_batch(HAN)
    print_room.print_batch(HAN, batch.number)
    for typed in ("3", letter_references.new_reference()):
        with pytest.raises(Invalid):
            print_room.confirm_posted(HAN, batch.number, [typed])
    [one] = print_room.batch_letters(HAN, batch.number)
    assert state_of(one.letter) == "printed"
    assert print_room.batch_of(HAN, batch.number).closed is None


@pytest.mark.parametrize(("address", "problem"), [
    (None, "missing"), ({"lines": []}, "unreadable"), (7, "unreadable"),
    ({"lines": [1]}, "unreadable"), (["a"], "unreadable"),
    ({"lines": ["x"] * 6}, "too-long"), ("가" * 61, "too-long"), ("월드컵로 𒀀", "glyphs"),
])  # fmt: skip
def test_a_letter_without_a_usable_address_is_shown_and_not_printed(address, problem):
    waits(somebody(address=address))
    [one] = print_room.waiting(HAN)
    assert one.address.problem == problem
    assert one.address.problem_text
    with pytest.raises(Conflict):
        print_room.take_batch(HAN)


def test_addresses_are_read_from_text_as_well():
    assert letter_addresses.read_lines("월드컵로  212\n\n03936\n") == ("월드컵로 212", "03936")


def sent_out(person: str) -> PostedLetter:
    waits(person)
    batch = print_room.take_batch(HAN)
    print_room.print_batch(HAN, batch.number)
    print_room.confirm_posted(HAN, batch.number)
    [one] = print_room.batch_letters(HAN, batch.number)
    return one


def test_a_letter_that_comes_back_asks_where_and_its_address_is_used_no_more():
    person = somebody()
    one = sent_out(person)
    slip = one.reference[:-1] + ("2" if one.reference[-1] != "2" else "3")
    for typed, why, fault in ((slip, "moved", Invalid), (one.reference, "bored", Invalid),
                              (letter_references.new_reference(), "moved", NotFound)):  # fmt: skip
        with pytest.raises(fault):
            print_room.came_back(HAN, typed, why)
    back = print_room.came_back(HAN, f" {one.reference.lower()} ", "moved", "이사 감")
    assert (back.state, back.why, state_of(one.letter)) == ("returned", "moved", "returned")
    assert (told()[-1].state, told()[-1].why) == ("returned", "moved")
    with pytest.raises(Conflict):
        print_room.came_back(HAN, one.reference, "moved")
    [asked] = rows(rows(PersonMessage).filter(topic="letters"))
    assert asked.person == person
    print_room.send_again(HAN, one.reference)
    [waiting] = print_room.waiting(HAN)
    assert waiting.address.problem == "came-back"
    lives(person, {"lines": ["세종대로 110"], "postal_code": "04524"}, day=29)
    [waiting] = print_room.waiting(HAN)
    assert waiting.address.lines == ("세종대로 110", "04524")


def test_the_case_shows_each_way_to_owner_and_officer():
    account = resident("김하늘")
    actor = Actor(f"account:{account.pk}", "김", person=account.person_id, ial=2, aal=2)
    lives(actor.person)
    number = api.open_case(
        package_hash=lent().hash, subject=actor.person, facts=FACTS, actor=actor, channel="web",
        key="k",
    ).number  # fmt: skip
    waits(actor.person, "n1", f"case:{number}")
    batch = print_room.take_batch(HAN)
    print_room.print_batch(HAN, batch.number)
    print_room.confirm_posted(HAN, batch.number)
    [one] = print_room.batch_letters(HAN, batch.number)
    print_room.came_back(HAN, one.reference, "not-fetched")
    for event in (*told(), *told()):
        case_told.heard(event)
    [said] = case_told.told_for(actor, number)
    assert [(way.channel, way.state, way.why) for way in said.ways] == [
        ("letter", "posted", ""), ("letter", "returned", "not-fetched"),
    ]  # fmt: skip
    assert said.came_back
    assert said.required
    assert len(said.digest) == 64
    page = client_of(account).get(f"/cases/{number}/").content.decode()
    assert "우체국에서 찾아가지 않음" in page
    assert (
        "우편으로: 발송함"
        in joined("han", ["officer"]).get(f"/casework/{number}/").content.decode()
    )


def test_the_list_for_a_provider_has_a_line_for_each_letter_and_no_formula():
    waits(somebody("=HYPERLINK(1)"))
    batch = print_room.take_batch(HAN)
    [line] = csv.DictReader(io.StringIO(print_room.manifest(HAN, batch.number)))
    assert (line["place"], line["pages"], line["line3"]) == ("1", "1", "03936")
    assert line["name"] == "'=HYPERLINK(1)"


def test_only_officers_come_in():
    clerk = Actor("account:seo", "seo", frozenset({"clerk"}), aal=2, ial=2)
    for call in (print_room.waiting, print_room.take_batch, print_room.batches):
        with pytest.raises(Forbidden):
            call(clerk)


def test_the_pages_take_print_post_and_note_returns():
    client = joined("han", ["officer"])
    waits(somebody(), "a")
    waits(somebody("이바다", None), "b")
    page = client.get("/letters/").content.decode()
    assert "어느 대장에도 이 사람의 주소가 없습니다" in page
    answer = client.post("/letters/", {"do": "take"})
    assert answer.status_code == 302
    batch = answer["Location"]
    pdf = client.post(f"{batch}letters.pdf")
    assert pdf.content.startswith(b"%PDF-")
    assert client.get(f"{batch}letters.pdf").status_code == 405
    assert client.get(f"{batch}letters.csv").status_code == 200
    assert client.post(batch).status_code == 302
    assert client.post(batch).status_code == 409
    [one] = rows(rows(PostedLetter))
    wrong = client.post("/letters/", {"do": "back", "reference": "0000-0001", "why": "moved"})
    assert wrong.status_code == 422
    sent = {"do": "back", "reference": one.reference, "why": "refused"}
    assert client.post("/letters/", sent).status_code == 302
    assert one.reference in client.get("/letters/").content.decode()
    again = {"do": "again", "reference": one.reference}
    assert client.post("/letters/", again).status_code == 302
    assert state_of(one.letter) == "queued"


def test_the_command_line_prints_posts_and_takes_back(tmp_path):
    waits(somebody())
    out, sheet = tmp_path / "letters.pdf", tmp_path / "letters.csv"
    run = CliRunner().invoke
    said = run(print_letters, ["--out", str(out), "--manifest", str(sheet), "--json"])
    assert said.exit_code == 0, said.output
    number = json.loads(said.output)["batch"]
    assert out.read_bytes().startswith(b"%PDF-")
    assert "03936" in sheet.read_text("utf-8-sig")
    assert run(posted, [str(number)]).exit_code == 0
    [one] = rows(rows(PostedLetter))
    said = run(returned, [one.reference, "--why", "unknown", "--json"])
    assert json.loads(said.output)["matter"] == "case:2026-1"
    none = run(print_letters, ["--out", str(out)])
    assert none.exit_code == 2


def test_the_command_line_names_batches_whose_print_broke_off(tmp_path):
    waits(somebody())
    lost = print_room.take_batch(HAN).number
    out = tmp_path / "letters.pdf"
    said = CliRunner().invoke(print_letters, ["--out", str(out)])
    assert said.exit_code == 2, "nothing else waits"
    assert f"print it with --batch {lost}" in said.stderr
    assert not out.exists()
    said = CliRunner().invoke(print_letters, ["--out", str(out), "--batch", str(lost), "--json"])
    assert json.loads(said.stdout)["not_posted"] == []
    assert [one.name for one in tmp_path.iterdir()] == ["letters.pdf"]


def test_every_wrong_sign_and_swap_of_a_reference_is_noticed():
    right = letter_references.new_reference()
    assert letter_references.read_reference(f" {right.lower().replace('-', ' ')} ") == right
    signs = right.replace("-", "")
    for at in range(8):
        other = "7" if signs[at] != "7" else "8"
        wrong = signs[:at] + other + signs[at + 1 :]
        assert letter_references.read_reference(wrong) is None, wrong
    for text in ("", "가나다라-마바사아", "4K7Q", "9" * 60):
        assert letter_references.read_reference(text) is None


def test_proofs_of_posting_are_forgotten_in_time(clock):
    one = sent_out(somebody())
    assert print_room.forget() == 0
    clock(datetime(2028, 3, 1, tzinfo=UTC))
    assert print_room.forget() == 1
    assert not rows(PostedLetter).filter(pk=one.pk).exists()
