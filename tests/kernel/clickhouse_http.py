"""ClickHouse's HTTP interface in front of chdb, for tests of our own HTTP store.

chdb is today's ClickHouse without a server. This front gives it the one door that the store
uses: statements with bound parameters and settings, answers and inserts as Arrow streams.
"""

from __future__ import annotations

import re
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import chdb

_SETTINGS = ("max_execution_time", "max_memory_usage", "insert_deduplication_token", "readonly")


class _Door(BaseHTTPRequestHandler):
    path_of_store = ""
    writing = threading.Lock()

    def do_POST(self) -> None:
        query = dict(parse_qsl(urlsplit(self.path).query, keep_blank_values=True))
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        statement = query.pop("query")
        bound = {k.removeprefix("param_"): v for k, v in query.items() if k.startswith("param_")}
        connection = chdb.connect(self.path_of_store)
        try:
            connection.query(f"USE {query.get('database', 'default')}")
            self._answer(200, self._run(connection, statement, body, bound, query))
        except RuntimeError as error:
            self._answer(500, str(error).encode())
        finally:
            connection.close()

    def _run(self, connection, statement: str, body: bytes, bound: dict, query: dict) -> bytes:
        settings = {name: query[name] for name in _SETTINGS if name in query}
        if insert := re.fullmatch(r"(INSERT INTO .*) FORMAT ArrowStream", statement):
            with tempfile.NamedTemporaryFile(suffix=".arrow") as file, self.writing:
                Path(file.name).write_bytes(body)
                token = settings["insert_deduplication_token"].replace("'", "\\'")
                connection.query(
                    f"{insert[1]} SELECT * FROM file('{file.name}', 'ArrowStream') "
                    f"SETTINGS insert_deduplication_token = '{token}', "
                    f"max_partitions_per_insert_block = {query['max_partitions_per_insert_block']}"
                )
            return b""
        for name, value in settings.items():
            connection.query(f"SET {name} = {value}")
        plain, _, form = statement.partition(" FORMAT ")
        return connection.query(plain, form or "Null", params=bound).bytes()

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_parts: object) -> None:
        """Say nothing."""


class Front:
    """A running front; `url` is where it listens."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._keeping = chdb.connect(str(folder))
        door = type("Door", (_Door,), {"path_of_store": str(folder)})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), door)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        self._keeping.close()
