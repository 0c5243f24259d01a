"""Tables of the OpenID provider: applications, keys, and what was granted.

They name accounts by their id and no person by name. Codes, tokens and secrets are kept as hashes
only: whoever reads these tables can sign in nowhere.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Q

from madang.identity.session_store import hashed
from madang.kernel import times
from madang.kernel.events import new_id


class Client(models.Model):
    """An application that signs people in with us: of a district, an agency, a partner.

    `sector` is the group of applications that know a person by the same `sub`; `scopes` the most
    it may ever be told; `ial` and `aal` the least level at which it lets anybody in. One that does
    not ask for consent tells on a legal basis, which is shown instead. The methods are those that
    Authlib calls on its client.
    """

    class State(models.TextChoices):
        PENDING = "pending"
        APPROVED = "approved"
        REFUSED = "refused"
        SUSPENDED = "suspended"

    client_id = models.CharField(primary_key=True, max_length=48, default=new_id)
    name = models.CharField(max_length=100)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    sector = models.CharField(max_length=200)
    purpose = models.CharField(max_length=300, blank=True, help_text="Why it asks, in plain words.")
    legal_basis = models.CharField(max_length=200, blank=True)
    asks_consent = models.BooleanField(default=True)
    auth_method = models.CharField(max_length=24, default="client_secret_basic")
    secret = models.CharField(max_length=64, blank=True, help_text="SHA-256.")
    jwks = models.JSONField(default=dict)
    redirect_uris = models.JSONField(default=list)
    post_logout_redirect_uris = models.JSONField(default=list)
    grant_types = models.JSONField(default=list)
    scopes = models.JSONField(default=list)
    exchange_for = models.JSONField(default=list, help_text="Clients it may exchange tokens for.")
    id_token_alg = models.CharField(max_length=8, default="ES256")
    backchannel_logout_uri = models.CharField(max_length=500, blank=True)
    notification_uri = models.CharField(max_length=500, blank=True, help_text="CIBA ping.")
    requires_par = models.BooleanField(default=False)
    ial = models.SmallIntegerField(default=1)
    aal = models.SmallIntegerField(default=1)
    contacts = models.JSONField(default=list)
    made = models.DateTimeField(default=times.now)
    made_by = models.CharField(max_length=64, blank=True)
    decided = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return f"client {self.client_id}"

    @property
    def is_public(self) -> bool:
        """True where it cannot keep a secret: an app on a phone or in a browser."""
        return self.auth_method == "none"

    @property
    def client_metadata(self) -> dict[str, Any]:
        """What Authlib's logout asks of a client."""
        return {"post_logout_redirect_uris": self.post_logout_redirect_uris}

    @property
    def id_token_signed_response_alg(self) -> str:
        """What Authlib's ID token asks of a client."""
        return self.id_token_alg

    def get_client_id(self) -> str:
        """Return its id."""
        return self.client_id

    def get_default_redirect_uri(self) -> str:
        """Return nothing: the address to go back to is always named."""
        return ""

    def get_allowed_scope(self, scope: str | None) -> str:
        """Return those of the asked scopes that it may have; unknown ones fall away."""
        return " ".join(dict.fromkeys(s for s in (scope or "").split() if s in self.scopes))

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """Return whether exactly this address is registered (RFC 9700, section 2.1)."""
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        """Return whether this is its secret."""
        return bool(self.secret) and secrets.compare_digest(self.secret, hashed(client_secret))

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """Return whether it shows who it is in this way, the same at every endpoint."""
        return method == self.auth_method

    def check_response_type(self, response_type: str) -> bool:
        """Return whether it may ask for this; there is only the code."""
        return response_type == "code" and "authorization_code" in self.grant_types

    def check_grant_type(self, grant_type: str) -> bool:
        """Return whether it may use this way to a token."""
        return grant_type in self.grant_types


class SigningKey(models.Model):
    """A key that signs tokens; made ahead, published before it signs and until nobody asks.

    The private half is sealed, and gone once the key is retired.
    """

    class State(models.TextChoices):
        NEXT = "next"
        CURRENT = "current"
        RETIRED = "retired"

    kid = models.CharField(primary_key=True, max_length=48)
    alg = models.CharField(max_length=8)
    state = models.CharField(max_length=8, choices=State.choices)
    public = models.JSONField()
    sealed = models.BinaryField(default=bytes)
    made = models.DateTimeField(default=times.now)
    current_since = models.DateTimeField(null=True)
    retired = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["alg", "state"],
                condition=Q(state__in=["next", "current"]),
                name="identity_one_key_per_state",
            )
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.alg} key {self.kid}"


