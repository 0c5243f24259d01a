"""Small types that the files of a package share."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

Slug = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9-]*$", max_length=80)]
FactName = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Text = Annotated[str, Meta(min_length=1, max_length=4000)]
Tag = Annotated[str, Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Version = Annotated[str, Meta(pattern=r"^\d+\.\d+\.\d+$")]
Feel = Annotated[str, Meta(min_length=1, max_length=4000)]
Count = Annotated[int, Meta(ge=0)]

FactType = Literal[
    "string", "number", "boolean", "date", "time", "date and time", "list<string>", "list<number>"
]


class Law(Struct, frozen=True, forbid_unknown_fields=True):
    """A provision that something rests on.

    law: name of the act or ordinance.
    article: the part that matters, such as `제16조제1항`.
    url: where it can be read.
    """

    law: Text
    article: Text
    url: str = ""
