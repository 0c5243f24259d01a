"""The MQTT side of the stream process: the bridge, and the gateways as users of the bus."""

from __future__ import annotations

import asyncio
import logging

from madang.kernel.bus import mqtt as bus_mqtt
from madang.kernel.bus.access import DeviceUser
from madang.kernel.bus.server import set_devices
from madang.kernel.config import settings
from madang.telemetry.doors.directory import Directory
from madang.telemetry.doors.mqtt import DURABLE, take_stored, take_unconfirmed
from madang.telemetry.doors.state import Doors, opened

_FORMER = "mqtt-bridge"  # a consumer that let go of all before a message, too

log = logging.getLogger(__name__)


async def run_bridge() -> None:
    """Let gateways in over MQTT and take over what they publish, for the life of the process.

    The consumer of the stored messages is made before any gateway is let in: from the first PUBACK
    on, what was acknowledged is kept until the bridge has it.
    """
    house = await opened()
    await bus_mqtt.ensure_intake(house.bus, DURABLE)
    await house.bus.forget_durable(bus_mqtt.STREAM, _FORMER)
    async with asyncio.TaskGroup() as group:
        group.create_task(take_stored(house))
        group.create_task(take_unconfirmed(house))
        group.create_task(_keep_users(house))


async def _keep_users(house: Doors) -> None:
    """Tell the bus server its users whenever gateways, keys or rights changed."""
    known: frozenset[DeviceUser] | None = None
    while True:
        seen = house.directory
        users = users_of(seen)
        if users != known:
            await asyncio.to_thread(set_devices, settings(), sorted(users, key=_name))
            log.info("%d gateways may speak MQTT", len(users))
            known = users
        async with house.changed:
            while house.directory is seen:
                await house.changed.wait()


def users_of(directory: Directory) -> frozenset[DeviceUser]:
    """Return the bus users that follow from the directory."""
    return frozenset(
        DeviceUser(device.name, device.bus_hash)
        for device in directory.by_name.values()
        if device.enabled and device.may_observe and device.bus_hash
    )


def _name(user: DeviceUser) -> str:
    return user.gateway
