"""The door of the air room.

Concentrations are µg/m³ for PM2.5 and PM10, ppm for gases; times are aware and in UTC; districts
are unit codes of the city's profile. Every value says where it comes from (`origin`).

Example::

    for air in api.district_air():
        print(air.names["ko"], air.index.value, air.index.category, air.index.main, air.origin)
"""

from __future__ import annotations

from madang.air.actions import approve, lift, record_forecasts
from madang.air.districts import (
    DistrictAir,
    HourValue,
    StationAir,
    Value,
    district_air,
    district_series,
    station_air,
)
from madang.air.engine.cai import Index
from madang.air.engine.cai import index as cai
from madang.air.engine.us_aqi import index as us_aqi
from madang.air.forecasts import (
    AirForecast,
    DayValue,
    ForecastSkill,
    ForecastValue,
    forecast,
    forecast_skill,
    forecasts,
)
from madang.air.index_spec import GRADES, IndexClass
from madang.air.means import Statistic, statistics
from madang.air.measures import (
    Action,
    Measure,
    Reading,
    cap_xml,
    measure,
    measures,
    measures_in_force,
)
from madang.air.present import present_air
from madang.air.rule_set import POLLUTANTS, RuleSet, read_rule_set
from madang.air.rules import Declared, Hour, declared_measures
from madang.air.standards import Standard, index_in_effect
from madang.air.summary import Summary, summary

__all__ = [
    "GRADES",
    "POLLUTANTS",
    "Action",
    "AirForecast",
    "DayValue",
    "Declared",
    "DistrictAir",
    "ForecastSkill",
    "ForecastValue",
    "Hour",
    "HourValue",
    "Index",
    "IndexClass",
    "Measure",
    "Reading",
    "RuleSet",
    "Standard",
    "StationAir",
    "Statistic",
    "Summary",
    "Value",
    "approve",
    "cai",
    "cap_xml",
    "declared_measures",
    "district_air",
    "district_series",
    "forecast",
    "forecast_skill",
    "forecasts",
    "index_in_effect",
    "lift",
    "measure",
    "measures",
    "measures_in_force",
    "present_air",
    "read_rule_set",
    "record_forecasts",
    "station_air",
    "statistics",
    "summary",
    "us_aqi",
]
