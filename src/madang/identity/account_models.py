"""Accounts, what opens them, and what staff may do."""

from __future__ import annotations

from django.db import models

from madang.access.api import PersonalModel
from madang.identity.person_models import Person
from madang.kernel import times
from madang.kernel.events import new_id


class Account(PersonalModel):
    """What somebody signs in to: a resident's, tied to a person, or one of the staff.

    `login` and `password` are there only where an account has them; a resident needs neither.
    """

    class Kind(models.TextChoices):
        RESIDENT = "resident"
        STAFF = "staff"

    class Personal:
        dataset = "identity.account"
        subject = "person_id"
        columns = {"login": {"login"}, "secret": {"password"}}

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="accounts")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    login = models.CharField(max_length=150, unique=True, null=True)
    password = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=16, blank=True)
    created = models.DateTimeField(default=times.now)
    last_sign_in = models.DateTimeField(null=True)
    closed = models.DateTimeField(null=True)
    closed_why = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return f"account {self.id}"

    @property
    def is_active(self) -> bool:
        """True until it is closed."""
        return self.closed is None


class Authenticator(PersonalModel):
    """Something that opens an account. `public` is what may be seen, `secret` is sealed."""

    class Personal:
        dataset = "identity.authenticator"
        subject = "account__person_id"
        columns = {"key": {"handle", "public", "counter"}, "secret": {"secret"}}

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    account = models.ForeignKey(Account, models.CASCADE, related_name="authenticators")
    method = models.CharField(max_length=20, help_text="passkey, totp, certificate, app, paper.")
    label = models.CharField(max_length=100, blank=True, help_text="The owner's name for it.")
    handle = models.CharField(max_length=200, help_text="Finds it at sign-in; unique per method.")
    public = models.JSONField(default=dict)
    secret = models.BinaryField(default=bytes)
    counter = models.BigIntegerField(default=0)
    created = models.DateTimeField(default=times.now)
    last_used = models.DateTimeField(null=True)
    expires = models.DateTimeField(null=True)
    revoked = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["method", "handle"], name="identity_one_handle")
        ]

    def __str__(self) -> str:
        return f"{self.method} of {self.account_id}"


class StaffGrant(models.Model):
    """A role of a staff account, where it holds and for how long; ended, never deleted."""

    account = models.ForeignKey(Account, models.CASCADE, related_name="grants")
    role = models.CharField(max_length=40)
    department = models.CharField(max_length=40, blank=True)
    district = models.CharField(max_length=16, blank=True)
    since = models.DateTimeField(default=times.now)
    until = models.DateTimeField(null=True)
    granted_by = models.CharField(max_length=64)
    confirmed = models.DateTimeField(null=True, help_text="Last time it was found still needed.")
    confirmed_by = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [models.Index(fields=["account", "until"], name="identity_grant_account")]

    def __str__(self) -> str:
        return f"{self.role} of {self.account_id}"
