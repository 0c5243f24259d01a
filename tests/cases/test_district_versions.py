"""Where a district has its own version of a service, that one applies there, by every channel."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from madang.cases import case_versions, drafts
from madang.cases.case_versions import DistrictAsked
from madang.cases.drafts import Content
from madang.cases.models import Case, Draft
from madang.kernel.errors import Invalid
from madang.services import api as services
from tests.cases.applying import OFFICE, begun, published, send
from tests.cases.people import KIM
from tests.identity.residents import client_of, resident
from tests.looking import rows
from tests.staff import joined

pytestmark = [pytest.mark.data, pytest.mark.django_db]
BULKY = "bulky-waste-pickup"
MAPO, GANGNAM = "11440", "11680"
ANSWERS = {"item": "wardrobe", "large": "yes", "count": "1", "address": "골목 앞",
           "day-year": "2030", "day-month": "4", "day-day": "1"}  # fmt: skip


@pytest.fixture
def versions(db) -> dict[str, str]:
    """Publish the city's version and Mapo's; return their hashes by district."""
    city = published(BULKY)
    return {"": city, MAPO: published(f"{BULKY}-mapo")}


def test_who_is_registered_in_mapo_gets_mapos_version_and_may_name_another(versions):
    browser = client_of(resident("김하늘"))  # of Mapo
    page = browser.get(f"/apply/{BULKY}/").content.decode()
    assert "마포구의 일입니다" in page
    assert "02-3153-8114" in page
    begun(browser, BULKY)
    assert rows(Draft).get().package == versions[MAPO]
    other = client_of(resident("이둘", number="610302-2345678"))
    assert "02-3153-8114" not in other.get(f"/apply/{BULKY}/?district={GANGNAM}").content.decode()
    other.post(f"/apply/{BULKY}/", {"look": "no", "district": GANGNAM})
    assert rows(Draft).latest("begun").package == versions[""]


def test_who_is_not_known_is_asked_first_and_then_by_that_districts_version(versions):
    guest = Client()
    page = guest.get(f"/apply/{BULKY}/").content.decode()
    assert "어느 구의 일입니까" in page
    assert '<select id="district"' in page
    chosen = guest.get(f"/apply/{BULKY}/?district={MAPO}").content.decode()
    assert f'name="district" value="{MAPO}"' in chosen
    wrong = guest.get(f"/apply/{BULKY}/?district=99999")
    assert (wrong.status_code, "99999" in wrong.content.decode()) == (422, True)
    guest.cookies["madang_district"] = MAPO  # as chosen on the home page
    assert "마포구의 일입니다" in guest.get(f"/apply/{BULKY}/").content.decode()


def test_the_case_pins_mapos_fee_and_its_office(versions):
    browser = client_of(resident("김하늘"))
    browser.post(f"/apply/{BULKY}/", {"look": "no", "district": MAPO})
    url = browser.get(f"/apply/{BULKY}/check/")["Location"]
    while "/check/" not in url:
        page = browser.get(url).content.decode()
        asked = {n: v for n, v in ANSWERS.items() if f'name="{n}"' in page}
        url = send(browser, url, **asked)["Location"]
    check = browser.get(url).content.decode()
    assert "18,000원" in check
    assert "마포구 기준" in check
    assert send(browser, url)["Location"] == f"/apply/{BULKY}/done/"
    case = rows(Case).get()
    assert (case.package, case.fee, case.district) == (versions[MAPO], 18_000, MAPO)


def test_a_clerk_keys_in_by_the_district_they_choose_or_by_the_paper(versions):
    clerk = joined("seo", ["clerk"])
    asked = clerk.get(f"/apply/{BULKY}/key-in/").content.decode()
    assert '<select id="district"' in asked
    kim = resident("김하늘", number="510302-2345678")
    for number, url in enumerate((f"?district={MAPO}", f"?version={versions[MAPO][:12]}"), start=1):
        fields = ANSWERS | {"number": "510302-2345678", "channel": "post", "key": f"k{number}"}
        answer = clerk.post(f"/apply/{BULKY}/key-in/{url}", fields)
        assert answer.status_code == 200, answer.content.decode()
        case = rows(Case).latest("received_at")
        assert (case.package, case.fee, case.subject) == (versions[MAPO], 18_000, kim.person_id)
    assert rows(Case).count() == 2
    unknown = clerk.get(f"/apply/{BULKY}/key-in/?version=abcdefabcdef")
    assert unknown.status_code == 404


def test_a_paper_of_an_older_version_says_so_and_the_case_keeps_it(versions, tmp_path):
    from tests.cases.applying import changed

    changed(tmp_path, ("service.yaml", "version: 1.2.0", "version: 1.3.0"), name=BULKY)
    clerk = joined("seo", ["clerk"])
    page = clerk.get(f"/apply/{BULKY}/key-in/?version={versions[''][:12]}").content.decode()
    assert re.search(r"1\.2\.0판.*1\.3\.0판", page)


def test_over_the_api_the_place_of_the_matter_or_the_person_says_which(versions):
    version_for = case_versions.version_for
    assert version_for(BULKY, asked=MAPO).hash == versions[MAPO]
    assert version_for(BULKY, asked=GANGNAM).hash == versions[""]
    there = {"address": {"lon": 126.905, "lat": 37.56}}
    assert version_for(BULKY, facts=there).hash == versions[MAPO]
    kim = resident("김하늘")
    assert version_for(BULKY, subject=kim.person_id).hash == versions[MAPO]
    with pytest.raises(DistrictAsked) as error:
        version_for(BULKY)
    assert set(error.value.fields) == {"district"}
    browser = client_of(kim)
    made = browser.post(
        "/api/v1/applications",
        {"service": BULKY, "district": GANGNAM},
        content_type="application/json",
        headers={"Idempotency-Key": "a1"},
    )
    assert made.json()["package"] == versions[""]


def test_a_place_in_another_district_is_not_taken_by_mapos_version(versions):
    from madang.cases import api

    seoul_hall_of_gangnam = {"lon": 127.0473, "lat": 37.5172}
    with pytest.raises(Invalid) as error:
        api.open_case(
            package_hash=versions[MAPO], subject=KIM.person, actor=KIM, channel="web", key="k",
            facts={"item": "bed", "large": True, "count": 1, "day": "2030-04-01",
                   "address": seoul_hall_of_gangnam},
        )  # fmt: skip
    assert "address" in error.value.fields


def test_a_district_that_publishes_later_asks_whoever_has_begun(db):
    city = published(BULKY)
    draft = drafts.begin(KIM, BULKY, channel="web", language="ko", content=Content())
    assert draft.row.package == city
    mapo = published(f"{BULKY}-mapo")
    with pytest.raises(DistrictAsked):
        drafts.renew(draft)
    assert drafts.renew(draft, MAPO).row.package == mapo


def test_a_districts_version_that_was_withdrawn_leaves_the_citys(versions):
    services.withdraw(BULKY, OFFICE, "merged", MAPO)
    assert services.offered(BULKY).districts == ()
    assert case_versions.version_for(BULKY, asked=MAPO).hash == versions[""]


def test_the_catalogue_says_which_districts_have_their_own(versions):
    assert "마포구에는 따로 있음" in Client().get("/services/?all=1").content.decode()
    page = Client().get(f"/services/{BULKY}/?district={MAPO}").content.decode()
    assert f"/apply/{BULKY}/?district={MAPO}" in page
