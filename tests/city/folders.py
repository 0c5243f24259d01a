"""Small profiles for tests: one that is good, and what others change in it."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

PLAIN: dict[str, Any] = {
    "schema": 1,
    "id": "plain",
    "names": {"en": "Plain"},
    "country": "GB",
    "timezone": "Europe/London",
    "default_language": "en",
    "locale": "en_GB",
    "languages": [
        {
            "code": "en",
            "name": "English",
            "name_en": "English",
            "script": "Latn",
            "role": "official",
        }
    ],
    "calendar": {"fiscal_year": {"month": 4, "day": 1}},
    "currencies": [{"code": "GBP", "minor_digits": 2, "shown_digits": 2}],
    "map": {"lon": 0.0, "lat": 51.0, "zoom": 10, "epsg": 27700},
    "code_systems": [{"id": "own", "names": {"en": "Own codes"}}],
    "partitions": [{"id": "main", "names": {"en": "Main"}}],
    "levels": [
        {
            "id": "district",
            "partition": "main",
            "names": {"en": "District"},
            "table": "district.csv",
            "codes": "own",
            "source": "made up",
        }
    ],
    "phones": {
        "country_code": "44",
        "numbers": [{"number": "999", "emergency": True, "names": {"en": "Emergency"}}],
    },
    "addresses": {
        "schemes": [
            {
                "id": "street",
                "kind": "street",
                "names": {"en": "Street address"},
                "parts": ["number", "street"],
                "template": "{number} {street}",
            }
        ]
    },
    "person_names": {"order": ["given", "family"]},
    "sources": ["made up"],
}
DISTRICTS = "code,name:en,lon,lat\nA,Alpha,0.0,51.0\nB,Beta,0.1,51.0\n"


def write_profile(
    folder: Path, changes: dict[str, Any] | None = None, tables: dict[str, str] | None = None
) -> Path:
    """Write a profile and return its folder.

    A key of `changes` is a path such as ``languages.0.dir``; the value ``None`` takes the field
    away. `tables` are CSV texts by file name.
    """
    content = deepcopy(PLAIN)
    for path, value in (changes or {}).items():
        _put(content, path.split("."), value)
    folder.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    (folder / "city.yaml").write_text(text, encoding="utf-8")
    for name, table in {"district.csv": DISTRICTS, **(tables or {})}.items():
        (folder / name).write_text(table, encoding="utf-8")
    return folder


def _put(content: Any, keys: list[str], value: Any) -> None:
    key: Any = int(keys[0]) if isinstance(content, list) else keys[0]
    if len(keys) > 1:
        _put(content[key], keys[1:], value)
    elif value is None:
        del content[key]
    else:
        content[key] = value