class Subject(models.Model):
    """How one sector knows an account: a `sub` that two sectors cannot match."""

    sub = models.CharField(primary_key=True, max_length=64)
    sector = models.CharField(max_length=200)
    account = models.CharField(max_length=36)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sector", "account"], name="identity_one_sub")
        ]

    def __str__(self) -> str:
        return f"sub of {self.account} in {self.sector}"


class Consent(models.Model):
    """What somebody agreed that an application may be told; withdrawn, never deleted.

    For a child below the age of consent `given_by` and `mandate` say which guardian agreed, and by
    what right.
    """

    account = models.CharField(max_length=36)
    client = models.ForeignKey(Client, models.CASCADE, related_name="consents")
    scopes = models.JSONField(default=list)
    claims = models.JSONField(default=list, help_text="Claims asked for one by one.")
    given = models.DateTimeField(default=times.now)
    given_by = models.CharField(max_length=64, blank=True)
    mandate = models.CharField(max_length=36, blank=True)
    withdrawn = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "client"],
                condition=Q(withdrawn__isnull=True),
                name="identity_one_consent",
            )
        ]

    def __str__(self) -> str:
        return f"consent of {self.account} to {self.client_id}"


class ConsentAsked(models.Model):
    """What a child below the age of consent asked a guardian to agree to; decided once."""

    account = models.CharField(max_length=36, db_index=True)
    client = models.ForeignKey(Client, models.CASCADE)
    scopes = models.JSONField(default=list)
    claims = models.JSONField(default=list)
    asked = models.DateTimeField(default=times.now)
    decided = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=64, blank=True)
    is_given = models.BooleanField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "client"],
                condition=Q(decided__isnull=True),
                name="identity_one_open_question",
            )
        ]

    def __str__(self) -> str:
        return f"{self.account} asks for {self.client_id}"


class AuthorizationRequest(models.Model):
    """A request to sign somebody in, while it is pushed ahead or waits for its reader.

    `parameters` are sealed: a hint may name a person.
    """

    id = models.CharField(primary_key=True, max_length=64, help_text="SHA-256 of its handle.")
    client = models.ForeignKey(Client, models.CASCADE)
    parameters = models.BinaryField()
    is_pushed = models.BooleanField(default=False)
    made = models.DateTimeField(default=times.now)
    expires = models.DateTimeField(db_index=True)
    account_chosen = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"request of {self.client_id}"


class Grant(models.Model):
    """One time somebody let an application in; all codes and tokens of it end with it.

    `acr`, `amr` and `auth_time` are what the sign-in reached, copied once and never raised.
    """

    id = models.CharField(primary_key=True, max_length=36, default=new_id, editable=False)
    client = models.ForeignKey(Client, models.CASCADE, related_name="grants")
    account = models.CharField(max_length=36, db_index=True)
    session = models.CharField(max_length=36, blank=True, db_index=True)
    sid = models.CharField(max_length=64, blank=True, db_index=True)
    sub = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    claims = models.JSONField(default=dict, help_text="Claims by where they were asked for.")
    acr = models.CharField(max_length=40)
    amr = models.JSONField(default=list)
    auth_time = models.DateTimeField()
    nonce = models.CharField(max_length=500, blank=True)
    act = models.JSONField(default=dict, help_text="Who acts for the account (RFC 8693).")
    audience = models.CharField(max_length=48, blank=True, help_text="Client id it is for.")
    made = models.DateTimeField(default=times.now)
    expires = models.DateTimeField(db_index=True)
    ended = models.DateTimeField(null=True)
    ended_why = models.CharField(max_length=40, blank=True)

    def __str__(self) -> str:
        return f"grant {self.id}"

    def holds(self, now: datetime) -> bool:
        """Return whether its tokens are worth anything."""
        return self.ended is None and self.expires > now


class Code(models.Model):
    """An authorization code, good for one use within a minute."""

    id = models.CharField(primary_key=True, max_length=64, help_text="SHA-256.")
    grant = models.ForeignKey(Grant, models.CASCADE)
    redirect_uri = models.CharField(max_length=500)
    challenge = models.CharField(max_length=128)
    expires = models.DateTimeField()
    used = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"code of {self.grant_id}"


class Token(models.Model):
    """An access or refresh token. A refresh token is used once; its successor replaces it."""

    class Kind(models.TextChoices):
        ACCESS = "access_token"
        REFRESH = "refresh_token"

    id = models.CharField(primary_key=True, max_length=64, help_text="SHA-256.")
    grant = models.ForeignKey(Grant, models.CASCADE, related_name="tokens")
    kind = models.CharField(max_length=13, choices=Kind.choices)
    scopes = models.JSONField(default=list)
    made = models.DateTimeField(default=times.now)
    expires = models.DateTimeField(db_index=True)
    used = models.DateTimeField(null=True)
    revoked = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.kind} of {self.grant_id}"
