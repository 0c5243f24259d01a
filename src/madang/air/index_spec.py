"""Which air quality index a city shows: the section ``index`` of ``air.yaml``.

`cai` and `us` are built in, a `table` stands in the profile itself. Each class has a grade, the
house's own four words; pages colour, sort and advise by the grade and add the class by its name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import msgspec

from madang.air.engine import cai, us_aqi

Text = dict[str, str]
Grade = Literal["good", "moderate", "bad", "very_bad"]
GRADES = cai.CLASSES
POLLUTANTS = ("pm25", "pm10", "o3", "no2", "co", "so2")


class IndexClass(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A class of an index: up to which value (none for the last), its grade, its name."""

    id: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_]*$")]
    grade: Grade
    name: Text = {}
    top: Annotated[int, msgspec.Meta(gt=0)] | None = None


class IndexPart(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A pollutant's table: the mean over `hours`, and the concentrations where classes end.

    `step` is the resolution in which the table is printed (the next class begins a step above); 0
    where classes touch. Classes that this pollutant does not reach are left out at the end.
    """

    hours: Annotated[int, msgspec.Meta(ge=1, le=24)]
    unit: Literal["µg/m³", "ppm"]
    tops: list[Annotated[float, msgspec.Meta(gt=0)]]
    step: Annotated[float, msgspec.Meta(ge=0)] = 0.0


class IndexSpec(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An index: its short name and title, who made it, and what it cannot tell (`note`).

    A `table` has `classes` and `pollutants` of its own, and the `highest` value that is told. Where
    one of the `required` pollutants is missing there is no index.
    """

    standard: Literal["cai", "us", "table"] = "us"
    name: Text = msgspec.field(default_factory=lambda: {"en": "US AQI"})
    title: Text = msgspec.field(default_factory=lambda: {"en": "US air quality index"})
    source: str = "40 CFR part 58, appendix G, as amended in 2024"
    note: Text = {}
    classes: list[IndexClass] = []
    class_names: dict[str, Text] = {}
    pollutants: dict[str, IndexPart] = {}
    required: list[str] = []
    highest: int | None = None


# Grades of the built-in classes. US: "unhealthy" begins at 55.5 µg/m³ PM2.5, "very bad" in Korea
# above 75; the lower classes fall together within 5 µg/m³.
BUILT_IN: dict[str, tuple[IndexClass, ...]] = {
    "cai": tuple(
        IndexClass(id=name, grade=name, top=top)  # type: ignore[arg-type]
        for name, top in zip(cai.CLASSES, (*cai.CLASS_TOPS[:-1], None), strict=True)
    ),
    "us": tuple(
        IndexClass(id=name, grade=grade, top=top, name={"en": english})  # type: ignore[arg-type]
        for name, grade, top, english in zip(
            us_aqi.CLASSES,
            ("good", "moderate", "bad", "very_bad", "very_bad", "very_bad"),
            (*us_aqi.CLASS_TOPS, None),
            ("Good", "Moderate", "Unhealthy for sensitive groups", "Unhealthy", "Very unhealthy",
             "Hazardous"),
            strict=True,
        )
    ),
}  # fmt: skip


def index_faults(spec: IndexSpec, language: str) -> Iterator[tuple[str, str]]:
    """Yield (field, what is wrong) for what single fields of the section cannot tell."""
    for field in ("name", "title"):
        if "en" not in getattr(spec, field) and language not in getattr(spec, field):
            yield f"index.{field}", f"has no text in {language!r}, the language of this file"
    if spec.standard != "table":
        if spec.classes or spec.pollutants:
            yield (
                "index.standard",
                f"{spec.standard!r} is built in; classes and pollutants are its own",
            )
        known = {item.id for item in BUILT_IN[spec.standard]}
        for name in spec.class_names.keys() - known:
            yield f"index.class_names.{name}", f"is none of {', '.join(sorted(known))}"
        return
    yield from _class_faults(spec, language)
    yield from _part_faults(spec)


def _class_faults(spec: IndexSpec, language: str) -> Iterator[tuple[str, str]]:
    if not spec.classes:
        yield "index.classes", "is empty; a table needs its classes"
    tops = [item.top for item in spec.classes]
    for number, item in enumerate(spec.classes):
        path = f"index.classes[{number}]"
        if language not in item.name:
            yield f"{path}.name", f"has no text in {language!r}, the language of this file"
        if item.top is None and number < len(tops) - 1:
            yield f"{path}.top", "only the last class may go on without an end"
        before = tops[number - 1] if number else None
        if item.top is not None and before is not None and item.top <= before:
            yield f"{path}.top", "is not above the class before"
    grades = [GRADES.index(item.grade) for item in spec.classes]
    if grades != sorted(grades):
        yield "index.classes", "grades must not become better from class to class"


def _part_faults(spec: IndexSpec) -> Iterator[tuple[str, str]]:
    if not spec.pollutants:
        yield "index.pollutants", "is empty; a table needs at least one pollutant"
    ends = sum(item.top is not None for item in spec.classes)
    for name, part in spec.pollutants.items():
        path = f"index.pollutants.{name}"
        if name not in POLLUTANTS:
            yield path, f"{name!r} is not one of {', '.join(POLLUTANTS)}"
        elif name in ("pm25", "pm10") and part.unit == "ppm":
            yield f"{path}.unit", "dust is not given in ppm"
        if not 0 < len(part.tops) <= ends:
            yield f"{path}.tops", f"needs 1 to {ends} values, one per class that ends"
        if part.tops != sorted(set(part.tops)):
            yield f"{path}.tops", "must rise"
    for name in spec.required:
        if name not in spec.pollutants:
            yield "index.required", f"{name!r} is not among the pollutants"
