"""What was entered a moment ago is known to the doors, whoever read the directory meanwhile."""

from __future__ import annotations

import asyncio

from madang.telemetry.doors.directory import Directory
from madang.telemetry.doors.state import Doors


class Register:
    """A system of record that takes two turns to answer; counts how often it is asked."""

    def __init__(self) -> None:
        self.version = 0
        self.asked = 0
        self.house = Doors(None, None, Directory(version=0), refresh=self.read)

    async def read(self) -> bool:
        self.asked += 1
        found = self.version
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        if found == self.house.directory.version:
            return False
        self.house.directory = Directory(version=found)
        return True


def test_a_reading_that_had_begun_before_the_entry_is_not_taken_for_an_answer():
    async def run() -> tuple[bool, int]:
        register = Register()
        first = asyncio.create_task(register.house.caught_up(register.house.directory))
        await asyncio.sleep(0)
        await asyncio.sleep(0)  # the first reading has asked
        register.version = 1  # a gateway is entered
        known = register.house.directory
        found = await register.house.caught_up(known)
        await first
        return found, register.house.directory.version

    assert asyncio.run(run()) == (True, 1)


def test_a_directory_read_by_somebody_else_meanwhile_counts():
    async def run() -> bool:
        register = Register()
        known = register.house.directory
        register.version = 1
        await register.read()  # the poll was quicker
        return await register.house.caught_up(known)

    assert asyncio.run(run())


def test_many_who_come_together_share_one_reading():
    async def run() -> int:
        register = Register()
        register.version = 1
        known = register.house.directory
        found = await asyncio.gather(*(register.house.caught_up(known) for _ in range(50)))
        assert all(found)
        return register.asked

    assert asyncio.run(run()) <= 2
