"""The word index on many machines: OpenSearch behind the port of the embedded one.

Terms come taken apart, so no language analysis is asked of the server: fields are split at spaces
(`whitespace`), and BM25 is its own (k1 1.2, b 0.75, as the embedded one has it). Counts of terms
come from ``_count`` and ``_search``; what was asked is kept until the next commit.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from madang.kernel.errors import Invalid, Unavailable
from madang.search.lexical import ALL, FIELDS, IndexedText, Narrowed, WeightedTerm

if TYPE_CHECKING:
    import httpx

_BULK = 500
_PAGE = 10_000
_MOST_COUNTS = 200_000
_SECONDS = 5.0
_MOST_CLAUSES = 1_000
"""Clauses of a question; the server refuses above 1,024 (indices.query.bool.max_clause_count)."""


class OpenSearchIndex:
    """See `lexical.LexicalIndex`.

    Parameters
    ----------
    url : of the index, ``https://user:password@host:9200/madang``; made where it is absent.
    """

    def __init__(self, url: str) -> None:
        import httpx

        address = httpx.URL(url)
        name = address.path.strip("/")
        if not name or "/" in name:
            raise Invalid(
                "MADANG_SEARCH_INDEX names no index; it is https://host:9200/index",
                {"MADANG_SEARCH_INDEX": "https://host:9200/index"},
            )
        user = (address.username, address.password) if address.username else None
        base = address.copy_with(username=None, password=None, path="/", query=None)
        self._name = name
        self._client = httpx.Client(base_url=base, auth=user, timeout=_SECONDS)
        self._pending: list[dict[str, Any]] = []
        self._counts: dict[tuple[str, bool], int] = {}
        self._size = 0
        try:
            self._make()
            self._look()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def put(self, texts: Iterable[IndexedText]) -> None:
        """See `LexicalIndex.put`; travels at `commit`."""
        for text in texts:
            self._pending += [{"index": {"_id": text.key}}, _document(text)]

    def drop(self, keys: Iterable[str]) -> None:
        """See `LexicalIndex.drop`; travels at `commit`."""
        self._pending += [{"delete": {"_id": key}} for key in keys]

    def commit(self) -> None:
        """See `LexicalIndex.commit`. After a fault nothing is pending: put all of it again.

        Raises
        ------
        Unavailable
            If the server does not take everything.
        """
        pending, self._pending = self._pending, []
        for lines in _batches(pending):
            body = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
            answer = self._ask("POST", f"{self._name}/_bulk", content=body)
            refused = [item for item in answer.get("items", ()) if _is_refused(item)]
            if refused:
                raise Unavailable(f"the index took {len(refused)} entries not: {refused[0]}")
        self._ask("POST", f"{self._name}/_refresh")
        self._look()

    def words(
        self,
        terms: Sequence[WeightedTerm],
        boosts: Mapping[str, float],
        limit: int,
        within: Narrowed = ALL,
    ) -> list[tuple[str, float]]:
        """See `LexicalIndex.words`."""
        return self._ranked(_any("w_", terms, boosts), limit, within)

    def pairs(
        self,
        terms: Sequence[WeightedTerm],
        boosts: Mapping[str, float],
        limit: int,
        within: Narrowed = ALL,
    ) -> list[tuple[str, float]]:
        """See `LexicalIndex.pairs`."""
        return self._ranked(_any("p_", terms, boosts), limit, within)

    def frequency(self, term: str, *, pairs: bool = False) -> int:
        """See `LexicalIndex.frequency`."""
        known = self._counts.get((term, pairs))
        if known is None:
            prefix = "p_" if pairs else "w_"
            searches = "".join(
                "{}\n" + json.dumps({"size": 0, "track_total_hits": True,
                                     "query": {"term": {prefix + field: term}}}) + "\n"
                for field in FIELDS
            )  # fmt: skip
            answer = self._ask("POST", f"{self._name}/_msearch", content=searches)
            known = max(_total(one) for one in answer["responses"])
            if len(self._counts) < _MOST_COUNTS:
                self._counts[term, pairs] = known
        return known

    def holding(self, key: str, terms: Sequence[str], *, pairs: bool = False) -> set[str]:
        """See `LexicalIndex.holding`."""
        prefix, found = "p_" if pairs else "w_", self._source(key)
        held = {term for field in FIELDS for term in found.get(prefix + field, "").split()}
        return held & set(terms)

    def title_pairs(self, key: str) -> tuple[str, ...]:
        """See `LexicalIndex.title_pairs`."""
        return tuple(self._source(key).get("p_title", "").split())

    def beginning_with(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        """See `LexicalIndex.beginning_with`."""
        found: dict[str, int] = {}
        for field in FIELDS:
            terms = {"field": f"w_{field}", "size": limit, "include": _begins(prefix)}
            body = {"size": 0, "aggs": {"words": {"terms": terms}}}
            answer = self._ask("POST", f"{self._name}/_search", json=body)
            for bucket in answer["aggregations"]["words"]["buckets"]:
                word, count = str(bucket["key"]), int(bucket["doc_count"])
                found[word] = max(found.get(word, 0), count)
        return sorted(found.items(), key=lambda item: (-item[1], item[0]))[:limit]

    def stored(self, keys: Sequence[str]) -> dict[str, bytes]:
        """See `LexicalIndex.stored`."""
        if not keys:
            return {}
        answer = self._ask(
            "POST", f"{self._name}/_mget", json={"ids": list(keys)},
            params={"_source_includes": "stored"},
        )  # fmt: skip
        return {
            one["_id"]: base64.b64decode(one["_source"]["stored"])
            for one in answer["docs"]
            if one.get("found")
        }

    def keys(self, within: Narrowed) -> set[str]:
        """See `LexicalIndex.keys`."""
        found: set[str] = set()
        after: list[Any] | None = None
        while True:
            body: dict[str, Any] = {
                "size": _PAGE, "_source": False, "sort": [{"key": "asc"}],
                "query": _narrowed({"match_all": {}}, within),
            }  # fmt: skip
            if after is not None:
                body["search_after"] = after
            hits = self._ask("POST", f"{self._name}/_search", json=body)["hits"]["hits"]
            found |= {hit["_id"] for hit in hits}
            if len(hits) < _PAGE:
                return found
            after = hits[-1]["sort"]

    def counts(
        self, terms: Sequence[WeightedTerm], facet: str, within: Narrowed = ALL
    ) -> dict[str, int]:
        """See `LexicalIndex.counts`."""
        values = {"field": "facet", "size": 1000, "include": _begins(f"{facet}=")}
        matched = _any("w_", terms, dict.fromkeys(FIELDS, 1.0))
        body = {
            "size": 0,
            "query": _narrowed(matched, within),
            "aggs": {"values": {"terms": values}},
        }
        answer = self._ask("POST", f"{self._name}/_search", json=body)
        buckets = answer["aggregations"]["values"]["buckets"]
        return {one["key"].partition("=")[2]: int(one["doc_count"]) for one in buckets}

    def __len__(self) -> int:
        return self._size

    def _source(self, key: str) -> dict[str, Any]:
        docs = self._ask("POST", f"{self._name}/_mget", json={"ids": [key]})["docs"]
        found: dict[str, Any] = docs[0]["_source"] if docs[0].get("found") else {}
        return found

    def _ranked(
        self, query: dict[str, Any], limit: int, within: Narrowed
    ) -> list[tuple[str, float]]:
        if not query["bool"]["should"]:
            return []
        body = {"size": limit, "_source": False, "query": _narrowed(query, within)}
        hits = self._ask("POST", f"{self._name}/_search", json=body)["hits"]["hits"]
        return [(hit["_id"], float(hit["_score"])) for hit in hits]

    def _make(self) -> None:
        """Make the index where it is absent."""
        if self._send("HEAD", self._name).status_code == 404:
            answer = self._send("PUT", self._name, json=_SETTINGS)
            # another process may have made it in between
            if answer.status_code not in (200, 400):
                self._checked(answer)

    def _look(self) -> None:
        self._counts = {}
        self._size = int(self._ask("GET", f"{self._name}/_count")["count"])

    def _ask(self, method: str, path: str, **what: Any) -> dict[str, Any]:
        if "content" in what:
            what["headers"] = {"Content-Type": "application/x-ndjson"}
        return self._checked(self._send(method, path, **what))

    def _send(self, method: str, path: str, **what: Any) -> httpx.Response:
        import httpx

        try:
            return self._client.request(method, path, **what)
        except httpx.HTTPError as fault:
            raise Unavailable(f"the word index does not answer: {fault}") from fault

    def _checked(self, answer: httpx.Response) -> dict[str, Any]:
        if answer.is_error:
            raise Unavailable(f"the word index answers {answer.status_code}: {answer.text[:300]}")
        try:
            found: dict[str, Any] = answer.json()
        except ValueError as fault:
            raise Unavailable(f"the word index answers what is no JSON: {fault}") from fault
        return found


_TERMS = {"type": "text", "analyzer": "whitespace", "norms": True, "index_options": "freqs"}
_SETTINGS = {
    "settings": {"index": {"refresh_interval": "-1"}},
    "mappings": {
        "dynamic": "strict",
        "properties": {
            "key": {"type": "keyword"},
            "kind": {"type": "keyword"},
            "facet": {"type": "keyword"},
            "stored": {"type": "binary"},
            # words are counted by prefix for suggestions; pairs never are
            **{f"w_{field}": {**_TERMS, "fielddata": True} for field in FIELDS},
            **{f"p_{field}": _TERMS for field in FIELDS},
        },
    },
}


def _document(text: IndexedText) -> dict[str, Any]:
    fields = {
        prefix + name: " ".join(terms)
        for prefix, by_name in (("w_", text.words), ("p_", text.pairs))
        for name, terms in by_name.items()
        if terms
    }
    return {
        "key": text.key,
        "kind": text.kind,
        "facet": [f"{name}={value}" for name, values in text.facets.items() for value in values],
        "stored": base64.b64encode(text.stored).decode(),
        **fields,
    }


def _any(prefix: str, terms: Sequence[WeightedTerm], boosts: Mapping[str, float]) -> dict[str, Any]:
    clauses = [
        {"term": {prefix + field: {"value": each.term, "boost": each.weight * boost}}}
        for each in terms
        for field, boost in boosts.items()
        if boost > 0
    ]
    return {"bool": {"should": clauses[:_MOST_CLAUSES], "minimum_should_match": 1}}


def _narrowed(query: dict[str, Any], within: Narrowed) -> dict[str, Any]:
    filters: list[dict[str, Any]] = []
    if within.kinds:
        filters.append({"terms": {"kind": list(within.kinds)}})
    for name, values in within.facets.items():
        filters.append({"terms": {"facet": [f"{name}={value}" for value in values]}})
    return {"bool": {"must": [query], "filter": filters}} if filters else query


def _begins(prefix: str) -> str:
    """Return the server's regular expression for what begins so."""
    return "".join(c if c.isalnum() else f"\\{c}" for c in prefix) + ".*"


def _total(answer: Mapping[str, Any]) -> int:
    if "error" in answer:
        raise Unavailable(f"the word index answers: {answer['error']}")
    return int(answer["hits"]["total"]["value"])


def _is_refused(item: Mapping[str, Any]) -> bool:
    """Return whether one line was not taken; dropping what is not there is no fault."""
    ((verb, told),) = item.items()
    return told["status"] >= 300 and not (verb == "delete" and told["status"] == 404)


def _batches(lines: Sequence[dict[str, Any]]) -> Iterator[Sequence[dict[str, Any]]]:
    """Yield the lines in parts that hold whole entries."""
    start = 0
    while start < len(lines):
        end = start
        while end < len(lines) and end - start < 2 * _BULK:
            end += 2 if "index" in lines[end] else 1
        yield lines[start:end]
        start = end
