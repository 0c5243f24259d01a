"""The air of a simulated city: correlated in space and time, with weather and dust.

Shape, not forecast: levels and ratios follow Seoul's published means (annual PM2.5 about 20 µg/m³,
PM2.5/PM10 about 0.55, O3 against NO2 over the day), spread by a log-normal field. Every value is a
function of (seed, moment, place), so any hour can be made again exactly.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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
        hour = (t_s / _HOUR + self.utc_offset_h) % 24.0
        local = self._local(t_s, position_km)
        traffic = _traffic(hour) * np.where(roadside, 1.6, 1.0)
        still = np.exp(-0.45 * smooth(self.seed + 1, t_s, 14 * _HOUR)[0])  # weak wind gathers
        winter = np.cos(2 * np.pi * (t_s / (365.25 * _DAY) - 0.04))  # +1 in mid January
        dust = self._dust(t_s, position_km[:, 0])
        pm25 = 18.0 * still * np.exp(0.25 * winter + local) * (0.8 + 0.2 * traffic) + dust
        coarse = pm25 * 0.7 * np.exp(0.15 * smooth(self.seed + 2, t_s, 9 * _HOUR)[0]) + 1.2 * dust
        no2 = 0.020 * still * np.exp(0.15 * winter + 0.8 * local) * traffic
        sun = max(0.0, np.sin(np.pi * (hour - 6.5) / 13.0)) if 6.5 < hour < 19.5 else 0.0
        o3 = np.maximum(0.002, (0.032 - 0.010 * winter) * (0.6 + 1.2 * sun) - 0.4 * no2)
        co = 0.25 + 9.0 * no2
        so2 = 0.003 * still**0.5 * np.exp(0.3 * local)
        return {"pm25": pm25, "pm10": pm25 + coarse, "o3": o3, "no2": no2, "co": co, "so2": so2}

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
        found = []
        for block in (int(t_s // _EPISODE_BLOCK_S) - 1, int(t_s // _EPISODE_BLOCK_S)):
            chance, when, long, strong = uniforms(self.seed + 6, block, 4)
            begin = (block + when) * _EPISODE_BLOCK_S
            spring = 0.5 + 0.5 * np.cos(2 * np.pi * (begin / (365.25 * _DAY) - 0.22))
            if chance < 0.15 + 0.3 * spring:
                found.append(Episode(begin, 14 + 30 * long, 25 + 60 * strong**2))
        return found


def _traffic(hour: float) -> float:
    """Return traffic against the day's mean, with a morning and an evening peak."""
    morning = np.exp(-0.5 * ((hour - 8.3) / 1.4) ** 2)
    evening = np.exp(-0.5 * ((hour - 18.6) / 1.8) ** 2)
    return float(0.55 + 0.45 * (5 < hour < 23) + 0.6 * morning + 0.55 * evening)
