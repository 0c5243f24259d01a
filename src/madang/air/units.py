"""How concentrations are written: unit and decimals, as the national network publishes them."""

from __future__ import annotations

# National Institute of Environmental Research, real-time air quality tables: whole µg/m³ for dust,
# 0.001 ppm for gases, 0.1 ppm for carbon monoxide.
UNITS = {
    "pm25": "µg/m³", "pm10": "µg/m³", "o3": "ppm", "no2": "ppm", "co": "ppm", "so2": "ppm",
}  # fmt: skip
DECIMALS = {"pm25": 0, "pm10": 0, "o3": 3, "no2": 3, "co": 1, "so2": 3}
NAMES = {
    "pm25": "PM2.5", "pm10": "PM10", "o3": "O₃", "no2": "NO₂", "co": "CO", "so2": "SO₂",
}  # fmt: skip
