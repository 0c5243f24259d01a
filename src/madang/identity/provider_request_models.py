"""Tables of the provider for what waits: devices, approvals, notices of ended sessions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from madang.identity.provider_models import Client, Grant
from madang.kernel import times
from madang.kernel.events import new_id


class Waiting(models.TextChoices):
    """How far a request is that somebody has to decide elsewhere."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    DONE = "done"


class DeviceRequest(models.Model):
    """A device without keyboard or browser that waits to be let in (RFC 8628)."""

    id = models.CharField(primary_key=True, max_length=64, help_text="SHA-256 of its code.")
    user_code = models.CharField(max_length=64, unique=True, help_text="Keyed hash.")
    client = models.ForeignKey(Client, models.CASCADE)
    scope = models.CharField(max_length=500, blank=True)
    expires = models.DateTimeField(db_index=True)
    interval_s = models.SmallIntegerField()
    polled = models.DateTimeField(null=True)
    state = models.CharField(max_length=8, choices=Waiting.choices, default=Waiting.ASKED)
    grant = models.ForeignKey(Grant, models.CASCADE, null=True)

    def __str__(self) -> str:
        return f"device of {self.client_id}"


class BackchannelRequest(models.Model):
    """A request for somebody's approval that was made without their browser (CIBA).

    An application (`client`) made it, or a member of staff who wants to help (`assisted`). `number`
    is shown where the request was made; only who sees it there can choose it here. `notify` is the
    application's sealed token for the ping.
    """

    id = models.CharField(primary_key=True, max_length=64, help_text="SHA-256 of auth_req_id.")
    public_id = models.CharField(max_length=36, unique=True, default=new_id)
    client = models.ForeignKey(Client, models.CASCADE, null=True)
    assisted = models.CharField(max_length=36, blank=True, db_index=True)
    account = models.CharField(max_length=36, db_index=True)
    scope = models.CharField(max_length=500)
    ial = models.SmallIntegerField(default=1)
    aal = models.SmallIntegerField(default=1)
    message = models.CharField(max_length=100, blank=True)
    number = models.CharField(max_length=2)
    choices = models.JSONField(help_text="The numbers offered, in the order shown.")
    made = models.DateTimeField(default=times.now)
    expires = models.DateTimeField(db_index=True)
    interval_s = models.SmallIntegerField()
    polled = models.DateTimeField(null=True)
    notify = models.BinaryField(default=bytes)
    handle = models.BinaryField(default=bytes, help_text="Sealed auth_req_id, for the ping.")
    state = models.CharField(max_length=8, choices=Waiting.choices, default=Waiting.ASKED)
    grant = models.ForeignKey(Grant, models.CASCADE, null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(client__isnull=False, assisted="")
                | (Q(client__isnull=True) & ~Q(assisted="")),
                name="identity_approval_asked_by_one",
            )
        ]

    def __str__(self) -> str:
        return f"approval asked by {self.client_id or 'staff'}"


class Delivery(models.Model):
    """A message that an application has to get: a logout token, or the ping of an approval."""

    class Kind(models.TextChoices):
        LOGOUT = "logout"
        PING = "ping"

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    client = models.ForeignKey(Client, models.CASCADE)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    sub = models.CharField(max_length=64, blank=True)
    sid = models.CharField(max_length=64, blank=True)
    request = models.ForeignKey(BackchannelRequest, models.CASCADE, null=True)
    made = models.DateTimeField(default=times.now)
    due = models.DateTimeField(default=times.now)
    attempts = models.SmallIntegerField(default=0)
    delivered = models.DateTimeField(null=True)
    given_up = models.DateTimeField(null=True)
    error = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["delivered", "given_up", "due"], name="identity_delivery_due")
        ]

    def __str__(self) -> str:
        return f"{self.kind} to {self.client_id}"


class UsedAssertion(models.Model):
    """A signed statement of an application that was taken once and is not taken again."""

    id = models.CharField(primary_key=True, max_length=64, help_text="SHA-256 of client and jti.")
    expires = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.id
