"""Three services from a phone, and one by telephone, on an instance as `make run` starts it.

A resident finds a service, applies, signs in only then, pays, and gets a signed paper that a
stranger can check; is asked for more, refused with reasons, objects, and another officer decides;
pays, changes their mind and gets the money back. A clerk applies for somebody on the telephone. In
Korean and English, at 360 pixels, every page looked at by axe and tried at 320; once without
scripts.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import msgspec
import pytest
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from madang.kernel import times
from madang.records.gateways import signatures
from madang.records.gateways.base import Word
from tests.records.papers import needs_fonts, text_of
from tests.system.instance import Instance, until
from tests.system.townspeople import DESK, Seat, Town, entered, printed_codes
from tests.web.browser import arrived, needs_browser, open_browser

pytestmark = [
    pytest.mark.system,
    pytest.mark.long,
    pytest.mark.timeout(900),
    needs_browser,
    needs_fonts,
]
PICTURES = os.environ.get("MADANG_PICTURES", "")
GYM = "facility-booking"
COPY, TAXI, SHOP = "resident-registration-copy", "disability-transport", "food-business-report"
RESIDENTS = {
    "880412-2345678": ("김하늘", "KIM Haneul", "1988-04-12"),
    "900101-1234567": ("이바다", "LEE Bada", "1990-01-01"),
    "510302-2345678": ("박순자", "PARK Sunja", "1951-03-02"),
}
WORDS = {
    "ko": {"find": "등본", "check": "답을 확인하고", "paid": "납부되었습니다", "granted": "승인됨",
           "valid": "유효", "altered": "바뀐", "refused": "거부됨", "asked": "답변을 기다림",
           "again": "다시 검토 중", "back": "돌려드립니다", "refund": "돈을 돌려드렸습니다",
           "withdrawn": "취하됨", "objection": "이의"},
    "en": {"find": "registration", "check": "Look at your answers", "paid": "It is paid",
           "granted": "granted", "valid": "valid", "altered": "altered", "refused": "refused",
           "asked": "waiting for an answer", "again": "being examined again",
           "back": "You get back ₩28,000", "refund": "went back", "withdrawn": "withdrawn",
           "objection": "object"},
}  # fmt: skip
TERMS = {
    "second_yes_above: 300000": "second_yes_above: 100000", "late_s: [2, 20]": "late_s: [1, 10]",
    "repeated: 0.3": "repeated: 1.0", "out_of_order: 0.2": "out_of_order: 1.0",
}  # fmt: skip
WORK = {"seo": "/counter/paper-codes/", "han": "/casework/", "yun": "/casework/",
        "choi": "/operations/payments/", "min": "/operations/payments/"}  # fmt: skip
LANGUAGES = pytest.mark.parametrize("language", ["ko", "en"])


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    city = strict_city(tmp_path_factory.mktemp("city"))
    folder = tmp_path_factory.mktemp("town")
    with Instance(folder, "--no-sim", environment={"MADANG_CITY": str(city)}) as running:
        codes = entered(running, RESIDENTS)
        with open_browser(tmp_path_factory.mktemp("browser")) as browser:
            here = Town(running, browser, Path(PICTURES) if PICTURES else None)
            here.staff = {name: Seat(here, name, width=DESK) for name in codes}
            for name, path in WORK.items():
                here.staff[name].sign_in_as_staff(codes[name][0], path)
            here.sheets = {number: printed_codes(here.staff["seo"], number) for number in RESIDENTS}
            yield here
    assert not here.wrong, "\n".join(here.wrong)


def strict_city(folder: Path) -> Path:
    """Return Seoul with a gateway that repeats and muddles all it says, and a low limit for one."""
    city = folder / "seoul"
    shutil.copytree(Path(__file__).parents[2] / "cities" / "seoul", city)
    terms = city / "payments.yaml"
    text = terms.read_text("utf-8")
    for old, new in TERMS.items():
        assert old in text, old
        text = text.replace(old, new)
    terms.write_text(text, "utf-8")
    return city


def resident(town: Town, language: str, number: str = "880412-2345678", **more: bool) -> Seat:
    """Return the seat of a resident who is not signed in yet."""
    name = RESIDENTS[number][1].split()[1].lower()
    return Seat(town, name, language, **more)


def come_in(seat: Seat, number: str = "880412-2345678") -> None:
    """Sign in where the page asks for it, by one of the codes on the sheet."""
    account, codes = seat.town.sheets[number]
    seat.sign_in_by_paper(account, codes.pop())


def answer(seat: Seat, *answers: str | tuple[str, str]) -> None:
    """Answer the questions of a page and go on."""
    for one in answers:
        if isinstance(one, tuple):
            seat.write(*one)
        else:
            seat.tick(one)
    seat.press(".actions button[value=next]")


def number_of_case(seat: Seat) -> str:
    """Return the number that the last page of an application shows."""
    arrived(seat.browser, ".case-number")
    return str(seat.all(".case-number")[0].text)


def pay(seat: Seat) -> None:
    """Go from the last page of an application through the payment, which is simulated, and back."""
    seat.press("main form[action^='/pay/'] button")
    seat.look("gateway")
    seat.press("main button[value=pay]")
    until(lambda: WORDS[seat.language]["paid"] in seat.text or seat.browser.refresh(), 30, "paid")
    seat.look("paid")
    seat.press("main a[href^='/cases/']")


def apply_for_a_copy(seat: Seat) -> str:
    """Find the service by a word, answer, sign in only to send; return the number of the case."""
    words = WORDS[seat.language]
    seat.go("/services/")
    seat.look("services")
    seat.write("main input[type=search]", words["find"])
    seat.press("main form button[type=submit]")
    seat.look("found")
    seat.press(f"main a[href='/services/{COPY}/']")
    seat.look("service")
    seat.press(f"main a.button[href='/apply/{COPY}/']")
    seat.look("start")
    seat.press("button[name=look][value=yes]")
    seat.look("question")
    answer(seat, "label[for=copy_kind--household]")
    answer(seat, "label[for=show_numbers--no]")
    answer(seat, ("#copies", "1"))
    seat.look("check", words["check"])
    seat.press("button[value=send]")
    seat.look("sign-in")
    come_in(seat)
    seat.look("check-again", words["check"])  # where they were, with all answers
    seat.press("button[value=send]")
    number = number_of_case(seat)
    seat.look("done")
    return number


def verified(seat: Seat, pdf: bytes) -> None:
    """Check a paper as a stranger would: signature, number, file, and one byte changed."""
    [root] = seat.town.instance.data.glob("secrets/**/document-root.pem")
    [signature] = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    trust = ValidationContext(trust_roots=[load_cert_from_pemder(str(root))])
    status = validate_pdf_signature(signature, trust)
    assert status.intact
    assert status.valid
    assert status.trusted
    assert status.coverage.name == "ENTIRE_FILE"
    code = re.search(r"[0-9A-Z]{5}-[0-9A-Z]{4}-[0-9A-Z]{5}-[0-9A-Z]{4}", text_of(pdf))
    assert code, "the paper says its number"
    stranger = Seat(seat.town, "stranger", seat.language)
    stranger.go(f"/verify/{code[0]}/")
    stranger.look("verify", WORDS[seat.language]["valid"])
    spoiled = bytearray(pdf)
    spoiled[len(pdf) // 2] ^= 1
    for data, finding in ((pdf, "genuine"), (bytes(spoiled), "altered")):
        path = seat.town.instance.data / f"{finding}.pdf"
        path.write_bytes(data)
        stranger.go("/verify/")
        stranger.all("main input[type=file]")[0].send_keys(str(path))
        stranger.press("main form:has(input[type=file]) button[type=submit]")
        stranger.look(f"verify-{finding}")
        said = stranger.all("h1")[0].text
        assert (WORDS[seat.language]["altered"] in said) is (finding == "altered"), said


def paper_of(seat: Seat, number: str) -> bytes:
    """Wait for the paper of a case and fetch it."""

    def there() -> list[object]:
        seat.go(f"/cases/{number}/")
        return seat.all("main a[href$='paper.pdf']")

    [link] = until(there, 60, "the paper")
    found = seat.fetched(link.get_attribute("href").removeprefix(seat.town.site))
    assert found.headers["Content-Type"] == "application/pdf"
    return found.content


@LANGUAGES
def test_a_copy_is_granted_paid_signed_and_checked_by_a_stranger(town, language):
    kim = resident(town, language)
    number = apply_for_a_copy(kim)
    pay(kim)
    pdf = paper_of(kim, number)
    kim.look("granted", WORDS[language]["granted"])
    verified(kim, pdf)
    kim.go("/messages/")
    kim.look("messages")
    kim.go("/cases/")
    kim.look("cases", number)


@LANGUAGES
def test_a_refusal_is_explained_objected_to_and_decided_by_another_officer(town, language):
    words = WORDS[language]
    kim, han, yun = resident(town, language), town.staff["han"], town.staff["yun"]
    kim.go("/sign-in/?next=/apply/" + TAXI + "/")
    come_in(kim)
    kim.press("button[name=look][value=yes]")
    answer(kim, "label[for=wheelchair--none]")
    answer(kim, "label[for=companion--no]", ("#phone", "010-1234-5678"))
    kim.press("button[value=send]")
    case = f"/cases/{number_of_case(kim)}/"
    work = f"/casework{case.removeprefix('/cases')}"

    han.go("/casework/")
    han.look("queue")
    han.go(work)
    han.look("to decide", "김하늘")
    han.write("#reasons", "진단서나 복지카드 사진을 보내 주세요.")
    han.press("button[value=ask]")
    han.look("asked")

    read_message(kim, "/messages/0", "진단서")
    kim.look("message of the question")
    kim.press("main a[href^='/cases/']")
    kim.look("asked", words["asked"])
    reply(kim, "복지카드는 없고 무릎 수술 뒤라 걷기 어렵습니다.")
    kim.look("answered")

    han.go(work)
    assert "무릎 수술" in han.text
    han.write(
        "#reasons",
        "교통약자의 이동편의 증진법 시행규칙 제6조의 심한 보행상 장애가 확인되지 않습니다.",
    )
    han.press("button[value=refuse]")
    han.look("refused")

    read_message(kim, "/messages/0", "제6조")
    kim.look("message of the refusal", "90")
    kim.press("main a[href^='/cases/']")
    kim.look("refused", words["refused"])
    assert words["objection"] in kim.text
    kim.write("#reasons", "수술 진단서를 새로 받았습니다.")
    kim.press("button[value=appeal]")
    kim.look("objected", words["again"])

    han.go(work)
    han.look("may not decide twice", "다른 담당자")
    assert not han.all("button[value=refuse], button[value=grant]")
    yun.go(work)
    yun.write("#reasons", "새 진단서로 석 달 동안 등록합니다.")
    yun.write("#departs", "진단서를 확인했습니다.")
    yun.press("button[value=grant]")
    yun.look("granted after all", WORDS["ko"]["granted"])
    kim.go(case)
    kim.look("granted after all", words["granted"])


def read_message(seat: Seat, link: str, says: str) -> None:
    """Open the newest message as soon as it says that."""

    def newest() -> bool:
        seat.go("/messages/")
        if seat.all(f"main a[href^='{link}']"):
            seat.press(f"main a[href^='{link}']")
        return says in seat.text

    until(newest, 60, f"a message with {says!r}")


def reply(seat: Seat, text: str) -> None:
    """Answer what the office asked."""
    seat.press("main a[href$='/answer/']")
    seat.look("answer page")
    seat.write("#words", text)
    seat.press(".actions button[value=send]")


@LANGUAGES
def test_who_changes_their_mind_gets_the_money_back(town, language):
    words = WORDS[language]
    lee, choi = resident(town, language, "900101-1234567"), town.staff["choi"]
    lee.go(f"/sign-in/?next=/apply/{SHOP}/")
    come_in(lee, "900101-1234567")
    lee.press("button[name=look][value=yes]")
    answer(lee, ("#shop_name", "바다분식"), ("#shop_address", "서울특별시 마포구 월드컵로 212"))
    answer(lee, "label[for=kind--restaurant]")
    answer(lee, "label[for=floor--ground]", ("#area", "40"))
    lee.look("check", "28,000")
    lee.press("button[value=send]")
    number = number_of_case(lee)
    lee.look("done", "28,000")
    pay(lee)
    lee.look("paid case", "28,000")
    lee.tick("main details:has(button[value=withdraw]) summary")
    lee.look("withdraw")
    lee.press("button[value=withdraw]")
    lee.look("withdrawn", words["withdrawn"])
    lee.press("main a[href^='/pay/']")
    until(lambda: words["refund"] in lee.text or lee.browser.refresh(), 60, "the refund")
    lee.look("refund")
    lee.go(f"/cases/{number}/")
    lee.look("refunded", words["back"])

    choi.go("/operations/payments/")
    choi.look("books", number)
    told_again(town)
    checked = town.instance.madang("ledger", "check").stdout
    assert "each journal sums to zero" in checked
    lee.go(f"/cases/{number}/")
    assert words["back"] in lee.text


@LANGUAGES
def test_a_large_refund_needs_two_people_and_callbacks_change_nothing_however_they_come(
    town, language
):
    lee, choi = resident(town, language, "900101-1234567"), town.staff["choi"]
    lee.go(f"/sign-in/?next=/apply/{GYM}/")
    come_in(lee, "900101-1234567")
    number = book_a_gym(lee)
    pay(lee)
    lee.look("booked", "240,000")
    lee.tick("main details:has(button[value=withdraw]) summary")
    lee.look("told before", "240,000")
    assert lee.text.count("240,000") >= 2, "what was paid, and what comes back of it"
    lee.press("button[value=withdraw]")
    until(lambda: WORDS[language]["withdrawn"] in lee.text, 30, "the withdrawal")

    choi.go("/operations/payments/")
    choi.look("refund waits", "240,000")
    choi.press("button[name=how][value=approve]")
    lee.go(f"/cases/{number}/")
    money = {"ko": "240,000원", "en": "₩240,000"}[language]
    until(lambda: lee.text.count(money) >= 2 or lee.browser.refresh(), 60, "the refund")
    lee.look("all back", money)
    lee.press("main a[href^='/pay/']")
    lee.look("receipts")
    papers = [one.get_attribute("href") for one in lee.all("main a[href$='.pdf']")]
    assert len(papers) == 2, "of the payment, and of the refund"
    for paper in papers:
        pdf = lee.fetched(paper.removeprefix(town.site))
        assert pdf.headers["content-type"] == "application/pdf"
        assert "240,000" in text_of(pdf.content)
        verified(lee, pdf.content)

    two_people(town, lee, choi, town.staff["min"])


def book_a_gym(seat: Seat) -> str:
    """Book a gym for eight hours in three weeks; return the number of the case."""
    seat.go(f"/apply/{GYM}/")
    seat.press("button[name=look][value=yes]")
    answer(seat, "label[for=facility--gym]")
    day = (times.now() + timedelta(days=21)).date()
    parts = [(f"#day-{part}", str(getattr(day, part))) for part in ("year", "month", "day")]
    answer(seat, *parts, ("#start", "9"), ("#hours", "8"))
    answer(seat, "label[for=purpose--sport]")
    seat.look("booking", "240,000")
    seat.press("button[value=send]")
    return number_of_case(seat)


def two_people(town: Town, lee: Seat, choi: Seat, other: Seat) -> None:
    """Let a treasurer ask for a refund by hand, and see that only another one can approve it."""
    number = book_a_gym(lee)
    pay(lee)
    lee.go(f"/cases/{number}/")
    intent = intent_of_case(town, number)
    choi.go("/operations/payments/")
    path, body = (
        f"/api/v1/payments/intents/{intent}/refunds",
        {"amount": 150_000, "reason": "ceiling"},
    )
    asked = [choi.sent(path, body, f"ask-{number}") for _ in range(2)]
    assert [status for status, _answer in asked] == [201, 201]
    assert asked[0][1]["refunded"] == 0, "it waits"
    choi.go("/operations/payments/")
    choi.press("button[name=how][value=approve]")
    choi.look("alone", "", expected="409")
    assert choi.all("main [role=alert]"), "who asked cannot approve"
    other.go("/operations/payments/")
    other.press("button[name=how][value=approve]")
    other.look("two people")
    resent(town, intent, 240_000)
    found = other.fetched(f"/api/v1/payments/intents/{intent}?case={number}")
    assert (found.json()["state"], found.json()["refunded"]) == ("partly-refunded", 150_000)
    checked = town.instance.madang("ledger", "check").stdout
    assert "each journal sums to zero" in checked


def intent_of_case(town: Town, number: str) -> str:
    """Return the payment of a case, from its journals."""
    said = town.instance.madang("ledger", "statement", number).stdout
    found = re.search(r"payment:([0-9a-f-]{36})|owed:([0-9a-f-]{36})", said)
    assert found, said
    return found[1] or found[2]


def resent(town: Town, intent: str, amount: int) -> None:
    """Send callbacks late, twice and out of order: the signed ones change nothing any more."""
    secret = town.instance.data / "secrets" / "sample-gateway.key"
    until(secret.exists, 60, "the gateway's first callback")
    key = secret.read_text().strip().encode()
    now = times.now()
    old = [("failed", now - timedelta(days=1)), ("authorised", now - timedelta(hours=1))]
    said = []
    for kind, at in (*old, *old):
        message = f"msg-{kind}-{intent}"
        body = msgspec.json.encode(Word(message, kind, intent, "sim_late", amount, "KRW", at))
        said.append(called_back(town, signatures.signed(key, message, now, body), body))
    assert said == [["nothing"], ["nothing"], ["repeated"], ["repeated"]]
    stale = signatures.signed(key, message, now - timedelta(minutes=6), body)
    assert called_back(town, stale, body) == 403
    forged = signatures.signed(b"another key", message, now, body)
    assert called_back(town, forged, body) == 403


def called_back(town: Town, headers: dict[str, str], body: bytes) -> list[str] | int:
    """Post a callback as the gateway would; return what became of it, or the status."""
    headers = headers | {"Content-Type": "application/json"}
    url = f"{town.instance.url}/api/v1/payments/webhooks/sample"
    answer = httpx.post(url, content=body, headers=headers, timeout=30)
    return answer.json()["taken"] if answer.status_code == 200 else answer.status_code


def told_again(town: Town) -> None:
    """Let the gateway's late and repeated callbacks come; they come within 20 s of the payment."""
    time.sleep(25)
    log = (town.instance.data / "logs" / "worker.log").read_text("utf-8", "replace")
    assert "IntegrityError" not in log


