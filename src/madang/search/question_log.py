"""What is remembered of questions: masked, counted, fading, and nothing of who asked.

A question is masked (`engine.masking`) before it comes here. Kept are counts of (question) and of
(question, what was chosen), which halve in `HALF_LIFE_DAYS`; below `FORGOTTEN` they are deleted.
To count people and not clicks, networks and sessions are told apart by hashes with a salt that is
made anew each day; salt and hashes are deleted when the day is over, so that nobody can be followed
from one day to the next, nor found out from what is left.

A question is shown to others only where at least `SHOWN_FROM` networks asked just the same on one
day, and nothing in it was masked.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from madang.kernel import times
from madang.search.engine.masking import MASK, masked
from madang.search.engine.text import question as folded_question
from madang.search.found import Asker, Unresolved

HALF_LIFE_DAYS = 30.0
FORGOTTEN = 0.25
SHOWN_FROM = 5
RESOLVED_WITHIN = timedelta(minutes=10)
OUTCOMES_KEPT = timedelta(days=400)
_LONGEST = 200
_MOST_QUESTIONS = 200_000

_TABLES = """
CREATE TABLE IF NOT EXISTS question (
  text TEXT PRIMARY KEY, language TEXT NOT NULL, count REAL NOT NULL, at REAL NOT NULL,
  peak INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS choice (
  text TEXT NOT NULL, key TEXT NOT NULL, count REAL NOT NULL, at REAL NOT NULL,
  PRIMARY KEY (text, key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS salt (day TEXT PRIMARY KEY, salt BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS seen (
  day TEXT NOT NULL, what TEXT NOT NULL, network BLOB NOT NULL,
  PRIMARY KEY (day, what, network)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS session (
  day TEXT NOT NULL, hash BLOB NOT NULL, at REAL NOT NULL, text TEXT NOT NULL,
  language TEXT NOT NULL, hits INTEGER NOT NULL, asked INTEGER NOT NULL DEFAULT 1,
  again_at REAL, chosen_at REAL, PRIMARY KEY (day, hash)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outcome (
  day TEXT NOT NULL, language TEXT NOT NULL, text TEXT NOT NULL, outcome TEXT NOT NULL,
  count INTEGER NOT NULL, PRIMARY KEY (day, language, text, outcome)) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A question, what was chosen for it, and how often by now (decayed)."""

    text: str
    language: str
    key: str
    count: float


class QuestionLog:
    """The file in which questions are counted; one process writes it."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._db = _opened(file)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    def asked(self, text: str, language: str, hits: int, asker: Asker | None) -> None:
        """Count a question; `asker` None counts it without knowing whether it is another person."""
        kept = kept_form(text)
        if not kept:
            return
        now = times.now()
        with self._change() as db:
            seconds = now.timestamp()
            known = db.execute("SELECT count, at FROM question WHERE text = ?", (kept,)).fetchone()
            count = (decayed(known[0], seconds - known[1]) if known else 0.0) + 1.0
            db.execute(
                "INSERT INTO question (text, language, count, at) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (text) DO UPDATE SET count = excluded.count, at = excluded.at",
                (kept, language, count, seconds),
            )
            if asker is None:
                return
            networks = self._seen(db, now, f"q:{kept}", asker.network)
            db.execute("UPDATE question SET peak = max(peak, ?) WHERE text = ?", (networks, kept))
            self._in_session(db, now, (kept, language, hits), asker.session)

    def chosen(self, text: str, key: str, asker: Asker | None) -> None:
        """Count that something was chosen for a question: once a day for each network."""
        kept = kept_form(text)
        if not kept:
            return
        now = times.now()
        with self._change() as db:
            seconds = now.timestamp()
            if asker is not None:
                day, hashed = self._hashed(db, now, asker.session)
                db.execute(
                    "UPDATE session SET chosen_at = coalesce(chosen_at, ?) "
                    "WHERE day = ? AND hash = ?",
                    (seconds, day, hashed),
                )
                what = f"c:{kept}\0{key}"
                if not self._is_first(db, now, what, asker.network):
                    return
            known = db.execute(
                "SELECT count, at FROM choice WHERE text = ? AND key = ?", (kept, key)
            ).fetchone()
            count = (decayed(known[0], seconds - known[1]) if known else 0.0) + 1.0
            row = (kept, key, count, seconds)
            db.execute("INSERT OR REPLACE INTO choice VALUES (?, ?, ?, ?)", row)

    def choices(self) -> list[Chosen]:
        """Return what was chosen for questions, counts as of now."""
        now = times.now().timestamp()
        with self._lock:
            rows = self._db.execute(
                "SELECT c.text, coalesce(q.language, ''), c.key, c.count, c.at FROM choice c "
                "LEFT JOIN question q ON q.text = c.text"
            ).fetchall()
        return [Chosen(t, tag, key, decayed(n, now - at)) for t, tag, key, n, at in rows]

    def popular(self, limit: int = 1000) -> list[tuple[str, str, float]]:
        """Return (question, language, count) of what may be shown to others, most asked first."""
        now = times.now().timestamp()
        with self._lock:
            rows = self._db.execute(
                "SELECT text, language, count, at FROM question WHERE peak >= ?", (SHOWN_FROM,)
            ).fetchall()
        found = [(t, tag, decayed(n, now - at)) for t, tag, n, at in rows if MASK not in t]
        return sorted(found, key=lambda row: (-row[2], row[0]))[:limit]

    def first_questions(self) -> dict[str, int]:
        """Return how many first questions of a session came to which end, of all days kept."""
        with self._lock:
            rows = self._db.execute("SELECT outcome, sum(count) FROM outcome GROUP BY outcome")
            return {outcome: int(count) for outcome, count in rows.fetchall()}

    def unresolved(self, limit: int = 100) -> list[Unresolved]:
        """Return first questions that led nowhere and may be shown, the most frequent first."""
        with self._lock:
            rows = self._db.execute(
                "SELECT o.text, o.language, sum(o.count) AS n, "
                "sum(CASE WHEN o.outcome = 'nothing found' THEN o.count ELSE 0 END) "
                "FROM outcome o JOIN question q ON q.text = o.text "
                "WHERE o.text <> '' AND o.outcome <> 'resolved' AND q.peak >= ? "
                "AND instr(o.text, ?) = 0 "
                "GROUP BY o.text, o.language ORDER BY n DESC, o.text LIMIT ?",
                (SHOWN_FROM, MASK, limit),
            ).fetchall()
        return [Unresolved(*row) for row in rows]

    def tidy(self) -> None:
        """Close sessions that are over, delete hashes of past days and what has faded."""
        now = times.now()
        today, seconds = _day(now), now.timestamp()
        over = seconds - RESOLVED_WITHIN.total_seconds()
        with self._change() as db:
            rows = db.execute(
                "SELECT day, hash, at, text, language, hits, again_at, chosen_at FROM session "
                "WHERE (at < ? OR day < ?) AND asked > 0",
                (over, today),
            ).fetchall()
            for day, hashed, *told in rows:
                self._note_outcome(db, day, told)
                # the row stays until the day is over: a later question is no first one
                db.execute("UPDATE session SET asked = 0, text = '' WHERE day = ? AND hash = ?",
                           (day, hashed))  # fmt: skip
            for table in ("salt", "seen", "session"):
                db.execute(f"DELETE FROM {table} WHERE day < ?", (today,))  # noqa: S608 - our names
            self._let_fade(db, now)

    def _note_outcome(self, db: sqlite3.Connection, day: str, told: Sequence[Any]) -> None:
        at, text, language, hits, again_at, chosen_at = told
        within = RESOLVED_WITHIN.total_seconds()
        chosen = chosen_at is not None and chosen_at - at <= within
        again = again_at is not None and again_at - at <= within
        if chosen and not again:
            outcome = "resolved"
        elif again:
            outcome = "asked again"
        else:
            outcome = "nothing found" if hits == 0 else "nothing chosen"
        db.execute(
            "INSERT INTO outcome VALUES (?, ?, ?, ?, 1) "
            "ON CONFLICT (day, language, text, outcome) DO UPDATE SET count = count + 1",
            (day, language, text, outcome),
        )

    def _let_fade(self, db: sqlite3.Connection, now: datetime) -> None:
        seconds = now.timestamp()
        for table in ("question", "choice"):
            db.execute(
                f"DELETE FROM {table} WHERE decayed(count, ? - at) < ?",  # noqa: S608 - our names
                (seconds, FORGOTTEN),
            )
        db.execute(
            "DELETE FROM question WHERE text IN (SELECT text FROM question ORDER BY at DESC "
            "LIMIT -1 OFFSET ?)",
            (_MOST_QUESTIONS,),
        )
        db.execute("DELETE FROM outcome WHERE day < ?", (_day(now - OUTCOMES_KEPT),))
        # the words of a question that has faded go with it; how it ended stays as a number
        faded = "text <> '' AND text NOT IN (SELECT text FROM question)"
        db.execute(
            "INSERT INTO outcome SELECT day, language, '', outcome, sum(count) FROM outcome "  # noqa: S608
            f"WHERE {faded} GROUP BY day, language, outcome "
            "ON CONFLICT (day, language, text, outcome) "
            "DO UPDATE SET count = count + excluded.count"
        )
        db.execute(f"DELETE FROM outcome WHERE {faded}")  # noqa: S608

    def _in_session(
        self, db: sqlite3.Connection, now: datetime, told: tuple[str, str, int], session: str
    ) -> None:
        day, hashed = self._hashed(db, now, session)
        db.execute(
            "INSERT INTO session (day, hash, at, text, language, hits) VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (day, hash) DO UPDATE SET again_at = "
            "CASE WHEN text = excluded.text THEN again_at ELSE coalesce(again_at, excluded.at) END",
            (day, hashed, now.timestamp(), *told),
        )

    def _is_first(self, db: sqlite3.Connection, now: datetime, what: str, network: str) -> bool:
        day, hashed = self._hashed(db, now, network)
        done = db.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", (day, what, hashed))
        return done.rowcount > 0

    def _seen(self, db: sqlite3.Connection, now: datetime, what: str, network: str) -> int:
        self._is_first(db, now, what, network)
        found = db.execute(
            "SELECT count(*) FROM seen WHERE day = ? AND what = ?", (_day(now), what)
        ).fetchone()
        return int(found[0])

    def _hashed(self, db: sqlite3.Connection, now: datetime, who: str) -> tuple[str, bytes]:
        day = _day(now)
        db.execute("INSERT OR IGNORE INTO salt VALUES (?, ?)", (day, secrets.token_bytes(16)))
        salt = db.execute("SELECT salt FROM salt WHERE day = ?", (day,)).fetchone()[0]
        return day, hashlib.blake2b(who.encode(), key=salt, digest_size=8).digest()

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")


def kept_form(text: str) -> str:
    """Return the form in which a question is kept: masked, folded, bounded; empty for none."""
    # Masked as typed and once more as folded: what folding brings to light is masked as well.
    kept = masked(folded_question(masked(text)))[:_LONGEST].strip()
    return kept if kept.strip(f" {MASK}") else ""


def decayed(count: float, age_s: float) -> float:
    """Return what a count is worth after a while.

    Examples
    --------
    >>> decayed(8.0, 30 * 86400)
    4.0
    """
    return float(count * 0.5 ** (max(age_s, 0.0) / (HALF_LIFE_DAYS * 86400.0)))


def _day(now: datetime) -> str:
    return now.date().isoformat()


def _opened(file: Path) -> sqlite3.Connection:
    db = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=NORMAL")
    db.execute("PRAGMA secure_delete=ON")
    db.create_function("decayed", 2, decayed, deterministic=True)
    db.executescript(_TABLES)
    return db
