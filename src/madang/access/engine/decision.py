"""What the guard decides, as a plain value."""

from __future__ import annotations

from dataclasses import dataclass

PLAIN = "plain"  # the class of columns that say nothing of the person: ids, states, dates
EVERY = "*"  # all classes of columns
ROWS = ("none", "own", "represented", "case", "own-departments", "own-districts", "all")


@dataclass(frozen=True)
class Decision:
    """The answer to: may this actor do this to that data set, for this purpose?

    Parameters
    ----------
    columns : classes of columns that open; ``*`` for all.
    rows : words of `ROWS`; a row opens where one of them fits. ``all`` needs no other.
    obligations : what the opening obliges to, such as ``notify-subject``.
    bases : legal bases of the policies that let the actor in.
    policies : ids of the policies that decided.
    """

    is_allowed: bool
    columns: frozenset[str] = frozenset()
    rows: frozenset[str] = frozenset()
    obligations: frozenset[str] = frozenset()
    bases: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()

    def opens(self, column_class: str) -> bool:
        """Return whether columns of that class may be read."""
        return self.is_allowed and (EVERY in self.columns or column_class in self.columns)

    @property
    def opens_every_row(self) -> bool:
        """True where no row filter applies."""
        return self.is_allowed and "all" in self.rows
