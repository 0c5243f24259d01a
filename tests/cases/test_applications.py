"""Applying on the pages: begun, answered, changed, kept, sent once."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from madang.cases import drafts
from madang.cases.models import Case, CaseFile, Draft, DraftFile
from madang.kernel import times
from madang.services import api as services
from madang.services.packages.texts import digest
from tests.cases.applying import COPY, OFFICE, answered, begun, changed, published, send
from tests.cases.test_evidence_files import jpeg
from tests.identity.residents import client_of, resident
from tests.looking import rows
from tests.staff import joined

pytestmark = [pytest.mark.data, pytest.mark.django_db]
FIRST = f"/apply/{COPY}/kind/"
CHECK = f"/apply/{COPY}/check/"


@pytest.fixture
def kim() -> Client:
    published()
    return client_of(resident("김하나"))


def the_draft() -> Draft:
    return rows(Draft).get()


def test_from_start_to_done_in_six_requests(kim):
    start = kim.get(f"/apply/{COPY}/").content.decode()
    assert "기초생활수급자 여부" in start  # what is looked up stands before the first question
    assert answered(kim) == CHECK
    check = kim.get(CHECK).content.decode()
    assert "세대 전체" not in check
    assert "등본" in check
    assert "800원" in check
    sent = send(kim, CHECK)
    assert sent["Location"] == f"/apply/{COPY}/done/"
    case = rows(Case).get()
    done = kim.get(sent["Location"]).content.decode()
    assert case.number in done
    assert (the_draft().number, the_draft().code) == (case.number, "")
    assert (case.fee, case.channel) == (800, "web")


def test_a_page_of_an_application_asks_little_and_waits_for_no_lock():
    published()
    answered(Client())  # what is decided for a while, and what a process keeps
    with CaptureQueriesContext(connection) as asked:
        answered(Client())
    statements = [one["sql"] for one in asked.captured_queries]
    # draft, version, save; where it begins once more, and which districts have their own version
    assert len(statements) <= 4 * 4 + 2, statements
    assert not [sql for sql in statements if sql.startswith(("BEGIN", "SAVEPOINT"))]


def test_sent_twice_and_from_two_windows_it_is_one_case(kim):
    answered(kim)
    first = send(kim, CHECK)
    again = kim.post(CHECK, {"do": "send", "agree": "yes", "seen": "x"})
    assert first["Location"] == again["Location"] == f"/apply/{COPY}/done/"
    assert kim.get(FIRST)["Location"] == f"/apply/{COPY}/done/"
    assert rows(Case).count() == 1


def test_an_answer_that_does_not_fit_is_named_and_what_was_typed_stays(kim):
    begun(kim)
    send(kim, FIRST, copy_kind="household")
    send(kim, f"/apply/{COPY}/numbers/", show_numbers="no")
    answer = send(kim, f"/apply/{COPY}/copies/", copies="열두 통")
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'href="#copies"' in text
    assert 'value="열두 통"' in text
    assert "숫자로 적으세요" in text


def test_going_back_and_changing_shows_what_was_answered(kim):
    answered(kim)
    assert 'value="2"' in kim.get(f"/apply/{COPY}/copies/").content.decode()
    answer = send(kim, f"{FIRST}?change=1", copy_kind="personal")
    assert answer["Location"] == CHECK
    assert "초본" in kim.get(CHECK).content.decode()


def test_a_page_is_not_shown_before_those_above_it(kim):
    begun(kim)
    assert kim.get(f"/apply/{COPY}/copies/")["Location"] == FIRST
    assert kim.get(CHECK)["Location"] == FIRST
    assert kim.get(f"/apply/{COPY}/nowhere/")["Location"] == FIRST


def test_two_windows_on_one_page_do_not_undo_each_other(kim):
    begun(kim)
    send(kim, FIRST, copy_kind="household")
    stale = kim.get(FIRST)
    send(kim, FIRST, copy_kind="personal")
    from tests.cases.applying import hidden

    fields = hidden(stale.content.decode()) | {"copy_kind": "household", "do": "next"}
    refused = kim.post(FIRST, fields)
    assert "다른 창" in refused.content.decode()
    again = hidden(refused.content.decode()) | {"copy_kind": "household", "do": "next"}
    assert kim.post(FIRST, again).status_code == 302
    assert rows(Draft).get().version == 3


def test_answers_are_not_readable_in_the_database(kim):
    begun(kim)
    send(kim, FIRST, copy_kind="household")
    assert b"household" not in bytes(the_draft().sealed)


def test_somebody_not_signed_in_answers_first_and_signs_in_to_send():
    published()
    guest = Client()
    assert answered(guest) == CHECK
    refused = send(guest, CHECK)
    assert refused.status_code == 302
    assert refused["Location"].startswith("/sign-in/")
    kim = client_of(resident("김하나"))
    kim.cookies |= {n: c for n, c in guest.cookies.items() if n != "madang"}
    assert send(kim, CHECK)["Location"] == f"/apply/{COPY}/done/"
    assert rows(Case).get().subject == the_draft().subject != ""


def test_a_session_that_ended_leaves_the_draft_and_only_its_owner_gets_it_back(kim):
    begun(kim)
    send(kim, FIRST, copy_kind="household")
    key = kim.cookies["madang_application"].value
    gone = Client()
    gone.cookies["madang_application"] = key
    answer = gone.post(f"/apply/{COPY}/numbers/", {"show_numbers": "no"})
    assert answer["Location"].startswith("/sign-in/")
    lee = client_of(resident("이둘"))
    lee.cookies["madang_application"] = key
    assert lee.get(f"/apply/{COPY}/numbers/").status_code == 404
    assert kim.get(f"/apply/{COPY}/numbers/").status_code == 200


def test_on_another_device_the_account_finds_its_draft():
    published()
    account = resident("김하나")
    first = client_of(account)
    begun(first)
    send(first, FIRST, copy_kind="household")
    second = client_of(account)
    assert second.get(f"/apply/{COPY}/numbers/").status_code == 200


def test_a_code_takes_it_up_again_once_it_was_asked_for():
    published()
    guest = Client()
    begun(guest)
    send(guest, FIRST, copy_kind="household")
    text = guest.post(f"/apply/{COPY}/later/").content.decode()
    import re

    code = re.search(r"<bdi>([0-9A-Z-]{14})</bdi>", text)[1]
    other = Client()
    assert other.post("/apply/resume/", {"code": "2345-2345-2345"}).status_code == 404
    answer = other.post("/apply/resume/", {"code": code.lower().replace("-", " ")})
    assert answer["Location"] == CHECK
    assert other.get(CHECK)["Location"] == f"/apply/{COPY}/numbers/"
    assert code.replace("-", "") not in the_draft().code


def test_a_newer_version_keeps_the_answers_and_asks_before_it_is_sent(kim, tmp_path):
    answered(kim)
    changed(tmp_path, ("service.yaml", "version: 1.0.0", "version: 1.1.0"))
    text = kim.get(CHECK).content.decode()
    assert "바뀌었습니다" in text
    assert kim.post(CHECK, {"do": "send"}).status_code in (409, 422)
    kim.post(f"/apply/{COPY}/new-version/")
    assert send(kim, CHECK)["Location"] == f"/apply/{COPY}/done/"
    assert rows(Case).get().package == services.current(COPY).hash


def test_a_service_that_was_withdrawn_says_so_and_sends_nothing(kim):
    answered(kim)
    services.withdraw(COPY, OFFICE, "replaced")
    page = kim.get(CHECK)
    assert page.status_code == 200
    assert "제공하지 않습니다" in page.content.decode()
    assert kim.post(CHECK, {"do": "send", "agree": "yes"}).status_code >= 400
    assert not rows(Case).exists()


def test_large_type_asks_one_question_a_page_and_an_answer_is_one_tap(kim):
    kim.cookies["madang_display"] = "senior"
    url = begun(kim)
    page = kim.get(url).content.decode()
    assert 'name="copy_kind" value="household"' in page
    assert "tap-answer" in page
    answer = kim.post(url, {"copy_kind": "household", "seen": drafts.seen({"copy_kind": None})})
    assert answer["Location"] == f"/apply/{COPY}/numbers/"


def test_unsent_drafts_are_deleted_after_thirty_days(kim):
    begun(kim)
    with times.fixed_clock(times.now() + timedelta(days=29)):
        assert drafts.forget_old() == 0
    with times.fixed_clock(times.now() + timedelta(days=31)):
        assert drafts.forget_old() == 1
    assert not rows(Draft).exists()


def test_starting_over_deletes_what_was_written(kim):
    begun(kim)
    kim.post(f"/apply/{COPY}/start-over/")
    assert not rows(Draft).exists()
    assert kim.get(FIRST).status_code == 404


def picture() -> BytesIO:
    out = BytesIO(jpeg())
    out.name = "photo.jpg"
    return out


@pytest.fixture
def with_paper(tmp_path) -> Client:
    limit, paper = "deadline: immediately", "evidence:\n  - {id: proof, title: 증빙, max_mb: 1}"
    title = "evidence.proof.title"
    changed(
        tmp_path,
        ("service.yaml", limit, f"{limit}\n{paper}"),
        ("i18n/en.yaml", "texts:", f"texts:\n  {title}: Proof"),
        ("i18n/en.yaml", "\nof:", f'\nof:\n  {title}: "{digest("증빙")}"'),
    )
    return client_of(resident("김하나"))


def test_papers_are_taken_cleaned_and_sent_with_the_case(with_paper):
    papers = answered(with_paper)
    assert papers == f"/apply/{COPY}/papers/"
    page = with_paper.get(papers).content.decode()
    assert "1 MB" in page
    assert send(with_paper, papers).status_code == 422
    for _n in range(2):  # the same photograph twice is one
        assert send(with_paper, papers, proof=picture(), do="more").status_code == 302
    row = rows(DraftFile).get()
    assert b"JFIF" not in bytes(row.sealed)
    assert send(with_paper, papers)["Location"] == CHECK
    send(with_paper, CHECK)
    assert rows(CaseFile).get().evidence == "proof"


@pytest.mark.parametrize("data", [b"", b"MZ\x90\x00", b"%PDF-1.7 nothing", b"<svg></svg>"])
def test_a_file_that_cannot_be_taken_says_why_and_keeps_the_rest(with_paper, data):
    papers = answered(with_paper)
    file = BytesIO(data)
    file.name = "x.pdf"
    answer = send(with_paper, papers, proof=file, do="more")
    assert answer.status_code == 422
    assert 'href="#proof"' in answer.content.decode()
    assert not rows(DraftFile).exists()


def test_staff_key_in_a_paper_form_all_at_once(kim):
    account = resident("박셋", number="510324-2000000")
    clerk = joined("seo", ["clerk"])
    url = f"/apply/{COPY}/key-in/"
    page = clerk.get(url).content.decode()
    assert page.index("copy_kind") < page.index("show_numbers") < page.index("copies")
    given = {"copy_kind": "household", "show_numbers": "no", "copies": "0", "channel": "post",
             "name": "박셋", "born": "1980-05-01", "do": "open"}  # fmt: skip
    wrong = send(clerk, url, **given)
    assert wrong.status_code == 422
    assert 'href="#copies"' in wrong.content.decode()
    keyed = send(clerk, url, **given | {"copies": "1"})
    assert keyed.status_code == 200, keyed.content.decode()
    case = rows(Case).get()
    assert (case.channel, case.subject) == ("post", account.person_id)
    assert case.number in keyed.content.decode()


def test_a_printed_form_leads_staff_to_what_was_answered(kim):
    answered(kim)
    draft = the_draft()
    pdf = kim.get(f"/apply/{COPY}/form.pdf")
    assert pdf.content.startswith(b"%PDF-")
    clerk = joined("seo", ["clerk"])
    url = f"/apply/{COPY}/key-in/?ref={draft.pk}"
    assert 'value="2"' in clerk.get(url).content.decode()
    given = {"copy_kind": "household", "show_numbers": "no", "copies": "2", "channel": "post"}
    assert send(clerk, url, **given, do="open").status_code == 200
    assert rows(Case).get().subject == draft.subject
    assert kim.get(CHECK)["Location"] == f"/apply/{COPY}/done/"


def test_nothing_is_called_free_that_a_register_still_has_to_say():
    published("property-tax-payment")
    guest = Client()
    tax = "/apply/property-tax-payment/"
    send(guest, tax, look="no")
    send(guest, f"{tax}bill/", payment_number="11440260714000123", do="next")
    send(guest, f"{tax}split/", split="no", do="next")
    page = guest.get(f"{tax}check/").content.decode()
    assert "내기 전에 알려드립니다" in page
    assert "<dd>무료</dd>" not in page


def test_the_page_to_key_in_ends_like_its_neighbours_and_printed_codes_still_lead_there(kim):
    clerk = joined("seo", ["clerk"])
    for name, asked in (("key-in", "?version=abc"), ("papers", ""), ("check", "")):
        answer = clerk.get(f"/apply/{COPY}/{name}{asked}")
        assert (answer.status_code, answer["Location"]) == (301, f"/apply/{COPY}/{name}/{asked}")
    assert clerk.get(f"/apply/{COPY}/key-in/").status_code == 200


def test_residents_do_not_key_in(kim):
    assert kim.get(f"/apply/{COPY}/key-in/").status_code == 403


def test_a_question_that_the_answer_beside_it_makes_pointless_may_stay_open():
    taxi = "disability-transport"
    published(taxi)
    kim = client_of(resident("김하나"))
    begun(kim, taxi)
    first = f"/apply/{taxi}/chair/"
    assert send(kim, first, wheelchair="manual").status_code == 422
    answer = send(kim, first, wheelchair="none")
    assert answer["Location"] == f"/apply/{taxi}/ride/"
