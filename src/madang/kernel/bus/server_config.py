"""The text of the bus server's configuration."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import bcrypt

from madang.kernel.bus.access import INTERNAL_USER, DeviceUser, internal_password
from madang.kernel.config import Settings

MAX_PAYLOAD = 8 << 20  # bytes; the largest that the NATS documentation advises
MAX_PENDING = 256 << 20  # bytes on their way to one client before it is cut off as too slow


def config_text(settings: Settings, *, capacity: int, pid_file: Path, users_file: str) -> str:
    """Return the configuration: loopback for us, MQTT for devices, every write on disk.

    Parameters
    ----------
    capacity : bytes that all streams together may take.
    users_file : name of the file beside this one that holds the users; a reload reads it anew.
    """
    return f"""\
# Written by madang at each start; changes here are lost.
server_name: madang
host: 127.0.0.1
port: {settings.bus_port}
http: "127.0.0.1:{settings.bus_monitor_port}"
pid_file: {json.dumps(str(pid_file))}
max_payload: {MAX_PAYLOAD}
max_pending: {MAX_PENDING}
jetstream {{
  store_dir: {json.dumps(str(settings.data / "bus"))}
  sync_interval: always
  max_file_store: {capacity}
  max_memory_store: {256 << 20}
}}
mqtt {{
  host: {json.dumps(settings.host)}
  port: {settings.mqtt_port}
}}
authorization {{
  timeout: 10
  include {json.dumps(users_file)}
}}
"""


def users_text(settings: Settings, devices: Iterable[DeviceUser]) -> str:
    """Return the list of users: ourselves with all rights, gateways with their own topics."""
    users = ",\n".join([_internal(settings), *(_device(user) for user in devices)])
    return f"users: [\n{users}\n]\n"


def _internal(settings: Settings) -> str:
    hashed = bcrypt.hashpw(internal_password(settings).encode(), bcrypt.gensalt(rounds=5))
    return f'  {{user: "{INTERNAL_USER}", password: "{hashed.decode("ascii")}"}}'


def _device(user: DeviceUser) -> str:
    """Return one gateway's rights: its own topics, and the inner subjects that MQTT needs."""
    publish = json.dumps([f"gw.{user.gateway}.>", "$MQTT.deliver.pubrel.>"])
    subscribe = json.dumps([f"gw.{user.gateway}.>", "$MQTT.sub.>", "$MQTT.deliver.pubrel.>"])
    return (
        f'  {{user: "{user.gateway}", password: "{user.key_hash}", '
        f'allowed_connection_types: ["MQTT"], '
        f"permissions: {{publish: {publish}, subscribe: {subscribe}}}}}"
    )
