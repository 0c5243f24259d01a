"""The CAP 1.2 alert of a measure, from the profile's texts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from madang.air.engine.measures import Transition
from madang.air.in_effect import district_name
from madang.air.models import Measure
from madang.air.rule_set import ForecastRule, RuleSet, RunRule
from madang.air.rules import in_language, reason_text, text_values
from madang.city.api import profile
from madang.kernel.config import settings
from madang.kernel.times import now
from madang.notices.api import Alert, Area, Info

# CAP status: a simulated or replayed measure is no call to act, and says so.
_STATUS = {"real": "Actual", "simulated": "Test", "replayed": "Test"}
_NOTE = {
    "simulated": "Simulated data. Disregard.",
    "replayed": "Replayed historical data. Disregard.",
}


def words_of(transition: Transition, district: str, rule_set: RuleSet) -> dict[str, Any]:
    """Return all texts of a declared measure, fixed as the profile words them now."""
    rule = rule_set.rule(transition.rule)
    return {
        "name": rule.name,
        "legal": rule.legal,
        "time_zone": rule_set.file.time_zone,
        "actions": [
            {"id": key, "name": kind.name, "text": kind.text, "legal": kind.legal}
            for key in rule.measures
            for kind in [rule_set.file.measures[key]]
        ],
        "cap": _cap_words(rule, transition, district, rule_set),
    }


def _cap_words(
    rule: RunRule | ForecastRule, transition: Transition, district: str, rule_set: RuleSet
) -> dict[str, Any]:
    cap, fallback = rule.cap, rule_set.file.language
    texts = {}
    for language in cap.headline:
        place = district_name(district, language)
        habits = profile().habits(language)
        values = text_values(transition, rule_set, language, rule_set.zone, place, habits=habits)
        texts[language] = {
            "district": place,
            **{
                field: in_language(getattr(cap, field), language, fallback).format_map(values)
                for field in ("headline", "description", "instruction")
            },
            "reason": reason_text(transition, rule_set, language, rule_set.zone, habits),
        }
    codes = {k: getattr(cap, k) for k in ("urgency", "severity", "certainty", "response")}
    wanted = rule_set.file.alert_languages or (fallback, "en")
    languages = [language for language in dict.fromkeys(wanted) if language in texts]
    return {"codes": codes, "texts": texts, "languages": languages}


def reasons(transition: Transition, rule_set: RuleSet) -> dict[str, str]:
    """Return why a measure was declared, in each language in which its rule gives a reason."""
    return {
        k: reason_text(transition, rule_set, k, rule_set.zone, profile().habits(k))
        for k in rule_set.rule(transition.rule).reason
    }


def alert_of(measure: Measure, *, is_draft: bool = False) -> Alert:
    """Return the alert that tells of the measure; a draft where nobody approved it yet."""
    return Alert(
        identifier=identifier_of(measure),
        sender=sender(),
        sent=_local(now(), measure),
        status="Draft" if is_draft else _STATUS[measure.origin],
        message_type="Alert",
        note=_NOTE.get(measure.origin, ""),
        infos=tuple(_info(measure, language) for language in _languages(measure)),
    )


def cancel_of(measure: Measure, sent: datetime) -> Alert:
    """Return the message that takes back the measure's alert, which was sent at `sent`."""
    return Alert(
        identifier=f"{identifier_of(measure)}-cancel",
        sender=sender(),
        sent=_local(now(), measure),
        status=_STATUS[measure.origin],
        message_type="Cancel",
        note=measure.lifting_reason or _NOTE.get(measure.origin, ""),
        references=((sender(), identifier_of(measure), _local(sent, measure)),),
    )


def identifier_of(measure: Measure) -> str:
    """Return the alert's identifier: what, where, whence and when, the same whenever it is made."""
    stamp = f"{measure.declared_at:%Y%m%dT%H%M}Z"
    return f"{sender()}-{measure.rule}-{measure.district}-{measure.origin}-{stamp}"


def sender() -> str:
    """Return who sends the city's air alerts, as CAP names a sender."""
    return f"air.{settings().city.rsplit('/', 1)[-1]}.madang"


def _languages(measure: Measure) -> list[str]:
    """Return the languages of the public alert; subscribers get their own, from the texts."""
    cap = measure.words["cap"]
    return list(cap.get("languages", cap["texts"]))


def _local(moment: datetime, measure: Measure) -> datetime:
    from madang.kernel.times import zone

    return moment.astimezone(zone(measure.words["time_zone"]))


def _info(measure: Measure, language: str) -> Info:
    codes, text = measure.words["cap"]["codes"], measure.words["cap"]["texts"][language]
    effective = measure.declared_at
    onset = measure.in_force_at or measure.starts_at
    return Info(
        language=language,
        category="Env",
        event=measure.words["name"].get(language, measure.rule),
        response=codes["response"],
        urgency=codes["urgency"],
        severity=codes["severity"],
        certainty=codes["certainty"],
        effective=_local(effective, measure),
        onset=_local(onset, measure),
        expires=_local(measure.ends_at, measure) if measure.ends_at else None,
        sender_name=sender(),
        headline=text["headline"],
        description=f"{text['description']} {text['reason']}",
        instruction=text["instruction"],
        areas=(Area(text["district"], (("district", measure.district),)),),
        parameters=(
            ("rule", measure.rule),
            ("rules-version", measure.rule_version),
            ("rules-sha256", measure.rule_digest),
            ("origin", measure.origin),
        ),
    )
