"""Tests of a package: each comes out as it says, each row is hit, each offline channel is equal."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from madang.kernel.data_files import FieldPath
from madang.services.lint.fault import Fault
from madang.services.lint.subject import Subject
from madang.services.packages.content import Test
from madang.services.packages.service import OFFLINE
from madang.services.packages.trial import Impossible


def results(subject: Subject) -> Iterator[Fault]:
    """Yield tests that come out otherwise, and those that cannot be run."""
    for (file, path), test in located(subject):
        unclear = list(_unclear(subject, test))
        for inside, message in unclear or subject.trials.differences(test):
            code = "test-unclear" if unclear or inside[0] != "expect" else "test-failed"
            yield subject.fault(code, file, (*path, *inside), f"{test.name}: {message}")


def _unclear(subject: Subject, test: Test) -> Iterator[tuple[FieldPath, str]]:
    for name in test.facts:
        if name not in subject.package.facts:
            yield ("facts", name), f"there is no fact {name!r}"


def located(subject: Subject) -> Iterator[tuple[tuple[str, FieldPath], Test]]:
    """Yield the tests of a package with file and path."""
    tests = iter(subject.package.tests)
    names = {name for _, sources in subject._layers for name in sources.files}
    for name in sorted(names):
        if name.startswith("tests/"):
            document = next(s.files[name] for _, s in subject._layers if name in s.files)
            for number in range(len(document.value["tests"])):
                test = next(tests, None)
                if test is not None:
                    yield (name, ("tests", number)), test


def coverage(subject: Subject) -> Iterator[Fault]:
    """Yield rows that no test hits."""
    package = subject.package
    if not package.tests:
        message = "a package has tests: facts, a day, and what comes out"
        yield subject.fault("no-tests", "service.yaml", (), message)
        return
    hit: set[str] = set()
    for test in package.tests:
        try:
            hit |= set(subject.trials.course(test).rows)
        except Impossible:
            continue
    for decision in package.rules:
        for row in decision.rows:
            if f"{decision.id}.{row.id}" not in hit:
                message = f"no test hits {decision.id}.{row.id}"
                path = ("rows", row.id)
                yield subject.fault("untested-row", f"rules/{decision.id}.yaml", path, message)


def channels(subject: Subject) -> Iterator[Fault]:
    """Yield tests that an offline channel would end with another outcome, fee or time limit."""
    package = subject.package
    for (file, path), test in located(subject):
        try:
            usual = subject.trials.course(_by(test, "web"))
        except Impossible:
            continue  # `results` tells
        for kind in sorted({one.kind for one in package.service.channels} & OFFLINE):
            try:
                other = subject.trials.course(_by(test, kind))
            except Impossible as error:
                message = f"{test.name}: {error}"
            else:
                if other == usual:
                    continue
                message = f"{test.name}: by {kind} it comes out otherwise than on the web"
            yield subject.fault("channel-differs", file, path, message)


def _by(test: Test, kind: str) -> Test:
    return msgspec.structs.replace(test, channel=kind)
