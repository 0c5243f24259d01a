"""Tables of this room, each subject in its own file; here is what slows guessing down."""

from __future__ import annotations

from django.db import models

from madang.identity.account_models import Account, Authenticator, StaffGrant
from madang.identity.approval_models import ApprovalRequest
from madang.identity.assisted_models import AssistedSession, PendingAct
from madang.identity.challenge_models import SpentChallenge
from madang.identity.key_models import Contact, OneTimeCode, PaperCode, Recovery
from madang.identity.mandate_models import ActForOther, Mandate, Organisation
from madang.identity.person_models import (
    ExternalId,
    MaybeKnown,
    Person,
    PersonName,
    Proofing,
)
from madang.identity.provider_models import (
    AuthorizationRequest,
    Client,
    Code,
    Consent,
    ConsentAsked,
    Grant,
    SigningKey,
    Subject,
    Token,
)
from madang.identity.provider_request_models import (
    BackchannelRequest,
    Delivery,
    DeviceRequest,
    UsedAssertion,
)
from madang.identity.session_models import Session
from madang.identity.staff_models import GrantRequest, Kiosk, LookQuestion

__all__ = [
    "Account",
    "ActForOther",
    "ApprovalRequest",
    "AssistedSession",
    "Authenticator",
    "AuthorizationRequest",
    "BackchannelRequest",
    "Client",
    "Code",
    "Consent",
    "ConsentAsked",
    "Contact",
    "Delivery",
    "DeviceRequest",
    "ExternalId",
    "Grant",
    "GrantRequest",
    "Kiosk",
    "LookQuestion",
    "Mandate",
    "MaybeKnown",
    "Milestone",
    "OneTimeCode",
    "Organisation",
    "PaperCode",
    "PendingAct",
    "Person",
    "PersonName",
    "Proofing",
    "Recovery",
    "Session",
    "SignInFailure",
    "SigningKey",
    "SpentChallenge",
    "StaffGrant",
    "Subject",
    "Token",
    "UsedAssertion",
]


class SignInFailure(models.Model):
    """One wrong password, kept for as long as it counts against the account and the address."""

    account = models.CharField(max_length=64, help_text="SHA-256 of the name that was typed.")
    address = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["account", "at"], name="identity_failure_account"),
            models.Index(fields=["address", "at"], name="identity_failure_address"),
        ]

    def __str__(self) -> str:
        return f"{self.address} at {self.at:%Y-%m-%d %H:%M:%S}"


class Milestone(models.Model):
    """Something that happens to an installation once; its row is the lock of who does it."""

    name = models.CharField(max_length=40, unique=True)

    def __str__(self) -> str:
        return self.name
