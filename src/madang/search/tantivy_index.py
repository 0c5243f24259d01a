"""The embedded word index: tantivy, in memory or in a folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from madang.search.lexical import ALL, FIELDS, IndexedText, Narrowed, WeightedTerm

_HEAP = 64_000_000
_KEPT = 400_000  # numbers and keys of one state of the index that are remembered
_KEY, _KIND, _FACET, _STORED = "key", "kind", "facet", "stored"


class TantivyIndex:
    """See `lexical.LexicalIndex`. One writer at a time; readers never wait for it.

    Parameters
    ----------
    folder : where it lies; None keeps it in memory.
    threads : of the writer.
    """

    def __init__(self, folder: Path | None = None, threads: int = 1) -> None:
        import tantivy

        self._tantivy = tantivy
        self._schema = _schema(tantivy)
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        self._index = tantivy.Index(self._schema, None if folder is None else str(folder))
        self._threads = threads
        self._open: Any = None
        self._view = _View(self._index.searcher())

    def put(self, texts: Iterable[IndexedText]) -> None:
        """See `LexicalIndex.put`."""
        writer = self._writer()
        fresh = len(self) == 0
        seen: set[str] = set()
        for text in texts:
            if not fresh or text.key in seen:
                writer.delete_documents_by_term(_KEY, text.key)
            seen.add(text.key)
            writer.add_document(self._document(text))

    def drop(self, keys: Iterable[str]) -> None:
        """See `LexicalIndex.drop`."""
        writer = self._writer()
        for key in keys:
            writer.delete_documents_by_term(_KEY, key)

    def commit(self) -> None:
        """See `LexicalIndex.commit`."""
        if self._open is not None:
            self._open.commit()
            # The writer holds its heap for as long as it lives; changes are few and far between.
            self._open.wait_merging_threads()
            self._open = None
            self._index.reload()
            self._view = _View(self._index.searcher())

    def words(
        self,
        terms: Sequence[WeightedTerm],
        boosts: Mapping[str, float],
        limit: int,
        within: Narrowed = ALL,
    ) -> list[tuple[str, float]]:
        """See `LexicalIndex.words`."""
        return self._ranked(self._any("w_", terms, boosts), limit, within)

    def pairs(
        self,
        terms: Sequence[WeightedTerm],
        boosts: Mapping[str, float],
        limit: int,
        within: Narrowed = ALL,
    ) -> list[tuple[str, float]]:
        """See `LexicalIndex.pairs`."""
        return self._ranked(self._any("p_", terms, boosts), limit, within)

    def frequency(self, term: str, *, pairs: bool = False) -> int:
        """See `LexicalIndex.frequency`."""
        known = self._view.frequencies
        count = known.get((pairs, term))
        if count is None:
            if len(known) > _KEPT:
                known.clear()
            prefix = "p_" if pairs else "w_"
            count = max(self._frequency(prefix + name, term) for name in FIELDS)
            known[pairs, term] = count
        return count

    def _frequency(self, field: str, term: str) -> int:
        view = self._view
        count = view.counts.get((field, term))
        if count is None:
            if len(view.counts) > _KEPT:
                view.counts.clear()
            count = view.counts[field, term] = view.searcher.doc_freq(field, term)
        return count

    def holding(self, key: str, terms: Sequence[str], *, pairs: bool = False) -> set[str]:
        """See `LexicalIndex.holding`."""
        prefix, make = "p_" if pairs else "w_", self._tantivy.Query
        must = self._tantivy.Occur.Must
        this = make.term_query(self._schema, _KEY, key)
        found = set()
        for term in terms:
            fields = [f for f in FIELDS if self._frequency(prefix + f, term)]
            asked = [make.term_query(self._schema, prefix + f, term, "basic") for f in fields]
            if asked:
                query = make.boolean_query(
                    [(must, this), (must, make.disjunction_max_query(asked))]
                )
                if self._view.searcher.search(query, limit=1, count=False).hits:
                    found.add(term)
        return found

    def title_pairs(self, key: str) -> tuple[str, ...]:
        """See `LexicalIndex.title_pairs`."""
        query = self._tantivy.Query.term_query(self._schema, _KEY, key)
        searcher = self._view.searcher
        hits = searcher.search(query, limit=1, count=False).hits
        if not hits:
            return ()
        return tuple((searcher.doc(hits[0][1]).get_first("p_title") or "").split())

    def beginning_with(self, prefix: str, limit: int) -> list[tuple[str, int]]:
        """See `LexicalIndex.beginning_with`."""
        searcher, found = self._view.searcher, dict[str, int]()
        for field in FIELDS:
            for term, count in searcher.terms_with_prefix("w_" + field, prefix, limit=limit):
                found[term] = max(found.get(term, 0), count)
        return sorted(found.items(), key=lambda item: (-item[1], item[0]))[:limit]

    def stored(self, keys: Sequence[str]) -> dict[str, bytes]:
        """See `LexicalIndex.stored`."""
        if not keys:
            return {}
        query = self._tantivy.Query.term_set_query(self._schema, _KEY, list(keys))
        searcher = self._view.searcher
        hits = searcher.search(query, limit=len(keys), count=False).hits
        documents = [searcher.doc(address) for _, address in hits]
        return {d.get_first(_KEY): bytes(d.get_first(_STORED) or b"") for d in documents}

    def keys(self, within: Narrowed) -> set[str]:
        """See `LexicalIndex.keys`."""
        query = self._narrowed(self._tantivy.Query.all_query(), within)
        view = self._view
        hits = view.searcher.search(query, limit=max(len(self), 1), count=False).hits
        return {view.key(address) for _, address in hits}

    def counts(
        self, terms: Sequence[WeightedTerm], facet: str, within: Narrowed = ALL
    ) -> dict[str, int]:
        """See `LexicalIndex.counts`."""
        # Facet values are few; each is counted by its own query over the same terms.
        prefix = f"{facet}="
        matched = self._any("w_", terms, dict.fromkeys(FIELDS, 1.0))
        found = {}
        for value, _ in self._view.searcher.terms_with_prefix(_FACET, prefix):
            narrowed = Narrowed(within.kinds, {**within.facets, facet: (value[len(prefix) :],)})
            query = self._narrowed(matched, narrowed)
            count = self._view.searcher.search(query, limit=1, count=True).count
            if count:
                found[value[len(prefix) :]] = count
        return found

    def __len__(self) -> int:
        return int(self._view.searcher.num_docs)

    def _writer(self) -> Any:
        if self._open is None:
            self._open = self._index.writer(_HEAP, self._threads)
        return self._open

    def _document(self, text: IndexedText) -> Any:
        document = self._tantivy.Document()
        document.add_text(_KEY, text.key)
        document.add_text(_KIND, text.kind)
        document.add_bytes(_STORED, text.stored)
        for name, values in text.facets.items():
            for value in values:
                document.add_text(_FACET, f"{name}={value}")
        for prefix, fields in (("w_", text.words), ("p_", text.pairs)):
            for name, terms in fields.items():
                if terms:
                    document.add_text(prefix + name, " ".join(terms))
        return document

    def _any(self, prefix: str, terms: Sequence[WeightedTerm], boosts: Mapping[str, float]) -> Any:
        query = self._tantivy.Query
        should = self._tantivy.Occur.Should
        return query.boolean_query(
            [
                (
                    should,
                    query.boost_query(
                        query.term_query(self._schema, prefix + field, each.term, "freq"),
                        each.weight * boost,
                    ),
                )
                for each in terms
                for field, boost in boosts.items()
                if boost > 0 and self._frequency(prefix + field, each.term)
            ]
        )

    def _narrowed(self, query: Any, within: Narrowed) -> Any:
        must = self._tantivy.Occur.Must
        make = self._tantivy.Query
        asked = [(must, query)]
        if within.kinds:
            kinds = make.term_set_query(self._schema, _KIND, list(within.kinds))
            asked.append((must, make.const_score_query(kinds, 0.0)))
        for name, values in within.facets.items():
            those = make.term_set_query(self._schema, _FACET, [f"{name}={v}" for v in values])
            asked.append((must, make.const_score_query(those, 0.0)))
        return make.boolean_query(asked) if len(asked) > 1 else query

    def _ranked(self, query: Any, limit: int, within: Narrowed) -> list[tuple[str, float]]:
        view = self._view
        hits = view.searcher.search(self._narrowed(query, within), limit=limit, count=False).hits
        return [(view.key(address), score) for score, address in hits]


class _View:
    """One state of the index, and what was asked of it so far: it never changes."""

    def __init__(self, searcher: Any) -> None:
        self.searcher = searcher
        self.counts: dict[tuple[str, str], int] = {}  # by field and term
        self.frequencies: dict[tuple[bool, str], int] = {}  # in any field of words, or of pairs
        self._keys: dict[tuple[int, int], str] = {}

    def key(self, address: Any) -> str:
        """Return the key of a document; reading it from the store costs most of a search."""
        at = (address.segment_ord, address.doc)
        found = self._keys.get(at)
        if found is None:
            if len(self._keys) > _KEPT:
                self._keys.clear()
            found = self._keys[at] = self.searcher.doc(address).get_first(_KEY)
        return found


def _schema(tantivy: Any) -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(_KEY, stored=True, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(_KIND, tokenizer_name="raw", index_option="basic")
    builder.add_text_field(_FACET, tokenizer_name="raw", index_option="basic")
    builder.add_bytes_field(_STORED, stored=True)
    for prefix in ("w_", "p_"):
        for name in FIELDS:
            builder.add_text_field(
                prefix + name,
                stored=prefix + name == "p_title",
                tokenizer_name="whitespace",
                index_option="freq",
            )
    return builder.build()
