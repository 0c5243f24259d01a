"""Rows are locked inside a transaction only: PostgreSQL refuses anything else."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.row_locks import bare_locks, graph_of
from tests.architecture.source import Module, modules


def test_every_row_lock_is_asked_for_inside_a_transaction():
    graph = graph_of(modules())
    assert len(graph.locks) > 50  # it reads what it is to read
    assert bare_locks(graph) == []


DOOR = "from django.db import transaction\nfrom madang.b import take\n"
LOCKS = "def take(pk, locked=True):\n    rows = Row.objects\n"
BARE = f"{LOCKS}    return rows.select_for_update().get(pk=pk)\n"
WHERE_ASKED = f"{LOCKS}    return (rows.select_for_update() if locked else rows).get(pk=pk)\n"


def told(tmp_path: Path, **sources: str) -> list[str]:
    """Return what is told of a package of these modules."""
    found = []
    for name, text in sources.items():
        path = tmp_path / f"{name}.py"
        path.write_text(text, encoding="utf-8")
        found.append(Module(f"madang.{name}", path))
    return bare_locks(graph_of(tuple(found)))


@pytest.mark.parametrize(
    "text",
    [
        f"{DOOR}def go(pk):\n    take(pk)\n",
        f"{DOOR}def go(pk):\n    with transaction.atomic():\n        pass\n    take(pk)\n",
        f"{DOOR}def go(pk):\n    with transaction.atomic():\n"
        "        transaction.on_commit(partial(take, pk))\n",
        f"{DOOR}def go(pk):\n    with transaction.atomic():\n        def later():\n"
        "            take(pk)\n        keep(later)\n",
        f"{DOOR}JOBS = (take,)\n",
        "def other():\n    pass\n",
    ],
)
def test_a_lock_that_some_way_leads_to_without_a_transaction_is_told(tmp_path, text):
    assert told(tmp_path, a=text, b=BARE)


@pytest.mark.parametrize(
    "text",
    [
        f"{DOOR}def go(pk):\n    with transaction.atomic():\n        take(pk)\n",
        f"{DOOR}@transaction.atomic\ndef go(pk):\n    take(pk)\n",
        f"{DOOR}def step(pk):\n    take(pk)\ndef go(pk):\n    with transaction.atomic():\n"
        "        step(pk)\n",
        "from django.db import transaction\nfrom madang import b\ndef go(pk):\n"
        "    with open(pk), transaction.atomic(durable=True):\n        b.take(pk)\n",
    ],
)
def test_a_lock_within_a_transaction_of_its_caller_is_not(tmp_path, text):
    assert told(tmp_path, a=text, b=BARE) == []


def test_a_lock_that_is_asked_for_by_a_parameter_counts_where_it_is_given(tmp_path):
    looks = f"{DOOR}def go(pk):\n    take(pk, locked=False)\n"
    locks = f"{DOOR}def go(pk):\n    take(pk, locked=True)\n"
    assert told(tmp_path, a=looks, b=WHERE_ASKED) == []
    assert told(tmp_path, a=locks, b=WHERE_ASKED)
