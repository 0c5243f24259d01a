"""What stands beside authenticators: addresses, one-time codes, paper codes, recovery."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from madang.access.api import PersonalModel
from madang.identity.account_models import Account, Authenticator
from madang.kernel import times
from madang.kernel.events import new_id


class Contact(PersonalModel):
    """A mailbox or telephone of an account's owner: told what happens, and sent codes.

    Members of a family may share one; codes for signing in open one account only (`signs_in`), the
    first that confirmed it.
    """

    class Channel(models.TextChoices):
        EMAIL = "email"
        SMS = "sms"

    class Personal:
        dataset = "identity.contact"
        subject = "account__person_id"
        columns = {"address": {"sealed", "mac"}}

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    account = models.ForeignKey(Account, models.CASCADE, related_name="contacts")
    channel = models.CharField(max_length=10, choices=Channel.choices)
    sealed = models.BinaryField(help_text="The address, sealed.")
    mac = models.CharField(max_length=64, help_text="Keyed hash of the address, to find it.")
    signs_in = models.BooleanField(default=False)
    created = models.DateTimeField(default=times.now)
    confirmed = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "channel", "mac"], name="identity_one_contact"
            ),
            models.UniqueConstraint(
                fields=["channel", "mac"],
                condition=Q(signs_in=True),
                name="identity_one_account_per_address",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} of {self.account_id}"


class OneTimeCode(PersonalModel):
    """A code that was sent; kept as a keyed hash, for ten minutes, one use, five tries.

    One for an address that nobody has is written too, without a contact: asking costs the same.
    """

    class Personal:
        dataset = "identity.one-time-code"
        subject = "contact__account__person_id"
        columns = {"secret": {"mac"}}

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    contact = models.ForeignKey(Contact, models.CASCADE, null=True, related_name="codes")
    use = models.CharField(max_length=10, help_text="sign-in, confirm or recover.")
    mac = models.CharField(max_length=64)
    tries = models.SmallIntegerField(default=0)
    created = models.DateTimeField(default=times.now)
    expires = models.DateTimeField(db_index=True)
    used = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"code to {self.use}"


class PaperCode(PersonalModel):
    """One of ten codes on a printed sheet (a look-up secret); kept as a slow hash, used once."""

    class Personal:
        dataset = "identity.paper-code"
        subject = "authenticator__account__person_id"
        columns = {"secret": {"mac"}}

    authenticator = models.ForeignKey(Authenticator, models.CASCADE, related_name="paper_codes")
    mac = models.CharField(max_length=64)
    used = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["authenticator", "mac"], name="identity_paper_code_once"
            )
        ]

    def __str__(self) -> str:
        return f"paper code of {self.authenticator_id}"


class Recovery(PersonalModel):
    """One time somebody asked to get an account back; open until it is done, stopped or too old."""

    class Personal:
        dataset = "identity.recovery"
        subject = "account__person_id"

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    account = models.ForeignKey(Account, models.CASCADE, related_name="recoveries")
    shown = models.JSONField(help_text="What was shown when asking: amr values.")
    asked = models.DateTimeField(default=times.now)
    ready = models.DateTimeField(help_text="End of the time in which the owner can stop it.")
    expires = models.DateTimeField()
    stopped = models.DateTimeField(null=True)
    done = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(stopped__isnull=True, done__isnull=True),
                name="identity_one_open_recovery",
            )
        ]

    def __str__(self) -> str:
        return f"recovery of {self.account_id}"
