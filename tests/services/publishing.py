"""Publishing packages of the tests' own: complete enough to be read, not to pass the linter."""

from __future__ import annotations

from pathlib import Path

from madang.access.api import system_actor
from madang.services.publishing import Published, publish_ready
from madang.services.ready import unlinted

COPY = "resident-registration-copy"
SAMPLE = Path(__file__).parent / "samples" / COPY
OFFICE = system_actor("command-line")


def publish(folder: Path = SAMPLE) -> Published:
    """Publish the package in a folder without asking the linter."""
    return publish_ready(unlinted(folder), OFFICE)
