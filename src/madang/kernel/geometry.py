"""Geometry on the globe and in the plane: distances, cells, point in polygon, GeoJSON.

Coordinates are WGS84 longitude and latitude in degrees, in this order, unless said otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from madang.kernel.errors import BadInput

Floats = NDArray[np.float64]

EARTH_RADIUS_M = 6_371_008.8  # mean radius R1 = (2a + b) / 3 of WGS84: NIMA TR8350.2, 2000
METRES_PER_DEGREE = EARTH_RADIUS_M * np.pi / 180


def haversine(lon1: ArrayLike, lat1: ArrayLike, lon2: ArrayLike, lat2: ArrayLike) -> Floats:
    """Return great-circle distances [m] between points [degrees]; the arguments broadcast.

    On a sphere: up to 0.5 % off the ellipsoid. NaN in, NaN out.

    Examples
    --------
    >>> round(float(haversine(0.0, 0.0, 1.0, 0.0)))
    111195

    References
    ----------
    R. W. Sinnott, "Virtues of the haversine", Sky and Telescope 68(2), 1984.
    """
    lam1, phi1, lam2, phi2 = (np.radians(np.asarray(x, float)) for x in (lon1, lat1, lon2, lat2))
    chord = (
        np.sin((phi2 - phi1) / 2) ** 2
        + np.cos(phi1) * np.cos(phi2) * np.sin((lam2 - lam1) / 2) ** 2
    )
    return np.asarray(2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(chord, 0.0, 1.0))))


@dataclass(frozen=True)
class LocalPlane:
    """A plane in metres around a point: equirectangular, within 0.1 % up to 50 km from it."""

    lon: float
    lat: float

    @classmethod
    def around(cls, lons: ArrayLike, lats: ArrayLike) -> LocalPlane:
        """Return the plane around the middle of points [degrees]."""
        return cls(float(np.mean(np.asarray(lons))), float(np.mean(np.asarray(lats))))

    def metres(self, lonlat: Floats) -> Floats:
        """Return (n, 2) degrees as metres east and north of the point."""
        return (np.asarray(lonlat) - (self.lon, self.lat)) * self._scale()

    def degrees(self, xy: Floats) -> Floats:
        """Return (n, 2) metres east and north of the point as degrees."""
        return np.asarray(xy) / self._scale() + (self.lon, self.lat)

    def project(self, geometry: BaseGeometry) -> BaseGeometry:
        """Return a geometry in degrees as one in metres."""
        return shapely.transform(geometry, self.metres)

    def unproject(self, geometry: BaseGeometry) -> BaseGeometry:
        """Return a geometry in metres as one in degrees."""
        return shapely.transform(geometry, self.degrees)

    def _scale(self) -> Floats:
        return np.array([METRES_PER_DEGREE * np.cos(np.radians(self.lat)), METRES_PER_DEGREE])


def buffered_hull(lons: ArrayLike, lats: ArrayLike, margin_m: float) -> BaseGeometry:
    """Return the convex hull of points [degrees], widened by a margin [m]."""
    lonlat = np.column_stack([np.asarray(lons, float), np.asarray(lats, float)])
    plane = LocalPlane.around(lonlat[:, 0], lonlat[:, 1])
    xy: Any = plane.metres(lonlat)
    hull: BaseGeometry = shapely.MultiPoint(xy).convex_hull
    return plane.unproject(hull.buffer(margin_m, quad_segs=8))


def voronoi_cells(lons: ArrayLike, lats: ArrayLike, hull: BaseGeometry) -> list[BaseGeometry]:
    """Return the Voronoi cell of each point [degrees], clipped to `hull`, in the order given.

    Distances are taken in the local plane, so cells are those of true distance within 0.1 %. The
    cells tile the hull. Points that coincide share one cell: the first has it, others are empty.
    A cell that the hull does not reach is empty.
    """
    lonlat = np.column_stack([np.asarray(lons, float), np.asarray(lats, float)])
    if len(lonlat) == 0:
        return []
    plane = LocalPlane.around(lonlat[:, 0], lonlat[:, 1])
    points: Any = shapely.points(plane.metres(lonlat))
    frame = plane.project(hull)
    if (lonlat == lonlat[0]).all():
        return [hull, *([shapely.Polygon()] * (len(lonlat) - 1))]
    cells = shapely.get_parts(
        shapely.voronoi_polygons(shapely.multipoints(points), extend_to=frame)
    )
    which_cell, which_point = shapely.STRtree(points).query(cells, predicate="contains")
    found: list[BaseGeometry] = [shapely.Polygon()] * len(points)
    taken: set[int] = set()
    for cell, point in sorted(zip(which_cell.tolist(), which_point.tolist(), strict=True)):
        if cell not in taken:
            taken.add(cell)
            found[point] = plane.unproject(shapely.intersection(cells[cell], frame))
    return found


@dataclass(frozen=True)
class Locator:
    """Finds the polygon that holds each of many points (an STR tree over prepared polygons)."""

    polygons: tuple[BaseGeometry, ...]
    _tree: shapely.STRtree = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        geometries = np.array(self.polygons, dtype=object)
        shapely.prepare(geometries)
        object.__setattr__(self, "_tree", shapely.STRtree(geometries))

    def index(self, lons: ArrayLike, lats: ArrayLike) -> NDArray[np.int64]:
        """Return per point [degrees] the index of the polygon that holds it, -1 for none.

        A point on a shared edge belongs to the polygon that comes first. NaN gives -1.
        """
        x, y = np.broadcast_arrays(np.asarray(lons, float), np.asarray(lats, float))
        known = np.isfinite(x) & np.isfinite(y)
        found = np.full(x.shape, -1, dtype=np.int64)
        points: Any = shapely.points(x[known], y[known])
        which_point, which_polygon = self._tree.query(points, predicate="intersects")
        inside = np.full(len(points), len(self.polygons), dtype=np.int64)
        np.minimum.at(inside, which_point, which_polygon)
        found[known] = np.where(inside < len(self.polygons), inside, -1)
        return found


@dataclass(frozen=True)
class Feature:
    """One GeoJSON feature; `geometry` is valid and not empty."""

    id: str
    properties: Mapping[str, Any]
    geometry: BaseGeometry


def read_features(path: Path) -> list[Feature]:
    """Return the features of a GeoJSON file (RFC 7946).

    Geometries that cross themselves are made valid.

    Raises
    ------
    BadInput
        If the file is no FeatureCollection, or a feature has no usable geometry; the message
        names file and feature.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadInput(str(path), f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise BadInput(str(path), f"is not UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise BadInput(str(path), f"is not JSON: {error.msg}", line=error.lineno) from None
    if not isinstance(content, dict) or content.get("type") != "FeatureCollection":
        raise BadInput(str(path), "is no GeoJSON FeatureCollection (RFC 7946, section 3.3)")
    features = content.get("features")
    if not isinstance(features, list):
        raise BadInput(str(path), "has no list 'features'")
    return [_feature(path, number, item) for number, item in enumerate(features)]


def _feature(path: Path, number: int, item: Any) -> Feature:
    where = f"features[{number}]"
    if not isinstance(item, dict) or not isinstance(item.get("geometry"), dict):
        raise BadInput(str(path), f"{where} has no geometry")
    try:
        geometry = shape(item["geometry"])
    except (
        shapely.errors.ShapelyError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        IndexError,
    ) as error:
        raise BadInput(str(path), f"{where}.geometry cannot be read: {error}") from None
    if geometry.is_empty:
        raise BadInput(str(path), f"{where}.geometry is empty")
    if not geometry.is_valid:
        geometry = shapely.make_valid(geometry)
    properties = item.get("properties")
    return Feature(
        str(item.get("id", number)), properties if isinstance(properties, dict) else {}, geometry
    )


def feature_collection(
    features: Iterable[Feature], extra: Mapping[str, Any] | None = None, *, digits: int = 6
) -> dict[str, Any]:
    """Return features as a GeoJSON FeatureCollection; coordinates rounded (6 digits: 0.1 m).

    `extra` holds foreign members of the collection (RFC 7946, section 6.1).
    """
    return {
        "type": "FeatureCollection",
        **(extra or {}),
        "features": [
            {
                "type": "Feature",
                "id": feature.id,
                "properties": dict(feature.properties),
                "geometry": as_geojson(feature.geometry, digits=digits),
            }
            for feature in features
        ],
    }


def as_geojson(geometry: BaseGeometry, *, digits: int = 6) -> dict[str, Any]:
    """Return a geometry as a GeoJSON geometry with rounded coordinates."""
    return dict(mapping(shapely.transform(geometry, lambda xy: np.round(xy, digits))))


def polygonal(geometry: BaseGeometry) -> BaseGeometry:
    """Return the polygon or polygons of a geometry; lines and points in it are dropped."""
    parts: list[BaseGeometry] = list(shapely.get_parts(shapely.get_parts(geometry)))
    polygons = [part for part in parts if isinstance(part, shapely.Polygon) and not part.is_empty]
    return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)
