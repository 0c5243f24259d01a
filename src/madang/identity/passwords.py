"""Passwords: what is refused, and that it costs the same to be wrong about name or password."""

from __future__ import annotations

import re
from functools import cache

from django.contrib.auth.hashers import check_password as matches
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    UserAttributeSimilarityValidator,
    validate_password,
)
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from madang.access.api import AUTHENTICATION, ROLES, purpose
from madang.city.api import profile
from madang.identity.account_models import Account
from madang.identity.breached import is_breached
from madang.identity.errors import WeakPassword
from madang.kernel.config import settings

# NIST SP 800-63B-4 section 3.1.1.2: a password that is the only factor has at least 15 characters
# and is compared with a list of common ones; no rules on kinds of characters.
PASSWORD_LENGTH = 15
LONGEST_PASSWORD = 1024  # far above the 64 that must be possible; bounds what is hashed
OWN_LETTERS = 8  # that must remain when words everybody here would guess are taken out
# What whoever guesses in a city hall tries first, besides the names of the city, its districts and
# the roles; docs/explanation/hardening.md shows the list.
GUESSED_FIRST = (
    "madang", "portal", "password", "passwort", "passw0rd", "admin", "root", "welcome", "letmein",
    "qwerty", "qwertyuiop", "asdfghjkl", "zxcvbnm", "changeme", "secret", "login", "user", "city",
    "cityhall", "government", "office", "officer", "mayor", "spring", "summer", "autumn", "winter",
)  # fmt: skip


class MaximumLengthValidator:
    """Refuses passwords that would cost more to hash than anybody remembers."""

    def validate(self, password: str, user: object = None) -> None:
        """Raise `ValidationError` for a password that is too long."""
        if len(password) > LONGEST_PASSWORD:
            text = ngettext(
                "A password has at most %(count)s character.",
                "A password has at most %(count)s characters.",
                LONGEST_PASSWORD,
            )
            raise ValidationError(text % {"count": LONGEST_PASSWORD})


class GuessedFirstValidator:
    """Refuses passwords of words of this city, repeated pieces and runs of the keyboard."""

    def validate(self, password: str, user: Account | None = None) -> None:
        """Raise `ValidationError` for what is left with little of its own."""
        login = (user.login or "") if user else ""
        if own_letters(password, (*guessed_first(), login.casefold())) < OWN_LETTERS:
            raise ValidationError(
                _(
                    "Most of this password is what others would guess first: names of the city, "
                    "runs of keys, repeated pieces. Add words of your own."
                )
            )


class BreachedValidator:
    """Refuses passwords known from breaches, where the installation has the list."""

    def validate(self, password: str, user: object = None) -> None:
        """Raise `ValidationError` for a password on the list."""
        file = settings().breached_passwords
        if file.is_file() and is_breached(password, file):
            raise ValidationError(_("This password is on a list of stolen ones. Choose another."))


class CommonValidator:
    """Refuses Django's 20,000 most common passwords; the list is 2 MB, so it is not kept."""

    def validate(self, password: str, user: object = None) -> None:
        """Raise `ValidationError` for a password on the list."""
        CommonPasswordValidator().validate(password)


_VALIDATORS = (
    MinimumLengthValidator(PASSWORD_LENGTH),
    MaximumLengthValidator(),
    CommonValidator(),
    UserAttributeSimilarityValidator(("login",)),
    GuessedFirstValidator(),
    BreachedValidator(),
)


def own_letters(password: str, words: tuple[str, ...]) -> int:
    """Return how many characters are left without these words, digits, blanks and repetitions.

    >>> own_letters("seoulseoul2026!!", ("seoul",))
    1
    >>> own_letters("courtyard lantern persimmon", ("seoul",))
    25
    """
    rest = password.casefold()
    for word in sorted(filter(None, words), key=len, reverse=True):
        rest = rest.replace(word, "")
    rest = re.sub(r"[\d\s]", "", rest)
    rest = re.sub(r"(.+?)\1+", r"\1", rest)
    return len(rest)


@cache
def guessed_first() -> tuple[str, ...]:
    """Return the words that do not count in a password of this city."""
    here = profile()
    names = [here.id, *here.city.names.values()]
    names += [name for unit in here.districts() for name in unit.names.values()]
    words = {word for name in names for word in re.split(r"[\s\-']+", name.casefold())}
    return tuple(sorted({*GUESSED_FIRST, *ROLES, *(word for word in words if len(word) > 1)}))


def check_password(password: str, login: str) -> None:
    """Raise `WeakPassword` with the reasons, in the reader's language."""
    try:
        validate_password(password, Account(login=login), password_validators=_VALIDATORS)  # type: ignore[arg-type]
    except ValidationError as error:
        reasons = " ".join(error.messages)
        raise WeakPassword(reasons, {"password": reasons}) from None


def account_id_of(login: str) -> str:
    """Return the id of the active account with this name, or nothing."""
    with purpose(AUTHENTICATION, "authenticate"):
        rows = Account.objects.filter(login=login, closed__isnull=True)
        return str(rows.values_list("pk", flat=True).first() or "")


def account_with(login: str, password: str) -> Account | None:
    """Return the active account with this name and password; an unknown name takes as long."""
    if len(password) > LONGEST_PASSWORD:  # cannot be one; the same for all names
        return None
    with purpose(AUTHENTICATION, "authenticate"):
        account = Account.objects.filter(login=login, closed__isnull=True).first()
        if account is None:
            make_password(password)
            return None

        def take(raw: str) -> None:
            account.password = make_password(raw)
            account.save(update_fields=["password"])

        return account if matches(password, account.password, setter=take) else None
