"""What can be asked of a city's units: its districts, their levels, places and outlines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, tzinfo
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from madang.city.errors import UnknownLevel
from madang.city.schema import City, Group, Level
from madang.city.units import Unit, UnitTable
from madang.kernel import times
from madang.kernel.errors import NotFound

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from madang.city.outlines import Atlas, Outline

_DISTRICT = "district"  # how the house asks for the district level of any city


class UnitsOfCity:
    """The part of a profile that knows the units on a day; `Profile` is the whole."""

    city: City
    boundaries: Path | None
    unit_table: UnitTable

    @property
    def id(self) -> str:
        """Return the name of the profile, as its folder."""
        return self.city.id

    @cached_property
    def timezone(self) -> tzinfo:
        """Return the city's time zone."""
        return times.zone(self.city.timezone)

    def today(self) -> date:
        """Return the present day in the city."""
        return times.now().astimezone(self.timezone).date()

    @property
    def levels(self) -> tuple[Level, ...]:
        """Return the levels of units, coarse to fine in each partition."""
        return self.city.levels

    @property
    def district_level(self) -> str:
        """Return the level whose units the pages call districts.

        Where a level is asked for, ``district`` means this one, whatever the city calls it.
        """
        return self.city.district_level or self.levels[0].id

    def districts(self, on: date | None = None) -> list[Unit]:
        """Return the districts that exist on a day."""
        return self.units(self.district_level, on)

    def district_of(self, unit: Unit) -> Unit | None:
        """Return the district that a unit is or belongs to; None where it lies in none."""
        found: Unit | None = unit
        while found is not None and found.level != self.district_level:
            found = self.parent(found)
        return found

    def level_named(self, name: str) -> Level:
        """Return a level by its id; ``district`` is the district level of any city.

        Raises
        ------
        UnknownLevel
            If the city has no such level.
        """
        for level in self.levels:
            if level.id == name:
                return level
        if name == _DISTRICT:
            return self.level_named(self.district_level)
        known: Sequence[str] = [level.id for level in self.levels]
        raise UnknownLevel(f"{self.id} has no level {name!r}; it has {', '.join(known)}")

    @property
    def finest_level(self) -> str:
        """Return the finest level of the first partition."""
        first = self.city.partitions[0].id
        return [level.id for level in self.levels if level.partition == first][-1]

    def units(self, level: str | None = None, on: date | None = None) -> list[Unit]:
        """Return the units that exist on a day, of one level or of all.

        Raises
        ------
        UnknownLevel
            If the city has no such level.
        """
        day = on or self.today()
        levels = [self.level_named(level)] if level else self.levels
        return [unit for item in levels for unit in self.unit_table.of_level(item.id, day)]

    def unit(self, code: str, *, system: str | None = None, level: str | None = None) -> Unit:
        """Return the unit of that code in any code system, first of all in the usual one.

        A unit that exists no more is found, too. One text can be a code of two systems (11230 is
        one district for the interior ministry, another for the statistics office): name the
        `system` where it is not the city's first.

        Raises
        ------
        UnknownUnit
            If there is none.
        """
        return self.unit_table.with_code(
            code, system, self.level_named(level).id if level else None
        )

    def units_named(
        self, name: str, level: str | None = None, on: date | None = None
    ) -> list[Unit]:
        """Return the units of that name in any language, however it is spaced or punctuated."""
        return self.unit_table.named(
            name, self.level_named(level).id if level else None, on or self.today()
        )

    def parent(self, unit: Unit) -> Unit | None:
        """Return the unit above, None at the top."""
        level = self.level_named(unit.level)
        if unit.parent is None:
            return None
        above = self.level_named(level.parent)
        return self.unit(unit.parent, system=above.codes, level=above.id)

    def children(self, unit: Unit, on: date | None = None) -> list[Unit]:
        """Return the units of the levels right below that belong to it on a day."""
        below = [level.id for level in self.levels if level.parent == unit.level]
        day = on or self.today()
        return [
            u
            for level in below
            for u in self.unit_table.of_level(level, day)
            if u.parent == unit.code
        ]

    def successors(self, unit: Unit) -> tuple[Unit, ...]:
        """Return the units that came from this one."""
        found = self.unit_table.successors.get(unit.code, ())
        return tuple(u for u in found if u.level == unit.level)

    def predecessors(self, unit: Unit) -> tuple[Unit, ...]:
        """Return the units that this one came from."""
        system = self.level_named(unit.level).codes
        return tuple(self.unit(c, system=system, level=unit.level) for c in unit.predecessors)

    def unit_at(
        self, lon: float, lat: float, level: str | None = None, on: date | None = None
    ) -> Unit | None:
        """Return the unit that holds a point [degrees]; None outside the city.

        Near a schematic outline this is a guess; ``Unit.outline.kind`` says which it is.
        """
        index, units = self.atlas.located([lon], [lat], self._at(level), on or self.today())
        return units[index[0]] if index[0] >= 0 else None

    def units_at(
        self, lons: ArrayLike, lats: ArrayLike, level: str | None = None, on: date | None = None
    ) -> NDArray[np.object_]:
        """Return per point [degrees] the code of the unit that holds it, "" outside the city."""
        import numpy as np

        index, units = self.atlas.located(lons, lats, self._at(level), on or self.today())
        codes = np.array([*(unit.code for unit in units), ""], dtype=object)
        return codes[index]

    def outlines(self, level: str, on: date | None = None) -> Mapping[str, Outline]:
        """Return the outlines of the units of a level on a day, by code."""
        return self.atlas.outlines(self.level_named(level).id, on or self.today())

    def groups(self, grouping: str) -> tuple[Group, ...]:
        """Return the groups of units made for one purpose, such as ``air-region``.

        Raises
        ------
        NotFound
            If the city has no such grouping.
        """
        for item in self.city.groupings:
            if item.id == grouping:
                return item.groups
        known = ", ".join(item.id for item in self.city.groupings) or "none"
        raise NotFound(f"{self.id} has no grouping {grouping!r}; it has {known}")

    def group_of(self, unit: Unit, grouping: str) -> Group | None:
        """Return the group of a unit, or None where it is in none."""
        return next((g for g in self.groups(grouping) if unit.code in g.members), None)

    @cached_property
    def atlas(self) -> Atlas:
        """Return the outlines of all units; the first use imports the geometry library."""
        from madang.city.boundaries import stored_boundaries
        from madang.city.outlines import Atlas

        return Atlas(self.city, self.unit_table, stored_boundaries(self.boundaries, self.city))

    def outline_of(self, unit: Unit) -> Outline | None:
        """Return a unit's outline today, or on the last day it existed."""
        day = self.today()
        if unit.valid_to is not None and unit.valid_to <= day:
            day = date.fromordinal(unit.valid_to.toordinal() - 1)
        elif unit.valid_from is not None and unit.valid_from > day:
            day = unit.valid_from
        return self.atlas.outlines(unit.level, day).get(unit.code)

    def _at(self, level: str | None) -> str:
        return self.level_named(level).id if level else self._finest_placed

    @cached_property
    def _finest_placed(self) -> str:
        """The finest level of the first partition whose places are known."""
        first = self.city.partitions[0].id
        levels = [level.id for level in self.levels if level.partition == first]
        placed = {unit.level for unit in self.unit_table.units if unit.centre}
        known = [name for name in levels if name in placed or name in self.atlas.official]
        return known[-1] if known else levels[-1]
