"""A real two-shard ClickHouse cluster on loopback, of the system's own (old) server package.

Its version, 18.16, knows neither bound parameters nor column codecs nor Arrow: this adapter, for
tests only, writes parameters into the text and speaks tab-separated text over plain HTTP.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import httpx
import pyarrow as pa

from madang.kernel.registry import LakeTable

SERVER = shutil.which("clickhouse-server", path="/usr/bin:/usr/sbin:/usr/local/bin")

_CONFIG = """<yandex>
  <logger><level>warning</level><console>1</console></logger>
  <http_port>{http}</http_port><tcp_port>{tcp}</tcp_port>
  <interserver_http_port>{inter}</interserver_http_port>
  <interserver_http_host>127.0.0.1</interserver_http_host><listen_host>127.0.0.1</listen_host>
  <path>{folder}/data/</path><tmp_path>{folder}/tmp/</tmp_path>
  <user_files_path>{folder}/files/</user_files_path>
  <format_schema_path>{folder}/schemas/</format_schema_path>
  <users_config>{folder}/users.xml</users_config><default_profile>default</default_profile>
  <default_database>default</default_database><timezone>UTC</timezone>
  <mark_cache_size>67108864</mark_cache_size>
  <remote_servers><two>{shards}</two></remote_servers>
</yandex>"""
_SHARD = "<shard><replica><host>127.0.0.1</host><port>{tcp}</port></replica></shard>"
_USERS = """<yandex>
  <profiles><default>
    <insert_distributed_sync>1</insert_distributed_sync>
    <output_format_json_quote_64bit_integers>0</output_format_json_quote_64bit_integers>
  </default></profiles>
  <quotas><default></default></quotas>
  <users><default><password></password><networks><ip>127.0.0.1</ip></networks>
    <profile>default</profile><quota>default</quota></default></users>
</yandex>"""


class Cluster:
    """Two shards; tables are `Distributed` over one MergeTree table on each."""

    def __init__(self, folder: Path) -> None:
        assert SERVER is not None
        ports = [_free_ports(3) for _ in range(2)]
        shards = "".join(_SHARD.format(tcp=tcp) for _, tcp, _ in ports)
        self.urls = [f"http://127.0.0.1:{http}/" for http, _, _ in ports]
        self._servers = []
        for number, (http, tcp, inter) in enumerate(ports):
            home = folder / f"shard{number}"
            (home / "tmp").mkdir(parents=True)
            (home / "users.xml").write_text(_USERS)
            config = _CONFIG.format(http=http, tcp=tcp, inter=inter, folder=home, shards=shards)
            (home / "config.xml").write_text(config)
            with (home / "log").open("wb") as log:
                self._servers.append(
                    subprocess.Popen(
                        [SERVER, f"--config-file={home / 'config.xml'}"],
                        stdout=log,
                        stderr=log,
                        cwd=home,
                    )
                )
        self._await(folder)
        for url in self.urls:
            self.send("CREATE DATABASE lake", url=url)

    def _await(self, folder: Path) -> None:
        deadline = time.monotonic() + 60
        for number, url in enumerate(self.urls):
            while True:
                try:
                    if httpx.get(url, trust_env=False).text == "Ok.\n":
                        break
                except httpx.TransportError:
                    log = (folder / f"shard{number}" / "log").read_text()
                    assert self._servers[number].poll() is None, log[-2000:]
                    assert time.monotonic() < deadline, log[-2000:]
                    time.sleep(0.1)

    def close(self) -> None:
        for server in self._servers:
            server.terminate()
        for server in self._servers:
            server.wait(30)

    def send(self, sql: str, data: bytes = b"", url: str | None = None) -> str:
        answer = httpx.post(
            url or self.urls[0], params={"query": sql}, content=data, timeout=60, trust_env=False
        )
        assert answer.status_code == 200, answer.text
        return answer.text

    def create(self, table: LakeTable) -> None:
        columns = ", ".join(f"{name} {kind}" for name, kind, _codec in table.columns)
        for url in self.urls:
            self.send(
                f"CREATE TABLE lake.{table.name}_shard ({columns}) ENGINE = MergeTree "
                f"PARTITION BY {table.partition_by} ORDER BY ({', '.join(table.order_by)})",
                url=url,
            )
            self.send(
                f"CREATE TABLE lake.{table.name} ({columns}) ENGINE = "
                f"Distributed(two, lake, {table.name}_shard, intHash32({table.order_by[0]}))",
                url=url,
            )

    def insert(self, table: str, rows: pa.Table) -> None:
        columns = [
            column.cast(pa.int64()) if pa.types.is_timestamp(column.type) else column
            for column in rows.columns
        ]
        lines = zip(*(column.to_pylist() for column in columns), strict=True)
        data = "".join("\t".join(map(str, line)) + "\n" for line in lines)
        names = ", ".join(rows.column_names)
        self.send(f"INSERT INTO lake.{table} ({names}) FORMAT TabSeparated", data.encode())

    def query(self, sql: str, parameters: Mapping[str, object]) -> list[tuple]:
        for name, value in parameters.items():
            for kind in ("UInt32", "DateTime"):
                text = f"toDateTime('{value}')" if kind == "DateTime" else str(value)
                sql = sql.replace(f"{{{name}:{kind}}}", text)
        sql = sql.replace(" FROM obs ", " FROM lake.obs ")
        answer = json.loads(self.send(f"{sql} FORMAT JSONCompact"))
        readers = [_READERS.get(column["type"], lambda value: value) for column in answer["meta"]]
        return [
            tuple(read(value) for read, value in zip(readers, row, strict=True))
            for row in answer["data"]
        ]


_READERS = {
    "DateTime": lambda text: dt.datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=dt.UTC),
    "Date": dt.date.fromisoformat,
}


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports
