"""Weather on the way from the hour of issue to the hour that is forecast, as columns.

Dust and gases of a city are thinned by wind, washed out by rain and held down by cold heavy air;
what matters is the weather of the whole way, not only of its end.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from madang.air.engine.forecast_features import Array, Columns, columns_of, levels

RAIN = "rain_mm"
SPEED, DIRECTION = "wind_ms", "wind_deg"
TEMPERATURE, DEW_POINT, HUMIDITY = "temperature_c", "dew_point_c", "humidity_pct"
_WAY_SHARE = 0.8  # of the hours of the way that must be known


def drivers(weather: Mapping[str, Array]) -> tuple[tuple[str, ...], Array]:
    """Return the names and the columns, (n, w), that the forecast is made of.

    Wind becomes its logarithm and, where the direction is known, its eastward and northward parts;
    rain its logarithm; humidity is taken from the dew point where it is not given. Any other
    column counts as it is.
    """
    found = {name: values for name, values in weather.items() if name != DIRECTION}
    if SPEED in found and DIRECTION in weather:
        towards = np.deg2rad(weather[DIRECTION] + 180.0)
        calm = found[SPEED] == 0.0  # calm has no direction
        for name, part in (("wind_east", np.sin(towards)), ("wind_north", np.cos(towards))):
            found[name] = np.where(calm, 0.0, found[SPEED] * part)
    if HUMIDITY not in found and TEMPERATURE in found and DEW_POINT in found:
        found[HUMIDITY] = relative_humidity(found[TEMPERATURE], found[DEW_POINT])
    for name in (SPEED, RAIN):
        if name in found:
            found[name] = np.log1p(np.maximum(found[name], 0.0))
    return tuple(found), np.stack(list(found.values()), axis=1)


def relative_humidity(temperature: Array, dew_point: Array) -> Array:
    """Return the relative humidity [%] of air of that temperature and dew point [°C].

    Magnus form with the coefficients of [1]_; within 0.4 % from -40 to 50 °C.

    References
    ----------
    .. [1] O. A. Alduchov, R. E. Eskridge, "Improved Magnus form approximation of saturation vapor
       pressure", J. Appl. Meteor. 35 (1996) 601-609, eq. 21.

    Examples
    --------
    >>> relative_humidity(np.array([20.0]), np.array([9.26])).round(1)
    array([50.])
    """

    def magnus(t: Array) -> Array:
        return np.asarray(np.exp(17.625 * t / (243.04 + t)))

    return np.asarray(np.clip(100.0 * magnus(dew_point) / magnus(temperature), 0.0, 100.0))


def way_mean(values: Array, ahead: int) -> Array:
    """Return, for each row t, the mean over the rows t+1 to t+`ahead`; NaN where too few are known.

    The last `ahead` rows have no such way and are left out.

    >>> way_mean(np.array([[9.0], [1.0], [3.0]]), 2).ravel()
    array([2.])
    """
    known = ~np.isnan(values)
    zero = np.zeros((1, values.shape[1]))
    total = np.vstack([zero, np.cumsum(np.where(known, values, 0.0), axis=0)])
    count = np.vstack([zero, np.cumsum(known, axis=0)])
    n = count[1 + ahead :] - count[1:-ahead]
    mean = (total[1 + ahead :] - total[1:-ahead]) / np.maximum(n, 1)
    return np.where(n >= _WAY_SHARE * ahead, mean, np.nan)


class Weather:
    """Standardised drivers of n + H hours, and the columns for each horizon."""

    def __init__(
        self,
        weather: Mapping[str, Array],
        mean: Array | None = None,
        spread: Array | None = None,
    ) -> None:
        self.names, values = drivers(weather)
        self.mean = np.nan_to_num(_mean(values)) if mean is None else mean
        self.spread = _spread(values, self.mean) if spread is None else spread
        self.values = (values - self.mean) / self.spread

    def columns(self, z: Array, ahead: int) -> Columns:
        """Return the columns for `ahead` hours on from each row of `z`; NaN where not known.

        Parameters
        ----------
        z : (n, p) array
            Roots of the concentrations, standardised.
        """
        n = len(z)
        target = _rows(self.values[ahead:], n)
        way = _rows(way_mean(self.values, ahead), n)
        here = _rows(self.values, n)
        upper = np.triu_indices(len(self.names))
        products = way[:, upper[0]] * way[:, upper[1]]
        change = target - np.where(np.isnan(here), target, here)
        parts = [
            (target, -1, "weather"),
            (way, -1, "weather"),
            (change, -1, "weather"),
            (products, -1, "weather product"),
        ]
        wind = [k for k, name in enumerate(self.names) if name in _WIND]
        now = levels(z)[0]
        for p in range(z.shape[1]):
            parts.append((now[:, p : p + 1] * way[:, wind], p, "weather level"))
        return columns_of(parts)


def _rows(values: Array, n: int) -> Array:
    """Return the first `n` rows, NaN where there are fewer."""
    missing = np.full((max(n - len(values), 0), values.shape[1]), np.nan)
    return np.vstack([values[:n], missing])


_WIND = (SPEED, "wind_east", "wind_north")


def _mean(values: Array) -> Array:
    known = ~np.isnan(values)
    total = np.where(known, values, 0.0).sum(axis=0)
    return np.asarray(total / np.maximum(known.sum(axis=0), 1))


def _spread(values: Array, mean: Array) -> Array:
    square = np.where(np.isnan(values), np.nan, (values - mean) ** 2)
    spread = np.sqrt(np.nan_to_num(_mean(square)))
    return np.asarray(np.where(spread > 1e-9, spread, 1.0))
