"""Which passwords are refused, and that they are taken as they were typed."""

from __future__ import annotations

from hashlib import sha1
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from madang.identity import api, breached, passwords
from madang.identity.errors import WeakPassword
from madang.identity.passwords import LONGEST_PASSWORD, PASSWORD_LENGTH, check_password
from madang.kernel import config

data = [pytest.mark.data, pytest.mark.django_db]
PASSWORD = "courtyard lantern persimmon"
SECRET = ("password", "again", "current")
SECRET = ("password", "again", "current")


@pytest.fixture
def kim(db) -> api.Account:
    return api.add_user("kim", ["officer"], password=PASSWORD)


@pytest.mark.asvs("6.2.1")
def test_fifteen_characters_are_asked_for():
    assert PASSWORD_LENGTH == 15
    with pytest.raises(WeakPassword):
        check_password("heron weir fog", "kim")
    check_password("heron weir fogs", "kim")


@pytest.mark.asvs("6.2.5", "6.2.9")
@pytest.mark.parametrize(
    "password",
    [
        "only small letters in a row",
        "한강에는 왜가리 일곱 마리가 산다",
        "🦊 runs past eleven closed doors",
        "x7%kQ)m2!Lp@9zR#",
        ("a quiet river bends around " * 3)[:64] + "old stones",
    ],
)
def test_any_characters_and_sixty_four_of_them_are_fine(password: str):
    check_password(password, "kim")


@pytest.mark.asvs("6.1.2", "6.2.11")
@pytest.mark.parametrize(
    "password",
    [
        "Seoul-Seoul-2026!",
        "서울특별시서울특별시2026!!",
        "madang-portal-2026",
        "Officer Mapo-gu 1234",
        "passwordpassword1",
        "qwertyuiopasdfghjkl",
        "123456789012345678",
        "kimkimkimkimkimkim",
        "abcabcabcabcabcabc",
        "                    ",
    ],
)
def test_what_others_guess_first_is_refused(password: str):
    with pytest.raises(WeakPassword):
        check_password(password, "kim")


@pytest.mark.asvs("6.1.2")
def test_the_words_that_do_not_count_are_written_down():
    page = Path(__file__).parents[2] / "docs" / "explanation" / "hardening.md"
    text = page.read_text(encoding="utf-8")
    assert not [word for word in passwords.GUESSED_FIRST if f"`{word}`" not in text]


@pytest.fixture
def stolen(tmp_path, monkeypatch) -> Path:
    """A list as Have I Been Pwned gives it out, with 3,000 passwords that could be chosen."""
    names = [f"stolen persimmon no {number} of many" for number in range(3000)]
    lines = sorted(sha1(name.encode()).hexdigest().upper() for name in names)
    file = tmp_path / "breached.txt"
    file.write_text("".join(f"{line}:{n}\r\n" for n, line in enumerate(lines)), encoding="ascii")
    monkeypatch.setenv("MADANG_BREACHED_PASSWORDS", str(file))
    config.settings.cache_clear()
    yield file
    monkeypatch.undo()
    config.settings.cache_clear()


@pytest.mark.asvs("6.2.4", "6.2.12")
def test_a_stolen_password_is_refused_without_asking_anybody_else(stolen: Path):
    for number in (0, 1, 1499, 2998, 2999):
        with translation.override("en"), pytest.raises(WeakPassword, match="stolen"):
            check_password(f"stolen persimmon no {number} of many", "kim")
    check_password("stolen persimmon no 3000 of many", "kim")


@given(st.lists(st.text(max_size=6), max_size=40, unique=True), st.text(max_size=6))
def test_looking_up_finds_what_is_there_and_nothing_else(tmp_path_factory, listed, other):
    file = tmp_path_factory.mktemp("list") / "list.txt"
    digests = sorted(sha1(one.encode()).hexdigest().upper() for one in listed)
    file.write_text("".join(f"{one}:1\n" for one in digests), encoding="ascii")
    assert all(breached.is_breached(one, file) for one in listed)
    assert breached.is_breached(other, file) == (other in listed)


@pytest.mark.asvs("6.2.8")
@pytest.mark.data
@pytest.mark.parametrize("wrong", [PASSWORD.upper(), PASSWORD[:-1], f" {PASSWORD}", PASSWORD + "x"])
def test_a_password_is_compared_as_it_was_typed(kim, wrong: str):
    answer = Client().post("/sign-in/", {"name": "kim", "password": wrong})
    assert answer.status_code == 422


@pytest.mark.asvs("6.2.9")
@pytest.mark.data
def test_what_is_far_too_long_is_not_hashed(kim, monkeypatch):
    monkeypatch.setattr(passwords, "matches", None)
    monkeypatch.setattr(passwords, "make_password", None)
    for name in ("kim", "nobody"):
        form = {"name": name, "password": "x" * (LONGEST_PASSWORD + 1)}
        assert Client().post("/sign-in/", form).status_code == 422
    with pytest.raises(WeakPassword):
        check_password("y " * LONGEST_PASSWORD, "kim")


@pytest.mark.asvs("6.2.6", "6.2.7")
@pytest.mark.data
def test_fields_of_passwords_hide_them_and_let_password_managers_write(client: Client, db):
    link = api.add_user("lee", ["officer"], base_url="").link
    for path in ("/sign-in/", link):
        page = client.get(path).content.decode()
        tags = [rest.split(">")[0] for rest in page.split("<input")[1:]]
        fields = [tag for tag in tags if any(f'name="{name}"' in tag for name in SECRET)]
        assert fields, path
        for tag in fields:
            assert 'type="password"' in tag
            assert 'autocomplete="current-password"' in tag or 'autocomplete="new-password"' in tag
            assert "onpaste" not in tag and "readonly" not in tag
