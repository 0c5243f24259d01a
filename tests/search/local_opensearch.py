"""A small server that answers the requests of the adapter as OpenSearch documents them.

Index, bulk, refresh, count, search (bool, term, terms, match_all; terms aggregations with a regular
expression; search_after), msearch and mget. What is put is seen after a refresh; fields outside the
mapping are refused; scores are BM25 (k1 1.2, b 0.75). It keeps the adapter's words honest; how
fast or exact the real one is, only the real one says.
"""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import log
from typing import Any

K1, B = 1.2, 0.75


class Index:
    def __init__(self, settings: dict[str, Any]) -> None:
        self.properties = settings["mappings"]["properties"]
        self.waiting: dict[str, dict[str, Any]] = {}
        self.seen: dict[str, dict[str, Any]] = {}

    def values(self, field: str, document: dict[str, Any]) -> list[str]:
        value = document.get(field, [])
        if self.properties[field]["type"] == "text":
            return str(value).split() if value else []
        return [value] if isinstance(value, str) else list(value)

    def bulk(self, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
        items, at = [], 0
        while at < len(lines):
            ((verb, told),) = lines[at].items()
            key = told["_id"]
            if verb == "delete":
                there = self.waiting.pop(key, None) is not None
                items.append({"delete": {"_id": key, "status": 200 if there else 404}})
                at += 1
                continue
            document = lines[at + 1]
            unknown = set(document) - set(self.properties)
            if unknown:
                fault = {"type": "strict_dynamic_mapping_exception", "reason": str(unknown)}
                items.append({"index": {"_id": key, "status": 400, "error": fault}})
            else:
                self.waiting[key] = document
                items.append({"index": {"_id": key, "status": 201}})
            at += 2
        return items

    def scores(self, query: dict[str, Any]) -> dict[str, float]:
        ((kind, told),) = query.items()
        if kind == "match_all":
            return dict.fromkeys(self.seen, 1.0)
        if kind == "terms":
            ((field, wanted),) = told.items()
            return {
                key: 1.0 for key, d in self.seen.items() if set(self.values(field, d)) & set(wanted)
            }
        if kind == "term":
            return self._term(told)
        assert kind == "bool", kind
        found: Counter[str] = Counter()
        if "should" in told:
            assert len(told["should"]) <= 1024, "too_many_clauses"
            for one in told["should"]:
                found.update(self.scores(one))
        for one in told.get("must", ()):
            found.update(self.scores(one))
        for one in told.get("filter", ()):
            kept = self.scores(one)
            found = Counter({key: score for key, score in found.items() if key in kept})
        return dict(found)

    def _term(self, told: dict[str, Any]) -> dict[str, float]:
        ((field, wanted),) = told.items()
        term, boost = (
            (wanted["value"], wanted["boost"]) if isinstance(wanted, dict) else (wanted, 1)
        )
        holding = {key: self.values(field, d) for key, d in self.seen.items()}
        with_field = [values for values in holding.values() if values]
        count = sum(term in values for values in with_field)
        if not count:
            return {}
        mean = sum(map(len, with_field)) / len(with_field)
        idf = log(1 + (len(with_field) - count + 0.5) / (count + 0.5))
        found = {}
        for key, values in holding.items():
            if n := values.count(term):
                norm = K1 * (1 - B + B * len(values) / mean)
                found[key] = boost * idf * n / (n + norm)
        return found

    def search(self, body: dict[str, Any]) -> dict[str, Any]:
        scores = self.scores(body.get("query", {"match_all": {}}))
        order = sorted(scores, key=lambda key: (-scores[key], key))
        if "sort" in body:
            order = sorted(scores)
            if "search_after" in body:
                order = [key for key in order if key > body["search_after"][0]]
        hits = [{"_id": key, "_score": scores[key], "sort": [key]} for key in order[: body["size"]]]
        answer: dict[str, Any] = {"hits": {"total": {"value": len(scores)}, "hits": hits}}
        for name, told in body.get("aggs", {}).items():
            terms = told["terms"]
            assert self.properties[terms["field"]].get("fielddata", True)
            counts: Counter[str] = Counter()
            for key in scores:
                counts.update(set(self.values(terms["field"], self.seen[key])))
            kept = [v for v in counts if re.fullmatch(terms["include"], v)]
            kept.sort(key=lambda v: (-counts[v], v))
            buckets = [{"key": v, "doc_count": counts[v]} for v in kept[: terms["size"]]]
            answer.setdefault("aggregations", {})[name] = {"buckets": buckets}
        return answer


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: Any) -> None:
        pass

    def _say(self, status: int, answer: Any = None) -> None:
        body = b"" if answer is None else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _any(self) -> None:
        data = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        name, _, what = self.path.partition("?")[0].strip("/").partition("/")
        if self.command == "HEAD":
            return self._say(200 if name in self.server.indices else 404)
        if self.command == "PUT":
            self.server.indices[name] = Index(json.loads(data))
            return self._say(200, {"acknowledged": True})
        if name not in self.server.indices:
            return self._say(404, {"error": "index_not_found_exception"})
        return self._say(200, self._answer(self.server.indices[name], what, data))

    def _answer(self, index: Index, what: str, data: str) -> Any:
        if what in ("_bulk", "_msearch"):
            assert self.headers["Content-Type"] == "application/x-ndjson"
            lines = [json.loads(line) for line in data.splitlines()]
            if what == "_bulk":
                items = index.bulk(lines)
                return {"errors": any(
                    next(iter(i.values()))["status"] >= 300 for i in items
                ), "items": items}  # fmt: skip
            return {"responses": [index.search(body) for body in lines[1::2]]}
        if what == "_refresh":
            index.seen = dict(index.waiting)
            return {}
        if what == "_count":
            return {"count": len(index.seen)}
        if what == "_mget":
            docs = []
            for key in json.loads(data)["ids"]:
                held = index.waiting.get(key)
                docs.append({"_id": key, "found": held is not None,
                             **({"_source": held} if held else {})})  # fmt: skip
            return {"docs": docs}
        assert what == "_search", what
        return index.search(json.loads(data))

    do_GET = do_POST = do_PUT = do_HEAD = _any  # noqa: N815 - names of the handler's class


class LocalOpenSearch:
    """The server in a thread; use as a context manager. `url` has no slash at its end."""

    def __init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        self._server.indices = {}  # type: ignore[attr-defined]
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> LocalOpenSearch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
