"""The air of a simulated city: correlated in space and time, with weather, stoves and dust.

Shape, not forecast: levels, seasons and ratios are those of the city's `Climate`, spread by a
log-normal field. Every value is a function of (seed, moment, place), so any hour can be made again
exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from madang_sim.climate import Climate, Season
from madang_sim.noise import gaussians, smooth, uniforms

_HOUR = 3600.0
_DAY = 86400.0
_WAVES = 24
_CORRELATION_KM = 6.0
_EPISODE_BLOCK_S = 5 * _DAY


@dataclass(frozen=True)
class Episode:
    """A dust episode asked for by hand: begin [s], length [h], PM2.5 at its height [µg/m³]."""

    begin_s: float
    hours: float
    pm25: float


@dataclass(frozen=True)
class AirField:
    """The city's air. `utc_offset_h` turns UTC into the clock that people and traffic follow."""

    seed: int
    utc_offset_h: float
    episodes: tuple[Episode, ...] = ()
    climate: Climate = Climate()

    def at(
        self, t_s: float, position_km: np.ndarray, roadside: np.ndarray
    ) -> dict[str, np.ndarray]:
        """Return the true concentration of each pollutant at every place.

        Parameters
        ----------
        t_s : moment [s since 1970-01-01 UTC]
        position_km : (n, 2) array [km], east and north of the city's middle.
        roadside : (n,) array of bool; at the kerb traffic counts more.

        Returns
        -------
        dict of (n,) arrays: pm25, pm10 [µg/m³], o3, no2, co, so2 [ppm]
        """
        climate = self.climate
        hour = (t_s / _HOUR + self.utc_offset_h) % 24.0
        local = self._local(t_s, position_km)
        traffic = _traffic(hour) * np.where(roadside, 1.6, 1.0)
        still = np.exp(-0.45 * smooth(self.seed + 1, t_s, 14 * _HOUR)[0])  # weak wind gathers
        season = _wave(climate.season, t_s)
        yearly = np.exp(climate.season.swing * season)
        stoves = self._stoves(hour, season) * still * np.exp(local)
        dust = self._dust(t_s, position_km[:, 0])
        share = climate.traffic_share
        base = climate.pm25 * still * yearly * np.exp(local) * (1.0 - share + share * traffic)
        pm25 = base + stoves + dust
        wind = np.exp(0.15 * smooth(self.seed + 2, t_s, 9 * _HOUR)[0])
        coarse = pm25 * climate.coarse * wind + climate.episodes.coarse * dust
        no2 = climate.no2 * still * np.exp(0.15 * season + 0.8 * local) * traffic
        o3 = np.maximum(0.002, self._sunny(hour, season) - 0.4 * no2)
        co = climate.co + 9.0 * no2 + 0.02 * stoves
        so2 = climate.so2 * still**0.5 * np.exp(0.3 * local) + climate.heating.so2_per_pm25 * stoves
        return {"pm25": pm25, "pm10": pm25 + coarse, "o3": o3, "no2": no2, "co": co, "so2": so2}

    def _stoves(self, hour: float, season: float) -> float:
        """Return the PM2.5 of stoves [µg/m³]: nothing in the warm half, two peaks on a cold day."""
        heating = self.climate.heating
        cold = max(0.0, season) ** 3
        peaks = sum(
            np.exp(-0.5 * (_apart(hour, at) / 2.5) ** 2)
            for at in (heating.morning_h, heating.evening_h)
        )
        return float(heating.pm25 * cold * (0.5 + 0.95 * peaks))

    def _sunny(self, hour: float, season: float) -> float:
        """Return the ozone that sun alone would make [ppm]."""
        climate = self.climate
        day = climate.sunset_h - climate.sunrise_h
        is_day = climate.sunrise_h < hour < climate.sunset_h
        sun = max(0.0, float(np.sin(np.pi * (hour - climate.sunrise_h) / day))) if is_day else 0.0
        return float((climate.o3 - climate.o3_winter_loss * season) * (0.6 + 1.2 * sun))

    def _local(self, t_s: float, position_km: np.ndarray) -> np.ndarray:
        """Return a smooth Gaussian field [log units] by random Fourier features (Rahimi 2007)."""
        waves = gaussians(self.seed + 3, 0, 2 * _WAVES).reshape(2, _WAVES) / _CORRELATION_KM
        phases = 2 * np.pi * uniforms(self.seed + 4, 0, _WAVES)
        strengths = smooth(self.seed + 5, t_s, 6 * _HOUR, _WAVES)
        level: np.ndarray = np.cos(position_km @ waves + phases) @ strengths
        scaled: np.ndarray = 0.25 * np.sqrt(2.0 / _WAVES) * level
        return scaled

    def _dust(self, t_s: float, east_km: np.ndarray) -> np.ndarray:
        """Return PM2.5 added by dust episodes; they cross the city from west to east at 20 km/h."""
        delayed = t_s - (east_km - east_km.min(initial=0.0)) / 20.0 * _HOUR
        total = np.zeros_like(east_km)
        for episode in (*self.episodes, *self._natural(t_s)):
            phase = (delayed - episode.begin_s) / (episode.hours * _HOUR)
            inside = (phase > 0) & (phase < 1)
            total += np.where(
                inside, episode.pm25 * np.minimum(1.0, 3 * np.sin(np.pi * phase)), 0.0
            )
        added: np.ndarray = np.maximum(total, 0.0)
        return added

    def _natural(self, t_s: float) -> list[Episode]:
        usual = self.climate.episodes
        found = []
        for block in (int(t_s // _EPISODE_BLOCK_S) - 1, int(t_s // _EPISODE_BLOCK_S)):
            chance, when, long, strong = uniforms(self.seed + 6, block, 4)
            begin = (block + when) * _EPISODE_BLOCK_S
            high = 0.5 + 0.5 * _wave(Season(peak_day=usual.peak_day), begin)
            if chance < usual.chance + usual.extra * high:
                height = usual.pm25_low + (usual.pm25_high - usual.pm25_low) * strong**2
                found.append(Episode(begin, 14 + 30 * long, height))
        return found


def _wave(season: Season, t_s: float) -> float:
    """Return the season at a moment, from -1 to 1; 1 on its peak day."""
    year = (t_s / _DAY - season.peak_day) / 365.25
    wave = float(np.cos(2 * np.pi * year))
    return wave if season.sharp == 1.0 else 2.0 * (0.5 + 0.5 * wave) ** season.sharp - 1.0


def _apart(hour: float, at: float) -> float:
    """Return the hours between two hours of the day, the short way round."""
    return abs((hour - at + 12.0) % 24.0 - 12.0)


def _traffic(hour: float) -> float:
    """Return traffic against the day's mean, with a morning and an evening peak."""
    morning = np.exp(-0.5 * ((hour - 8.3) / 1.4) ** 2)
    evening = np.exp(-0.5 * ((hour - 18.6) / 1.8) ** 2)
    return float(0.55 + 0.45 * (5 < hour < 23) + 0.6 * morning + 0.55 * evening)
