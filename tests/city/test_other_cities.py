"""What the five export cities need: their profiles, and small ones written here."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from madang.city.api import UnknownLevel, UnknownUnit, known_cities, load_profile
from madang.city.formats import ethiopic_numeral, number_text
from madang.kernel.errors import Invalid
from madang.kernel.times import zone
from tests.city.folders import write_profile


@pytest.fixture(scope="module")
def addis():
    return load_profile("addis_ababa")


@pytest.fixture(scope="module")
def bogota():
    return load_profile("bogota")


# --- Addis Ababa: another calendar, another clock, another script


def test_addis_shows_ethiopian_days_and_stores_gregorian_ones(addis):
    assert addis.date_text(date(2026, 9, 11)) == "መስከረም 1 ቀን 2019 ዓ.ም."
    assert addis.date_text(date(2026, 9, 10), "en") == "5 Pagume 2018"
    assert addis.calendar.holidays(2026)[date(2026, 9, 11)].startswith("የዘመን መለወጫ")


def test_addis_tells_hours_from_sunrise(addis):
    half_past_seven = datetime(2026, 11, 22, 4, 30, tzinfo=UTC)  # 07:30 at +03:00
    assert addis.time_text(half_past_seven) == "ከጠዋቱ 1:30"
    assert addis.time_text(half_past_seven, "en") == "1:30 by day"
    assert addis.time_text(half_past_seven + timedelta(hours=12), "en") == "1:30 by night"


def test_addis_budget_year_begins_on_1_hamle(addis):
    year = addis.fiscal_year(date(2026, 11, 22))
    assert (year.label, year.start, year.end) == ("2019", date(2026, 7, 8), date(2027, 7, 8))
    assert addis.fiscal_year(date(2026, 7, 7)).label == "2018"


def test_addis_names_eleven_sub_cities_in_ethiopic_and_latin(addis):
    units = addis.units("sub-city")
    assert len(units) == 11
    assert addis.unit("bole").name() == "ቦሌ"
    assert addis.unit("bole").name("om") == "Bole"
    assert addis.unit("bole").name("ti") == "ቦሌ"
    assert addis.units_named("ለሚ ኩራ") == [addis.unit("lemi-kura")]
    assert {u.code for u in addis.predecessors(addis.unit("lemi-kura"))} == {"bole", "yeka"}
    assert addis.unit_at(38.81, 8.98).code == "bole"
    assert ethiopic_numeral(2019) == "፳፻፲፱"


def test_addis_people_have_no_family_name(addis):
    name = {"given": "Abebe", "father": "Bikila", "grandfather": "Demissie"}
    assert addis.person_name(name) == "Abebe Bikila Demissie"
    assert addis.person_name({"given": "Abebe", "father": "Bikila"}) == "Abebe Bikila"
    with pytest.raises(Invalid, match="lacks father"):
        addis.person_name({"given": "Abebe"})


def test_addis_addresses_name_a_landmark(addis):
    address = addis.parse_address("ቦሌ ክ/ከ ወረዳ 03 የቤት ቁጥር 123 (ከመድኃኔዓለም ጀርባ)")
    assert address.parts["house"] == "123"
    assert addis.format_address(address) == "ቦሌ ክ/ከ ወረዳ 03 የቤት ቁጥር 123 (ከመድኃኔዓለም ጀርባ)"
    assert not addis.has_sensors("energy")
    assert addis.has_sensors("air")
    assert addis.has_sensors("water")


# --- Bogotá: two divisions that do not nest, holidays that move, a decimal comma, a grid


def test_bogota_is_divided_in_two_ways_that_do_not_nest(bogota):
    assert len(bogota.units("localidad")) == 20
    assert len(bogota.units("upl")) == 33
    assert len([u for u in bogota.units("upl") if u.type == "UPL rural"]) == 3
    assert bogota.parent(bogota.unit("UPL18")) is None
    assert {u.level for u in bogota.units_named("kennedy")} == {"localidad", "upl"}
    assert bogota.units("upl", on=date(2021, 12, 28)) == []
    assert bogota.finest_level == "localidad"


def test_bogota_has_schematic_outlines_where_places_are_stated(bogota):
    assert set(bogota.outlines("localidad")) == {unit.code for unit in bogota.units("localidad")}
    assert bogota.outlines("upl") == {}
    assert bogota.unit("08").outline.kind == "schematic"
    assert bogota.unit_at(-74.155, 4.63).code == "08"
    # Secretaría Distrital de Planeación, projection to 2018
    assert sum(unit.population for unit in bogota.units("localidad")) == 8_181_047


def test_bogota_moves_holidays_to_monday(bogota):
    holidays = bogota.calendar.holidays(2026)
    assert len(holidays) == 19
    assert date(2026, 3, 23) in holidays  # San José, of 19 March
    assert date(2026, 3, 19) not in holidays
    assert date(2026, 7, 20) in holidays  # independence stays where it is
    # Ley 1755 de 2015, artículo 14: fifteen working days for a petition, the first not counted
    assert bogota.calendar.term_end(date(2026, 3, 13), 15) == date(2026, 4, 8)


def test_bogota_writes_a_decimal_comma(bogota):
    assert bogota.number_text(Decimal("1234567.5")) == "1.234.567,5"
    assert bogota.read_number("1.234.567,5") == Decimal("1234567.5")
    assert bogota.read_number("-0,25") == Decimal("-0.25")
    for text in ("1,234.5", "1.23", "1,2,3", "", "12a"):
        with pytest.raises(Invalid, match=r"1\.234,5"):
            bogota.read_number(text)
    assert bogota.currency.amount(25000).format(bogota.city.locale).replace("\xa0", "") == "$25.000"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Calle 26 # 57-41", {"way": "Calle", "number": "26", "cross": "57", "plate": "41"}),
        (
            "Carrera 7A Bis No. 32 - 16 Sur, Apto 301",
            {
                "way": "Carrera",
                "number": "7A Bis",
                "cross": "32",
                "plate": "16",
                "plate_side": "Sur",
                "detail": "Apto 301",
            },
        ),
        (
            "Avenida Calle 26 Sur #57B-41",
            {"way": "Avenida Calle", "number": "26", "side": "Sur", "cross": "57B", "plate": "41"},
        ),
    ],
)
def test_bogota_reads_grid_addresses(bogota, text, parts):
    address = bogota.parse_address(text)
    assert address.parts == parts
    assert bogota.parse_address(bogota.format_address(address)) == address


def test_bogota_checks_tax_numbers(bogota):
    assert bogota.is_valid_identifier("nit", "899.999.061-9")  # the Capital District itself
    assert not bogota.is_valid_identifier("nit", "899.999.061-8")
    assert bogota.phone_number("+57 601 381 3000") == ("landline", "+576013813000")


# --- the other three


def test_jakarta_calls_its_kecamatan_districts():
    jakarta = load_profile("jakarta")
    counts = {level.id: len(jakarta.units(level.id)) for level in jakarta.levels}
    assert counts == {"kota": 6, "kecamatan": 44, "kelurahan": 267}
    assert jakarta.district_level == "kecamatan"
    assert jakarta.units("district") == jakarta.districts() == jakarta.units("kecamatan")
    menteng = jakarta.unit("31.71.06")
    assert jakarta.parent(menteng).name("en") == "Central Jakarta"
    assert jakarta.district_of(jakarta.unit("31.71.06.1003")) is menteng
    assert jakarta.district_of(jakarta.unit("31.71")) is None
    # no place is stated for a kelurahan: a point is found in the kecamatan
    assert jakarta.unit_at(106.833, -6.196) is menteng
    islands = jakarta.unit("31.01.01")
    assert islands.detached == "island"
    assert jakarta.unit_at(106.569, -5.654) is islands
    assert jakarta.outlines("kota")["31.71"].kind == "schematic"


def test_ulaanbaatar_has_nine_districts_and_204_khoroo():
    city = load_profile("ulaanbaatar")
    assert (len(city.districts()), len(city.units("khoroo"))) == (9, 204)
    assert city.district_of(city.unit("bayangol-03")).name() == "Баянгол"
    assert {u.code for u in city.districts() if u.detached} == {"baganuur", "bagakhangai"}
    assert sum(u.population for u in city.districts()) == 1_499_140
    assert city.phone_number("9900 0000") == ("mobile", "+97699000000")


def test_phnom_penh_has_fourteen_khan_and_two_currencies():
    city = load_profile("phnom_penh")
    assert (len(city.districts()), len(city.units("sangkat"))) == (14, 105)
    assert len(city.children(city.unit("1213"))) == 7
    assert [currency.code for currency in city.currencies] == ["KHR", "USD"]
    assert city.language("km").digits == "khmr"


def test_only_seoul_speaks_the_dialect_of_seoul():
    spoken = {name: load_profile(name).city.dialects for name in known_cities()}
    assert {name for name, dialects in spoken.items() if dialects} == {"seoul"}


def test_a_level_is_found_by_its_own_name_first():
    seoul = load_profile("seoul")
    assert seoul.level_named("district").id == "district"
    with pytest.raises(UnknownLevel, match="localidad, upl"):
        load_profile("bogota").units("borough")


def test_jakarta_has_five_levels_with_local_words(tmp_path):
    levels = ["kota", "kecamatan", "kelurahan", "rw", "rt"]
    codes = ["3173", "3173040", "3173040005", "3173040005-01", "3173040005-01-003"]
    profile = load_profile(
        write_profile(
            tmp_path,
            {
                "levels": [
                    {
                        "id": level,
                        "partition": "main",
                        "names": {"en": level.capitalize()},
                        "table": f"{level}.csv",
                        "codes": "own",
                        "source": "made up",
                        **({"parent": above} if above else {}),
                    }
                    for level, above in zip(levels, [None, *levels], strict=False)
                ]
            },
            {
                f"{level}.csv": f"code,parent,name:en,type,lon,lat,detached\n"
                f"{code},{above},{level.upper()},,106.8,-6.2,\n"
                + ("3101,,Kepulauan Seribu,kabupaten,106.6,-5.6,island\n" * (level == "kota"))
                for level, code, above in zip(levels, codes, ["", *codes], strict=False)
            },
        )
    )
    rt = profile.unit("3173040005-01-003")
    chain = []
    while rt is not None:
        chain.append(rt.level)
        rt = profile.parent(rt)
    assert chain == levels[::-1]
    assert profile.finest_level == "rt"
    islands = profile.unit("3101")
    assert (islands.type, islands.detached) == ("kabupaten", "island")
    assert profile.unit_at(106.6, -5.6, "kota") is islands
    assert profile.unit_at(106.7, -5.9, "kota") is None  # the sea between


def test_ulaanbaatar_writes_from_top_to_bottom_and_has_exclaves(tmp_path):
    khoroo = "".join(
        f"new-{n:03d},BZD,Хороо {n},2021-01-01,,old-{n % 121:03d}\n" for n in range(204)
    )
    before = "".join(f"old-{n:03d},BZD,Хороо {n},,2021-01-01,\n" for n in range(121))
    profile = load_profile(
        write_profile(
            tmp_path,
            {
                "names": {"en": "Ulaanbaatar", "mn": "Улаанбаатар", "mn-Mong": "ᠤᠯᠠᠭᠠᠨᠪᠠᠭᠠᠲᠤᠷ"},
                "timezone": "Asia/Ulaanbaatar",
                "languages": [
                    {"code": "mn", "name": "Монгол", "name_en": "Mongolian", "script": "Cyrl",
                     "role": "official"},
                    {"code": "mn-Mong", "name": "ᠮᠣᠩᠭᠣᠯ", "name_en": "Mongolian (traditional)",
                     "script": "Mong", "role": "official", "writing": "vertical-lr",
                     "fallback": ["mn"]},
                    {"code": "kk", "name": "Қазақша", "name_en": "Kazakh", "script": "Cyrl",
                     "role": "service", "fallback": ["mn"]},
                    {"code": "en", "name": "English", "name_en": "English", "script": "Latn",
                     "role": "service"},
                ],
                "levels": [
                    {"id": "duureg", "partition": "main", "names": {"en": "Düüreg", "mn": "Дүүрэг"},
                     "table": "district.csv", "codes": "own", "source": "made up"},
                    {"id": "khoroo", "partition": "main", "names": {"en": "Khoroo", "mn": "Хороо"},
                     "table": "khoroo.csv", "codes": "own", "source": "made up",
                     "parent": "duureg"},
                ],
            },
            {
                "district.csv": "code,name:en,name:mn,name:mn-Mong,lon,lat,detached,area_km2\n"
                "BZD,Bayanzurkh,Баянзүрх,ᠪᠠᠶᠠᠨᠵᠦᠷᠬᠡ,107.0,47.92,,\n"
                "BN,Baganuur,Багануур,,108.35,47.78,exclave,620\n",
                "khoroo.csv": "code,parent,name:en,valid_from,valid_to,predecessors\n"
                f"{khoroo}{before}",
            },
        )
    )  # fmt: skip
    assert profile.language("mn-Mong").writing == "vertical-lr"
    assert profile.unit("BZD").name("mn-Mong") == "ᠪᠠᠶᠠᠨᠵᠦᠷᠬᠡ"
    assert profile.unit("BN").name("mn-Mong") == "Багануур"
    assert len(profile.units("khoroo", on=date(2020, 12, 31))) == 121
    assert len(profile.units("khoroo", on=date(2021, 1, 1))) == 204
    assert len(profile.successors(profile.unit("old-000"))) == 2
    baganuur = profile.unit("BN")
    assert profile.unit_at(108.40, 47.80, "duureg") is baganuur  # 4 km from the middle of 620 km²
    assert profile.unit_at(107.70, 47.85, "duureg") is None  # the land between
    assert profile.local(datetime(2026, 7, 1, tzinfo=UTC)).utcoffset() == timedelta(hours=8)


def test_phnom_penh_has_no_word_spaces_own_digits_and_two_currencies(tmp_path):
    profile = load_profile(
        write_profile(
            tmp_path,
            {
                "names": {"en": "Phnom Penh", "km": "ភ្នំពេញ"},
                "languages": [
                    {"code": "en", "name": "English", "name_en": "English", "script": "Latn",
                     "role": "service"},
                    {"code": "km", "name": "ខ្មែរ", "name_en": "Khmer", "script": "Khmr",
                     "role": "official", "word_spaces": False, "digits": "khmr"},
                ],
                "currencies": [
                    {"code": "KHR", "minor_digits": 2, "shown_digits": 0, "cash_step": 10_000},
                    {"code": "USD", "minor_digits": 2, "shown_digits": 2},
                ],
                "numbers": {"decimal": ",", "group": ".", "digits": ["latn", "khmr"]},
            },
            {"district.csv": "code,name:en,name:km\nA,Doun Penh,ដូនពេញ\n"},
        )
    )  # fmt: skip
    assert not profile.language("km").word_spaces
    riel, dollar = profile.currencies
    assert dollar.amount(1).exchanged(riel, Decimal(4100)).in_cash() == riel.amount(4100)
    assert number_text(profile.city.numbers, 2026, digits="khmr") == "២.០២៦"
    assert profile.read_number("២.០២៦,៥") == Decimal("2026.5")
    assert profile.units_named("ដូនពេញ") == [profile.unit("A")]
    assert profile.units_named("ដនពេញ") == []  # vowel signs count


def test_parallel_divisions_are_asked_for_by_level(tmp_path):
    profile = load_profile(
        write_profile(
            tmp_path,
            {
                "partitions": [
                    {"id": "main", "names": {"en": "Main"}},
                    {"id": "planning", "names": {"en": "Planning"}},
                ],
                "levels": [
                    {"id": "district", "partition": "main", "names": {"en": "District"},
                     "table": "district.csv", "codes": "own", "source": "made up"},
                    {"id": "plan", "partition": "planning", "names": {"en": "Plan"},
                     "table": "plan.csv", "codes": "own", "source": "made up"},
                ],
            },
            {"plan.csv": "code,name:en,lon,lat\nN,North,0.05,51.02\nS,South,0.05,50.98\n"},
        )
    )  # fmt: skip
    # the middle lies between the two districts and between the two plans
    corners = [(0.04, 51.005), (0.06, 51.005), (0.04, 50.995), (0.06, 50.995)]
    found = [(profile.unit_at(*c).code, profile.unit_at(*c, "plan").code) for c in corners]
    assert found == [("A", "N"), ("B", "N"), ("A", "S"), ("B", "S")]


def test_holidays_can_be_added_moved_and_taken_away(tmp_path):
    add = [
        {"names": {"en": "City day"}, "month": 10, "day": 28, "from_year": 2025},
        {"names": {"en": "Moved"}, "month": 3, "day": 19, "observed": "next-monday"},
        {"names": {"en": "New year's eve"}, "month": 1, "day": 1, "calendar": "korean-lunar",
         "offset_days": -1},
        {"names": {"en": "Enkutatash"}, "month": 1, "day": 1, "calendar": "ethiopian"},
        {"names": {"en": "Genna"}, "month": 4, "day": 29, "calendar": "ethiopian"},
        {"names": {"en": "Leap day"}, "month": 2, "day": 29},
        {"names": {"en": "Election"}, "date": date(2026, 6, 3)},
    ]  # fmt: skip
    holidays = {"country": "GB", "subdivision": "ENG", "add": add, "remove": [date(2026, 12, 25)]}
    calendar = load_profile(write_profile(tmp_path, {"calendar.holidays": holidays})).calendar
    found = calendar.holidays(2026)
    for day, name in {
        date(2026, 10, 28): "City day",
        date(2026, 3, 23): "Moved",
        date(2026, 2, 16): "New year's eve",
        date(2026, 9, 11): "Enkutatash",
        date(2026, 1, 7): "Genna",
        date(2026, 6, 3): "Election",
    }.items():
        assert found[day] == name
    assert date(2026, 12, 25) not in found
    assert date(2026, 12, 28) in found
    assert date(2024, 10, 28) not in calendar.holidays(2024)
    assert date(2024, 2, 29) in calendar.holidays(2024)
    assert calendar.is_working_day(date(2026, 12, 25))
    assert list(found) == sorted(found)


def test_terms_end_on_working_days_and_have_at_least_one_day(tmp_path):
    calendar = load_profile(write_profile(tmp_path)).calendar
    friday, saturday = date(2026, 11, 20), date(2026, 11, 21)
    assert calendar.term_end(friday, 1) == date(2026, 11, 23)
    assert calendar.term_end(friday, 1, first_day_counts=True) == friday
    assert calendar.term_end(saturday, 1, first_day_counts=True) == date(2026, 11, 23)
    assert calendar.term_end(friday, 8, counting="calendar-days") == date(2026, 11, 30)
    assert calendar.working_days_between(friday, date(2026, 11, 27)) == 5
    assert calendar.working_days_between(date(2026, 11, 27), friday) == -5
    with pytest.raises(Invalid, match="at least one day"):
        calendar.term_end(friday, 0)


def test_the_clock_of_a_city_with_summer_time_is_kept(tmp_path):
    london = load_profile(write_profile(tmp_path))
    assert london.timezone == zone("Europe/London")
    assert london.local(datetime(2026, 7, 1, 12, tzinfo=UTC)).hour == 13
    assert london.local(datetime(2026, 7, 1, 12)).utcoffset() == timedelta(hours=1)  # noqa: DTZ001
    assert london.fiscal_year(date(2026, 3, 31)).start == date(2025, 4, 1)


def test_a_code_can_be_asked_for_by_level(tmp_path):
    profile = load_profile(write_profile(tmp_path))
    assert profile.unit("A", level="district").name() == "Alpha"
    with pytest.raises(UnknownUnit):
        profile.unit("A", system="none")