@LANGUAGES
def test_somebody_on_the_telephone_is_applied_for_and_sees_it(town, language):
    seo, park = town.staff["seo"], resident(town, language, "510302-2345678")
    seo.go("/counter/assist/")
    seo.write("#number", "510302-2345678")
    seo.tick("#service option[value=library-card]")
    seo.tick("label[for=channel-phone]")
    seo.tick("label[for=consent-phrase]")
    seo.write("#reference", "REC-2026-1123-0042")
    seo.look("assist")
    seo.press("main form button[type=submit]:not([aria-hidden])", "동의 요청하기")
    seo.look("agreed")
    seo.press("main form button[type=submit]", "지금 대신하기")
    seo.go("/apply/library-card/")
    seo.look("apply for her", "박순자")
    seo.press("button[name=look][value=yes]")
    answer(seo, "label[for=tie--live]")
    answer(seo, "label[for=letter_size--large]")
    seo.press("button[value=send]")
    number = number_of_case(seo)
    seo.look("applied for her")
    seo.press("form[action='/account/act-for/'] button")

    park.go("/sign-in/?next=/cases/")
    come_in(park, "510302-2345678")
    park.look("cases", number)
    park.go(f"/cases/{number}/")
    park.look("case")
    park.go("/messages/")
    park.look("messages")
    park.go("/account/looks/")
    park.look("looks")


def test_the_way_to_a_paper_needs_no_scripts(town):
    lee = resident(town, "ko", "900101-1234567", with_scripts=False)
    lee.go(f"/services/{COPY}/")
    lee.press(f"main a.button[href='/apply/{COPY}/']")
    lee.press("button[name=look][value=yes]")
    answer(lee, "label[for=copy_kind--personal]")
    answer(lee, "label[for=show_numbers--yes]")
    answer(lee, ("#copies", "2"))
    lee.press("button[value=send]")
    come_in(lee, "900101-1234567")
    lee.press("button[value=send]")
    number = number_of_case(lee)
    pay(lee)
    assert "초본" in text_of(paper_of(lee, number))
