"""What a decision table did: the values it looked at and the rows that held."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from madang.services.engine.dmn.table import Rule, Table


@dataclass(frozen=True, slots=True)
class Hit:
    """One run of a table; `rows` count from 0, of those that held in the order of the table."""

    owner: str
    table: Table
    values: tuple[Any, ...]
    rows: tuple[int, ...]
    outcome: Any

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rows that held."""
        return tuple(self.table.rules[row] for row in self.rows)
