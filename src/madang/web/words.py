"""Words for the platform's own codes, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _


def refusal(code: str) -> str:
    """Return why a reading was refused, in words."""
    known = {
        "malformed": _("cannot be read"),
        "unknown-datastream": _("unknown datastream"),
        "forbidden-datastream": _("datastream of another gateway"),
        "not-finite": _("not a finite number"),
        "future-stamp": _("stamp in the future"),
        "out-of-range-time": _("time out of range"),
        "out-of-range-value": _("value out of range"),
        "conflicting-duplicate": _("second value for the same moment"),
        "over-quota": _("over the quota"),
        "too-large": _("too large"),
    }
    return known.get(code, code)


def counters() -> dict[str, tuple[str, str]]:
    """Return title and note of each counter of the pipeline, in the order of a reading's way."""
    return {
        "accepted": (_("Accepted"), _("readings since the pipeline started")),
        "duplicates": (_("Duplicates"), _("received again and left out")),
        "late": (_("Late"), _("older than the watermark; stored, not judged")),
        "refused": (_("Refused"), _("after a door had accepted them")),
        "lag": (_("Waiting"), _("messages on the bus not yet stored")),
        "dead_letters": (_("Dead letters"), _("since the pipeline started")),
        "detections": (_("Detections"), _("of the rules on readings")),
        "silences": (_("Silences"), _("datastreams that fell silent")),
    }


def run_state(state: str) -> str:
    """Return the state of a job or of a schedule's last run, in words."""
    known = {
        "waiting": _("not run yet"),
        "first-seen": _("not run yet"),
        "ready": _("waiting"),
        "queued": _("waiting"),
        "running": _("running"),
        "done": _("done"),
        "successful": _("done"),
        "failed": _("failed"),
    }
    return known.get(state, state)


def part(name: str) -> str:
    """Return the name of a part of the platform, as health checks call it, in words."""
    known = {
        "database": _("System of record"),
        "worker": _("Worker"),
        "parked": _("Events that failed for good"),
        "bus": _("Bus"),
        "lake": _("Lake"),
        "stream": _("Intake doors"),
        "web": _("Pages"),
        "front": _("Front"),
        "disk": _("Disk space"),
        "notices": _("Notices to people"),
        "ledger": _("Books of payments"),
        "search": _("Search"),
        "llm": _("Language model"),
        "telephone": _("Telephone line"),
    }
    return known.get(name, name)


def severity(name: str) -> str:
    """Return how grave an alert on the desk is, in words."""
    known = {"critical": _("Critical"), "serious": _("Serious"), "notice": _("Notice")}
    return known.get(name, name)


def desk_verb(verb: str) -> str:
    """Return what was done about an alert, in words, after a name where a person did it."""
    known = {
        "opened": _("opened"),
        "graver": _("became graver"),
        "acknowledged": _("acknowledged"),
        "assigned": _("assigned it"),
        "noted": _("noted"),
        "cleared": _("cleared"),
    }
    return known.get(verb, verb)
