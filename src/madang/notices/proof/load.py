"""One alert for many recipients, on an empty instance of its own; prints figures as JSON.

``python -m madang.notices.proof.load email|push RECIPIENTS HOST`` with `MADANG_DATA` set.
"""

from __future__ import annotations

import json
import resource
import sys
import time

from madang.kernel import orm

BATCH = 2000
BURST = 1000


def main(channel: str, recipients: int, host: str) -> dict[str, float]:
    """Make the recipients, tell one alert, let it out; return what it took."""
    orm.ready()
    from django.core.management import call_command

    from madang.kernel.config import settings

    call_command("migrate", interactive=False, verbosity=0)
    _people(channel, recipients, host)
    before = _rss_mib()
    cpu, began = time.process_time(), time.perf_counter()
    spread_s = _spread()
    burst_s, out_s = _let_out(channel)
    cpu_s = time.process_time() - cpu
    sent = _sent()
    assert sent == recipients, f"{sent} of {recipients} were sent"
    return {
        "recipients": recipients,
        "spread_s": spread_s,
        "burst_s": burst_s,
        "out_s": out_s,
        "whole_s": time.perf_counter() - began,
        "sent_per_s": sent / out_s,
        "sent_per_cpu_s": sent / cpu_s,
        "grown_mib": _rss_mib() - before,
        "peak_mib": _rss_mib(),
        "database_mib": (settings().data / "madang.sqlite3").stat().st_size / 2**20,
    }


def _people(channel: str, recipients: int, host: str) -> None:
    from madang.access.api import maintenance

    with maintenance("load"):
        for start in range(0, recipients, BATCH):
            _some(channel, range(start, min(start + BATCH, recipients)), host)


def _some(channel: str, numbers: range, host: str) -> None:
    from madang.notices import addresses
    from madang.notices.models import Contact, Subscriber, Wish

    key = _browser_key()
    people = Subscriber.objects.bulk_create(Subscriber(language="ko") for _ in numbers)
    contacts = []
    for number, who in zip(numbers, people, strict=True):
        address = f"resident{number}@example.org"
        if channel == "push":
            address = addresses.PushAddress(f"http://{host}/{number}", *key).text()
        sealed, mac = addresses.seal(channel, address), addresses.mac(channel, address)
        contacts.append(Contact(subscriber=who, channel=channel, address=sealed, mac=mac))
    Contact.objects.bulk_create(contacts)
    Wish.objects.bulk_create(
        Wish(subscriber=who, kind="air.class", subject="pm25", level=2) for who in people
    )


def _sent() -> int:
    from madang.notices.models import Delivery
    from madang.notices.purposes import DELIVER, opened

    with opened(DELIVER):
        return Delivery.objects.filter(state=Delivery.State.SENT).count()


def _browser_key() -> tuple[str, str]:
    from madang.notices.channels.webpush import Vapid, new_private_key

    return Vapid(new_private_key(), "mailto:").public_key, "MDEyMzQ1Njc4OWFiY2RlZg"


def _spread() -> float:
    from madang.notices import api
    from madang.notices.models import Notice
    from madang.notices.spread import spread

    began = time.perf_counter()
    values = {"place": api.unit(""), "pollutant": "PM2.5", "grade": "bad", "value": 58}
    api.tell(
        api.Notice(
            key="load", kind="air.class", subject="pm25", level="bad", place="",
            template="air/class", thread="load", values=values, path="/air/",
        )
    )  # fmt: skip
    while spread(Notice.objects.get(key="load").pk):
        pass
    return time.perf_counter() - began


def _let_out(channel: str) -> tuple[float, float]:
    """Let all out, slice by slice as the jobs do; return the seconds of the first 1,000 and all."""
    from madang.kernel.times import now
    from madang.notices.channels import setup
    from madang.notices.deliver import deliver_slice

    began, burst_s = time.perf_counter(), 0.0
    while (due := deliver_slice(channel)) is not None:
        if not burst_s and _sent() >= BURST:
            burst_s = time.perf_counter() - began
        time.sleep(max(0.0, min(1.0, (due - now()).total_seconds())))
    setup.channel(channel).close()
    spent = time.perf_counter() - began
    return burst_s or spent, spent


def _rss_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    found = main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
    sys.stdout.write(json.dumps(found) + "\n")
