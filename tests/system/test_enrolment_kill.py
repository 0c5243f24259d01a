"""`kill -9` in the middle of an enrolment: it is done whole, or nothing of it is."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.system.enrolment import STEP_S, Enrolment, House, code_in_time
from tests.system.instance import Instance

pytestmark = [pytest.mark.system, pytest.mark.timeout(900)]
KINDS = {"totp": "app", "passkey": "key", "paper": "990101-100000"}


@contextmanager
def house_of(instance: Instance) -> Iterator[House]:
    made = House(instance)
    try:
        yield made
    finally:
        made.close()


def is_whole(house: House, one: Enrolment) -> bool:
    """Return whether an enrolment took place; fails where a part of it did."""
    account = house.ids[one.who]
    if one.kind == "paper":
        found = house.ask("SELECT id FROM identity_account WHERE person_id = ?", account)
        account = found[0][0] if found else "nobody"
    keys = house.ask(
        "SELECT id FROM identity_authenticator WHERE account_id = ? AND method = ?"
        " AND revoked IS NULL", account, one.kind,
    )  # fmt: skip
    done = len(keys)
    assert done in (0, 1)
    key = keys[0][0] if keys else ""
    entry = "kernel_auditentry WHERE verb = ? AND leaf != '' AND detail LIKE ?"
    assert house.count(entry, "identity.add_authenticator", f'%"{account}"%') == done
    assert house.count("kernel_auditentry WHERE object = ?", f"authenticator:{key}") == done
    told = "kernel_outboxentry WHERE name = 'identity.security_notice' AND payload LIKE ?"
    assert house.count(told, f"%{account}%") == done
    if one.kind == "paper":
        here = house.ids[one.who]
        codes = house.count("identity_papercode WHERE authenticator_id = ?", key)
        assert codes == 10 * done
        assert house.count("identity_account WHERE person_id = ?", here) == done
        assert house.count("identity_proofing WHERE person_id = ?", here) == done
        printed = "kernel_auditentry WHERE verb = 'identity.print_codes' AND object = ?"
        assert house.count(printed, f"account:{account}") == done
    assert done or not one.is_acknowledged, "whoever was told that it is done can rely on it"
    return bool(done)


def opens(house: House, one: Enrolment) -> bool:
    """Return whether what was enrolled signs its owner in."""
    if one.kind == "passkey":
        browser = house.browser()
        form = browser.form_of("/sign-in/passkey/")
        form["answer"] = one.key.show(form.pop("options"))
        return browser.send("/sign-in/passkey/", form).status_code == 302
    if one.kind == "totp":
        browser = house.browser().sign_in(one.who)
        return browser.shows("/sign-in/app-code/", {"code": code_in_time(one.app)})
    number = re.search(r'<b class="number" dir="ltr">([^<]+)</b>', one.answer.text)[1]
    code = re.search(r'<li><code dir="ltr">([^<]+)</code>', one.answer.text)[1]
    form = {"number": number, "code": code}
    return house.browser().shows("/sign-in/paper/", form)


def usual_s(house: House, kind: str, who: str) -> float:
    """Return how long the finishing request takes when nobody disturbs it."""
    one = house.begin(kind, who)
    began = time.monotonic()
    one.finish()
    took = time.monotonic() - began
    assert one.is_acknowledged
    assert is_whole(house, one)
    return took


def struck(house: House, one: Enrolment, after_s: float) -> tuple[bool, Enrolment]:
    """Kill in the middle; return whether it was done, and the enrolment that counts in the end."""
    house.kill_web_during(one.finish, after_s)
    if is_whole(house, one):
        return True, one
    assert one.kind != "passkey" or not opens(house, one)
    again = house.begin(one.kind, one.who)  # nothing stands in the way of a second try
    again.finish()
    assert is_whole(house, again)
    return False, again


def drill(house: House, rounds: int) -> dict[str, list[bool]]:
    """Kill at moments spread over the finishing request, from its first to after its last.

    Return by kind whether each killed request was done.
    """
    chance = random.Random(20261123)
    who = {kind: [f"{stem}{n:02}" for n in range(rounds + 2)] for kind, stem in KINDS.items()}
    house.people(who["totp"] + who["passkey"], who["paper"])
    outcomes: dict[str, list[bool]] = {kind: [] for kind in KINDS}
    theirs, last_code = [], 0.0
    for kind, names in who.items():
        usual_s(house, kind, names[0])  # the first of its kind takes longer
        took = usual_s(house, kind, names[1])
        for n, name in enumerate(names[2:]):
            after_s = 1.5 * took * (n + chance.random()) / rounds
            was_done, one = struck(house, house.begin(kind, name), after_s)
            outcomes[kind].append(was_done)
            theirs.append(one)
        if kind == "totp":
            last_code = time.time()
    # the code that enrolled an app is used; the step after it begins
    time.sleep(max(0.0, STEP_S - last_code % STEP_S - (time.time() - last_code)))
    # a sheet whose printing was cut off after the fact is known to nobody: it is printed anew
    shown = [one for one in theirs if one.kind != "paper" or one.is_acknowledged]
    assert [(one.kind, one.who) for one in shown if not opens(house, one)] == []
    house.instance.madang("audit", "verify", "--json")
    return outcomes


def test_a_killed_enrolment_is_whole_or_nothing(struck: Instance):
    with house_of(struck) as house:
        drill(house, 1)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_the_same_twenty_four_times(tmp_path):
    with Instance(tmp_path, "--no-sim") as running, house_of(running) as house:
        outcomes = drill(house, 8)
    assert all(len(set(one)) == 2 for one in outcomes.values()), f"kills missed: {outcomes}"
