"""From a ranking to the list that people see: evidence, titles, district, what others chose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isnan, log

from madang.kernel.findable import EVERYWHERE
from madang.search.engine.text import folded
from madang.search.holding import Holding
from madang.search.lexical import Narrowed
from madang.search.ranking import Ranked, Ranker, Ranking
from madang.search.sureness import confidence_of

DEEP = 100
"""Places that are looked at: what stands below answers nothing."""

# Evidence without which nothing is shown: share of the question's information in known words; what
# its character pairs give of the most they could; cosine of its meaning to the best passage.
_WORDS, _PAIRS, _MEANING = 0.2, 0.35, 0.42
# Below this share of the first one's score things were found by a word that stands everywhere.
_SHARE = 0.3
# In units of the score, whose difference is the logarithm of the odds (see `engine.fusion`).
_SAME_TITLE, _WORDS_IN_TITLE, _DISTRICT, _CHOSEN = 8.0, 3.0, 0.7, 2.0


@dataclass(frozen=True, slots=True)
class Wish:
    """A question with all that goes with it.

    Parameters
    ----------
    language : the reader's own; that of the question is told from its text where it says so.
    facets : narrowed by; any of the values of each name.
    district : of the reader; what belongs to it comes before what belongs to another.
    exact : whether the question is taken as typed, without repair.
    """

    text: str
    language: str
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    district: str = ""
    limit: int = 10
    cursor: str = ""
    exact: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """What is shown for a question, best first.

    Parameters
    ----------
    known : share of the question's information that stands in any entry at all.
    confidence : how likely the first is right, 0 to 1; 0 where others were moved before it.
    is_named : whether the question is the first one's title.
    is_in_names : whether each word of the question stands in the first one's titles or other names.
    """

    ranking: Ranking
    hits: tuple[Ranked, ...]
    known: float
    confidence: float = 0.0
    is_named: bool = False
    is_in_names: bool = False


def listed(
    holding: Holding, text: str, language: str, wish: Wish, chosen: Mapping[str, float]
) -> Listed:
    """Return what answers a folded question; nothing where there is no evidence.

    Parameters
    ----------
    chosen : what others chose for just this question, by key, 0 to 1.
    """
    ranker, held, titles = holding.ranker, holding.held, holding.titles
    ranking = ranker.rank(text, language, limit=DEEP, within=_within(wish))
    known = _known(ranker, ranking)
    found = [one for one in ranking.hits if one.key in held]
    if not found or not _has_evidence(ranking, known):
        return Listed(ranking, (), known)
    terms = [each.term for each in ranking.question.words if each.weight >= 1.0]
    asked = text.replace(" ", "")
    scores = {
        one.key: one.score
        + _title_bonus(titles.get(one.key, ()), asked, terms)
        + _DISTRICT * (wish.district in held[one.key].facets.get("district", ()))
        + _CHOSEN * chosen.get(one.key, 0.0)
        for one in found
    }
    found.sort(key=lambda one: (-scores[one.key], one.key))
    best = scores[found[0].key]
    floor = best - (1.0 - _SHARE) * abs(best)
    return Listed(
        ranking,
        tuple(one for one in found if scores[one.key] >= floor),
        known,
        confidence_of(ranker, ranking) if found[0].key == ranking.hits[0].key else 0.0,
        asked in titles.get(found[0].key, ()),
        _is_in_names(terms, titles.get(found[0].key, ()), held[found[0].key].aliases),
    )


def _within(wish: Wish) -> Narrowed:
    facets = {name: tuple(values) for name, values in wish.facets.items() if values}
    if "district" in facets:
        facets["district"] = (*facets["district"], EVERYWHERE)
    return Narrowed((), facets)


def _title_bonus(titles: Sequence[str], asked: str, terms: Sequence[str]) -> float:
    """Return what it counts that a question names a thing, whole or by all its words."""
    if asked in titles:
        return _SAME_TITLE
    if len(terms) > 1 and any(all(term in title for term in terms) for title in titles):
        return _WORDS_IN_TITLE
    return 0.0


def _is_in_names(terms: Sequence[str], titles: Sequence[str], aliases: Sequence[str]) -> bool:
    """Return whether each word of a question stands in what a thing is called."""
    names = (*titles, *(folded(alias).replace(" ", "") for alias in aliases))
    return bool(terms) and all(any(term in name for name in names) for term in terms)


def _known(ranker: Ranker, ranking: Ranking) -> float:
    """Return the share of what a question says in its own words that stands in any entry.

    Other names of its concepts count nothing here: an entry need not have them all.
    """
    n = len(ranker.index)
    counts = {
        each.term: ranker.index.frequency(each.term)
        for each in ranking.question.words
        if each.weight >= 1.0
    }
    worth = {
        term: log(1.0 + (n - min(count, n) + 0.5) / (count + 0.5)) for term, count in counts.items()
    }
    total = sum(worth.values())
    return sum(worth[term] for term, count in counts.items() if count) / total if total else 0.0


def _has_evidence(ranking: Ranking, known: float) -> bool:
    if known >= _WORDS or ranking.coverage >= _WORDS or _best(ranking, "pairs") >= _PAIRS:
        return True
    return max(_best(ranking, "passage"), _best(ranking, "title")) >= _MEANING


def _best(ranking: Ranking, part: str) -> float:
    """Return the most that one ranker said of any hit; 0 where it took no part."""
    said = [one.part(part) for one in ranking.hits]
    return max((value for value in said if not isnan(value)), default=0.0)
