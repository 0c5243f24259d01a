"""What the provider can do, in the form that applications read (OpenID Discovery, RFC 8414)."""

from __future__ import annotations

from typing import Any

from madang.identity.engine.levels import EIDAS, GOVSTACK, SUPPORTED
from madang.identity.provider.addresses import address, issuer
from madang.identity.provider.assertions import SIGNED_BY
from madang.identity.provider.code_grant import AUTH_METHODS
from madang.identity.provider.keys import ALGORITHMS
from madang.identity.provider.scopes import CLAIMS, SCOPES

DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
EXCHANGE_GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
CIBA_GRANT = "urn:openid:params:grant-type:ciba"
GRANT_TYPES = ("authorization_code", "refresh_token", DEVICE_GRANT, EXCHANGE_GRANT, CIBA_GRANT)
_ABOUT_SIGN_IN = (
    "iss",
    "aud",
    "exp",
    "iat",
    "auth_time",
    "acr",
    "amr",
    "azp",
    "nonce",
    "sid",
    "act",
)


def metadata() -> dict[str, Any]:
    """Return the provider's metadata."""
    keyed = [method for method in AUTH_METHODS if method != "none"]
    return {
        "issuer": issuer(),
        "authorization_endpoint": address("oauth-authorize"),
        "token_endpoint": address("oauth-token"),
        "userinfo_endpoint": address("oauth-userinfo"),
        "jwks_uri": address("oauth-jwks"),
        "registration_endpoint": address("oauth-register"),
        "revocation_endpoint": address("oauth-revoke"),
        "introspection_endpoint": address("oauth-introspect"),
        "end_session_endpoint": address("oauth-logout"),
        "pushed_authorization_request_endpoint": address("oauth-par"),
        "device_authorization_endpoint": address("oauth-device"),
        "backchannel_authentication_endpoint": address("oauth-backchannel"),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "grant_types_supported": list(GRANT_TYPES),
        "subject_types_supported": ["pairwise"],
        "scopes_supported": list(SCOPES),
        "claims_supported": [*_ABOUT_SIGN_IN, *CLAIMS],
        "claim_types_supported": ["normal"],
        "acr_values_supported": [*SUPPORTED, *GOVSTACK, *EIDAS],
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "id_token_signing_alg_values_supported": list(ALGORITHMS),
        "token_endpoint_auth_methods_supported": list(AUTH_METHODS),
        "token_endpoint_auth_signing_alg_values_supported": SIGNED_BY,
        "revocation_endpoint_auth_methods_supported": list(AUTH_METHODS),
        "introspection_endpoint_auth_methods_supported": keyed,
        "request_object_signing_alg_values_supported": SIGNED_BY,
        "code_challenge_methods_supported": ["S256"],
        "backchannel_token_delivery_modes_supported": ["poll", "ping"],
        "backchannel_user_code_parameter_supported": False,
        "claims_parameter_supported": True,
        "request_parameter_supported": True,
        "request_uri_parameter_supported": False,
        "require_pushed_authorization_requests": False,
        "authorization_response_iss_parameter_supported": True,
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "service_documentation": f"{issuer()}/api/v1/docs",
    }
