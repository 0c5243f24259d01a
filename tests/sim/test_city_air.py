"""The simulated city: the same seed is the same city, and its air looks like air."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from madang_sim.faults import Faulty, faults_of_day
from madang_sim.field import AirField, Episode
from madang_sim.layout import FULL_POPULATION, POLLUTANTS, Place, city_stations, populated
from madang_sim.noise import smooth

JUST_BEFORE_NOON = 1_763_000_000.0
PLACES = [
    Place(
        f"{i}",
        f"Place {i}",
        126.9 + 0.02 * (i % 5),
        37.5 + 0.02 * (i // 5),
        round(FULL_POPULATION * (i + 1) / 325),  # 325 = 1 + 2 + ... + 25
        f"{i}",
    )
    for i in range(25)
]


def stations():
    return city_stations(PLACES, PLACES, seed=1)


def test_the_demo_city_has_the_numbers_of_the_issue():
    found = stations()
    counts = {kind.name: int((found.kind == i).sum()) for i, kind in enumerate(found.classes)}
    assert counts == {"reference": 25, "sensor": 1200, "school": 300, "intersection": 150}


def test_a_smaller_city_has_fewer_stations_and_one_reference_station_per_district():
    half = [replace(place, population=place.population // 2) for place in PLACES]
    found = city_stations(half, half, seed=1)
    assert np.bincount(found.kind).tolist() == [25, 600, 150, 75]


def test_places_without_a_number_of_residents_have_the_mean_of_the_others():
    some = [replace(PLACES[0], population=p) for p in (100, 0, 300)]
    assert [place.population for place in populated(some)] == [100, 200, 300]
    assert populated([replace(PLACES[0], population=0)])[0].population == 150_000


def test_more_people_more_sensors():
    found = stations()
    per_place = np.bincount([int(code) for code in found.district], minlength=25)
    assert per_place[24] > 5 * per_place[0]


def test_a_moment_can_be_made_again_in_any_order():
    field, place = AirField(3, 9.0), stations().positions_km()
    road = np.zeros(len(place), bool)
    first = field.at(JUST_BEFORE_NOON, place, road)
    field.at(JUST_BEFORE_NOON + 5000, place, road)
    again = AirField(3, 9.0).at(JUST_BEFORE_NOON, place, road)
    for name in POLLUTANTS:
        np.testing.assert_array_equal(first[name], again[name])


def test_neighbours_breathe_nearly_the_same_air():
    field = AirField(3, 9.0)
    east = np.linspace(0, 30, 301)
    place = np.column_stack([east, np.zeros_like(east)])
    moments = JUST_BEFORE_NOON + 86400.0 * np.arange(200)
    values = np.array([np.log(field.at(t, place, np.zeros(301, bool))["no2"]) for t in moments])
    values -= values.mean(axis=1, keepdims=True)
    near = np.corrcoef(values[:, 100], values[:, 103])[0, 1]
    far = np.corrcoef(values[:, 0], values[:, 300])[0, 1]
    assert near > 0.95
    assert far < 0.5


@pytest.mark.parametrize("name", POLLUTANTS)
def test_concentrations_are_positive_and_of_this_world(name):
    highest = {"pm25": 500, "pm10": 1200, "o3": 0.2, "no2": 0.3, "co": 5, "so2": 0.05}[name]
    field, place = AirField(5, 9.0), stations().positions_km()
    for day in range(60):
        values = field.at(JUST_BEFORE_NOON + 86400.0 * day, place, np.zeros(len(place), bool))
        assert (values[name] > 0).all()
        assert values[name].max() < highest
        assert (values["pm10"] >= values["pm25"]).all()


def test_dust_asked_for_comes_and_goes():
    episode = Episode(JUST_BEFORE_NOON, 12, 80)
    place = np.array([[0.0, 0.0]])
    quiet, dusty = AirField(1, 9.0), AirField(1, 9.0, (episode,))
    road = np.zeros(1, bool)

    def added(hours):
        t = JUST_BEFORE_NOON + 3600 * hours
        return dusty.at(t, place, road)["pm25"][0] - quiet.at(t, place, road)["pm25"][0]

    assert added(-1) == 0
    assert added(6) == pytest.approx(80)
    assert added(13) == 0


def test_faults_strike_few_stations_and_the_same_ones_again():
    found = faults_of_day(1, 20_000, 1675)
    assert found == faults_of_day(1, 20_000, 1675)
    assert 0.01 < len(found) / 1675 < 0.06
    assert {fault.kind for fault in found} == {"stuck", "spike", "gap", "drift", "skew"}


def test_each_fault_does_what_its_name_says():
    faulty = Faulty(1, 1675)
    values = np.linspace(10, 20, 1675)
    for fault in faults_of_day(1, 20_000, 1675):
        middle = (fault.begin_s + fault.end_s) / 2
        sent, stamps = faulty.apply(middle, "pm25", values)
        here = fault.station
        if fault.kind == "gap":
            assert np.isnan(sent[here])
        elif fault.kind == "skew":
            assert abs(stamps[here] - middle) == 420
        elif fault.kind == "spike":
            assert sent[here] == pytest.approx(8 * values[here])
        elif fault.kind == "drift":
            assert sent[here] == pytest.approx(1.25 * values[here])
        else:
            later, _ = faulty.apply(middle + 60, "pm25", values + 5)
            assert later[here] == sent[here]


def test_smooth_noise_has_no_jumps():
    values = np.array([smooth(1, t, 100.0)[0] for t in np.arange(0, 1000, 0.5)])
    assert np.abs(np.diff(values)).max() < 0.1
    assert values.std() > 0.3
