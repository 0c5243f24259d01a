"""The reference city, as its profile states it."""

from datetime import UTC, date, datetime

import pytest

from madang.city.api import EU_THEMES, TOPICS, UnknownUnit, load_profile
from madang.kernel import times

APRIL_2021 = date(2021, 4, 30)


@pytest.fixture(scope="module")
def seoul():
    return load_profile("seoul")


def test_it_has_25_districts_and_426_neighbourhoods_today(seoul):
    on = date(2026, 11, 22)
    assert len(seoul.units("district", on)) == 25
    assert len(seoul.units("dong", on)) == 426
    assert len(seoul.units("dong", APRIL_2021)) == 425


def test_populations_add_up_on_both_levels(seoul):
    # registered population of 2021 Q2: 9,795,426 in 4,405,638 households
    districts = seoul.units("district", APRIL_2021)
    dongs = seoul.units("dong", APRIL_2021)
    assert sum(u.population for u in districts) == 9_795_426
    assert sum(u.population for u in dongs) == 9_795_426
    assert sum(u.households for u in dongs) == 4_405_638
    for district in districts:
        inside = sum(u.population for u in seoul.children(district, APRIL_2021))
        assert inside == district.population


def test_one_text_can_be_a_code_of_two_systems(seoul):
    assert seoul.unit("11230").name("en") == "Dongdaemun-gu"
    assert seoul.unit("11230", system="kostat").name("en") == "Gangnam-gu"
    assert seoul.unit("11680").codes == {"mois": "11680", "kostat": "11230"}
    assert seoul.unit("1123074").name("ko") == "일원2동"
    with pytest.raises(UnknownUnit, match="'99999'"):
        seoul.unit("99999")


def test_ilwon_2_dong_became_gaepo_3_dong(seoul):
    before, after = seoul.unit("1168074000"), seoul.unit("1168067500")
    assert before.exists(date(2022, 12, 22))
    assert not before.exists(date(2022, 12, 23))
    assert after.exists(date(2022, 12, 23))
    assert seoul.successors(before) == (after,)
    assert seoul.predecessors(after) == (before,)
    place = before.centre
    assert seoul.unit_at(*place, on=date(2022, 12, 22)) is before
    assert seoul.unit_at(*place, on=date(2022, 12, 23)) is after


def test_sangil_dong_was_split_in_two(seoul):
    before = seoul.unit("1174052000")
    assert {u.name("ko") for u in seoul.successors(before)} == {"상일1동", "상일2동"}
    names = {u.name("ko") for u in seoul.children(seoul.unit("11740"), date(2021, 7, 1))}
    assert {"상일1동", "상일2동"} <= names
    assert "상일동" not in names


def test_names_are_found_however_they_are_punctuated(seoul):
    (found,) = seoul.units_named("종로1.2.3.4가동")
    assert found.code == "1111061500"
    assert seoul.units_named("gangnam gu") == [seoul.unit("11680")]
    assert {seoul.parent(u).name("en") for u in seoul.units_named("신사동")} == {
        "Gangnam-gu",
        "Gwanak-gu",
    }
    assert seoul.units_named("없는동") == []


def test_names_fall_back_by_language(seoul):
    gangnam = seoul.unit("11680")
    assert gangnam.name() == "강남구"
    assert gangnam.name("uz") == "Gangnam-gu"
    assert seoul.chain("uz") == ("uz", "ru", "en", "ko")
    assert seoul.chain("zh-Hant-HK")[:3] == ("zh-Hant-HK", "zh-Hant", "zh-Hans")
    assert seoul.name("zh-Hant") == "首爾"


def test_22_languages_of_service_two_of_them_from_right_to_left(seoul):
    assert len(seoul.languages) == 22
    assert {item.code for item in seoul.languages if item.dir == "rtl"} == {"ar", "ur"}
    assert [item.code for item in seoul.languages if item.role == "official"] == ["ko"]
    assert not seoul.language("km").word_spaces


def test_five_air_regions_hold_every_district_once(seoul):
    sizes = {group.id: len(group.members) for group in seoul.groups("air-region")}
    assert sizes == {"centre": 3, "northwest": 3, "northeast": 8, "southwest": 7, "southeast": 4}
    assert all(seoul.group_of(unit, "air-region") for unit in seoul.units("district"))


def test_twelve_categories_hold_every_topic_once(seoul):
    categories = seoul.city.dataset_categories
    assert len(categories) == 12
    assert sorted(topic for item in categories for topic in item.topics) == sorted(TOPICS)
    assert {theme for item in categories for theme in item.eu_themes} <= set(EU_THEMES)


def test_2026_has_22_holidays_with_lunar_days_and_substitutes(seoul):
    holidays = seoul.calendar.holidays(2026)
    assert len(holidays) == 22
    assert holidays[date(2026, 2, 17)] == "설날"
    assert date(2026, 9, 25) in holidays
    assert date(2026, 10, 5) in holidays  # substitute of 3 October, a Saturday
    assert seoul.calendar_in("en").holidays(2026)[date(2026, 9, 25)] == "Chuseok"


def test_a_term_counts_its_first_day_and_skips_holidays(seoul):
    # 민원 처리에 관한 법률 제19조 2항: seven days from Wednesday 23 September 2026, with Chuseok
    # from Thursday to Saturday and the substitute on Monday 5 October
    calendar = seoul.calendar
    assert calendar.term_end(date(2026, 9, 23), 7) == date(2026, 10, 6)
    assert calendar.term_end(date(2026, 9, 23), 7, first_day_counts=False) == date(2026, 10, 7)
    assert calendar.working_days_between(date(2026, 9, 21), date(2026, 9, 28)) == 3


def test_the_day_begins_in_seoul_nine_hours_before_utc(seoul):
    with times.fixed_clock(datetime(2026, 11, 21, 15, tzinfo=UTC)):
        assert seoul.today() == date(2026, 11, 22)
    assert (
        seoul.local(datetime(2026, 11, 22, tzinfo=UTC)).isoformat() == "2026-11-22T09:00:00+09:00"
    )
    assert seoul.time_text(datetime(2026, 11, 22, 15, tzinfo=UTC)) == "00:00"
    assert seoul.date_text(date(2026, 11, 22)) == "2026년 11월 22일"


def test_addresses_are_read_in_both_systems(seoul):
    road = seoul.parse_address("서울 강남구 테헤란로 152, 10층")
    assert road.scheme == "road"
    assert road.parts == {
        "district": "강남구",
        "road": "테헤란로",
        "number": "152",
        "detail": "10층",
    }
    assert seoul.format_address(road) == "서울특별시 강남구 테헤란로 152, 10층"
    assert seoul.parse_address("중구 태평로1가 31").scheme == "lot"


def test_phones_numbers_and_names_have_korean_form(seoul):
    assert seoul.phone_number("010-1234-5678") == ("mobile", "+821012345678")
    assert seoul.phone_number("+82 2 731 2114") == ("landline", "+8227312114")
    assert {n.number for n in seoul.city.phones.numbers if n.emergency} == {"112", "119"}
    assert seoul.is_valid_identifier("business", "123-45-67891")
    assert not seoul.is_valid_identifier("business", "123-45-67890")
    assert seoul.person_name({"family": "홍", "given": "길동"}, joined=True) == "홍길동"


def test_won_have_no_decimals_and_fees_drop_what_is_below_ten(seoul):
    fee = seoul.currency.amount("12345")
    assert fee.in_cash().minor == 12340
    assert fee.format(seoul.city.locale) == "₩12,345"
    assert [c.code for c in seoul.currencies] == ["KRW"]
