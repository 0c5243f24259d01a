"""Messages a second by mail and web push, one alert for many recipients: time and memory.

Mail server and push service are a process of their own on this machine; they take everything. The
peer is what a Django project does without notices: `send_mail` for each recipient, which opens a
connection each time, and one connection for all (`send_messages`); neither notes what was sent.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time

from bench.report import OURS, Bar, Report
from madang.notices.proof.figures import measured, sink

SHORT, FULL = 5_000, 100_000
PEER = 2_000

_DJANGO = """
import sys, time
from django.conf import settings
settings.configure(EMAIL_HOST="127.0.0.1", EMAIL_PORT=int(sys.argv[1]), EMAIL_TIMEOUT=20)
from django.core.mail import EmailMultiAlternatives, get_connection
text, html = "The air is bad. " * 20, "<p>" + "The air is bad. " * 20 + "</p>"
def mail(number):
    made = EmailMultiAlternatives("Mapo-gu: PM2.5 is now bad", text, "alerts@city.example",
                                  [f"resident{number}@example.org"])
    made.attach_alternative(html, "text/html")
    return made
count, cpu, began = int(sys.argv[2]), time.process_time(), time.perf_counter()
if sys.argv[3] == "each":
    for number in range(count):
        mail(number).send()
else:
    get_connection().send_messages([mail(number) for number in range(count)])
print(count / (time.perf_counter() - began), count / (time.process_time() - cpu))
"""


def run(*, full: bool = False) -> Report:
    """Measure; `full` tells one alert to 100,000 recipients."""
    size = FULL if full else SHORT
    load = f"mail, {size:,} recipients"
    report = Report(
        "notices",
        "one alert for many",
        bars=(
            Bar(load, "sent_per_s", 50.0),
            Bar(load, "burst_s", 20.0),  # 1,000 at 50 a second
            Bar(load, "peak_mib", 256.0),
        ),
    )
    with sink() as ports:
        for channel, name in (("email", "mail"), ("push", "push")):
            found = dict(measured(channel, size, ports))
            found.pop("recipients")
            report.add(OURS, f"{name}, {size:,} recipients", **found)
        for how, name in (("each", "Django send_mail"), ("all", "Django send_messages")):
            per_s, per_cpu_s = _peer(ports[0], how)
            report.add(name, load, sent_per_s=per_s, sent_per_cpu_s=per_cpu_s)
    report.notes.append(f"peers send {PEER:,} mails and write nothing down")
    return report


def _peer(port: int, how: str) -> tuple[float, float]:
    command = [sys.executable, "-c", _DJANGO, str(port), str(PEER), how]
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, env={**os.environ, "TZ": "UTC"}
    )
    per_s, per_cpu_s = done.stdout.split()
    time.sleep(0.1)
    return float(per_s), float(per_cpu_s)
