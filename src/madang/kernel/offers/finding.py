"""What a room lets people find: its services, offices, pages, data."""

from __future__ import annotations

from dataclasses import dataclass

from madang.kernel.offers.target import Target


@dataclass(frozen=True)
class SearchSource:
    """Things of a room that search finds; values are those of ``kernel.findable``.

    Nothing personal may be among them: everybody finds them.

    Parameters
    ----------
    name : short name of the source; its things are known as ``name:id``.
    findables : ``f(ids: Collection[str] | None) -> Iterable[Findable]``: those named, or all.
    editions : ``f() -> Mapping[str, str]``: what says that a thing has changed, by id, where that
        is quicker to tell than its texts; without it all texts are read again at each look. With
        neither `editions` nor `changed` they are read once in the life of a process.
    answer : ``f(id: str, *, language: str, district: str) -> DirectAnswer | None``: the key facts
        of one thing, in the language that is in force where it is called.
    changed : (name of an event, its field that holds an id): the thing changed; an empty field
        stands for all things of the source.
    """

    name: str
    findables: Target
    editions: Target = ""
    answer: Target = ""
    changed: tuple[tuple[str, str], ...] = ()
