"""On every page of an errand: a telephone number, "call me back", and the form on paper."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.cases.applying import COPY, answered, begun, published
from tests.identity.residents import client_of, resident
from tests.web.html import page

pytestmark = [pytest.mark.data, pytest.mark.django_db]
WASTE = "bulky-waste-pickup"


def ways(root) -> list[str]:
    return root.xpath("//aside[@class='ways-out']//a/@href")


@pytest.fixture
def senior(client: Client) -> Client:
    client.cookies["madang_display"] = "senior"
    return client


def test_all_services_are_on_paper_and_found_by_a_word(client: Client):
    published()
    published(WASTE)
    root = page(client, "/on-paper/", "ko")
    forms = root.xpath("//ul[@class='event-grid']//a/@href")
    assert sorted(forms) == [f"/services/{WASTE}/form.pdf", f"/services/{COPY}/form.pdf"]
    assert client.get(forms[0])["Content-Type"] == "application/pdf"
    found = page(client, "/on-paper/?q=등본", "ko").xpath("//ul[@class='event-grid']//a/@href")
    assert found == [f"/services/{COPY}/form.pdf"]


def test_pages_without_a_service_lead_to_all_forms(client: Client):
    published()
    for path in ("/", "/services/", "/services/?event=moving", "/sign-in/", "/call-back/"):
        assert "/on-paper/" in ways(page(client, path, "en")), path


def test_pages_of_a_service_lead_to_its_form_and_a_call_about_services(client: Client):
    published()
    found = ways(page(client, f"/services/{COPY}/", "en"))
    assert f"/services/{COPY}/form.pdf" in found
    assert "/call-back/?topic=services" in found
    assert f"/apply/{COPY}/form.pdf" in ways(page(client, f"/apply/{COPY}/", "en"))
    chosen = page(client, "/call-back/?topic=services", "en").xpath("//option[@selected]/@value")
    assert "services" in chosen


def test_who_signs_in_to_send_finds_the_form_with_their_answers(client: Client):
    published()
    check = answered(client)
    for path in ("/sign-in/", "/sign-in/paper/", "/sign-in/passkey/"):
        url = f"{path}?next={check}"
        assert f"/apply/{COPY}/form.pdf" in ways(page(client, url, "en")), path
    assert "/on-paper/" in ways(page(Client(), "/sign-in/?next=/no-such-page/", "en"))


def test_in_large_type_services_of_later_life_start_at_the_home_page(senior: Client):
    published("senior-transport-card")
    published()
    starts = page(senior, "/", "ko").xpath("//ul[@class='starts']//a/@href")
    assert starts == ["/apply/senior-transport-card/"]
    assert not page(Client(), "/", "ko").xpath("//ul[@class='starts']")
    listed = page(senior, "/services/?event=moving", "ko")
    assert listed.xpath("//ul[@class='service-list']//a[@class='button']/@href") == [
        f"/apply/{COPY}/"
    ]


def test_small_numbers_are_answered_by_one_tap(senior: Client):
    published()
    begun(senior)
    for step, answer in {
        "kind": {"copy_kind": "household"},
        "numbers": {"show_numbers": "no"},
    }.items():
        url = f"/apply/{COPY}/{step}/"
        senior.post(url, answer | {"seen": seen_of(page(senior, url, "ko"))})
    url = f"/apply/{COPY}/copies/"
    root = page(senior, url, "ko")
    assert root.xpath("//form[@class='quick']//button/@value") == ["1", "2", "3", "4", "5", "6"]
    done = senior.post(url, {"seen": seen_of(root), "copies": "2"})
    assert done["Location"] == f"/apply/{COPY}/check/"
    assert "2" in page(senior, done["Location"], "ko").text_content()


def test_the_next_days_are_answered_by_one_tap(senior: Client):
    published("vaccination-booking")
    senior.cookies["madang"] = client_of(resident("박순자")).cookies["madang"]
    begun(senior, "vaccination-booking")
    url = "/apply/vaccination-booking/what.vaccine/"
    senior.post(url, {"seen": seen_of(page(senior, url, "ko")), "vaccine": "pneumococcal"})
    url = "/apply/vaccination-booking/safe/"
    senior.post(url, {"seen": seen_of(page(senior, url, "ko")), "allergy": "no"})
    root = page(senior, "/apply/vaccination-booking/day/", "ko")
    days = root.xpath("//form[@class='quick']//button/@value")
    assert len(days) == 7
    assert days == sorted(days)
    done = senior.post("/apply/vaccination-booking/day/", {"seen": seen_of(root), "day": days[2]})
    assert done["Location"].endswith("/check/")


def test_a_district_is_one_tap_in_large_type(senior: Client):
    published(WASTE)
    published("bulky-waste-pickup-mapo")
    root = page(senior, f"/apply/{WASTE}/", "ko")
    buttons = root.xpath("//button[@name='district']/@value")
    assert len(buttons) == 25
    assert "11440" in buttons
    assert senior.get(f"/apply/{WASTE}/?district=11440").status_code == 200


def seen_of(root) -> str:
    return root.xpath("//input[@name='seen']/@value")[0]
