"""Administrators decide which applications sign people in, and let new keys sign."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from madang.identity import staff
from madang.identity.api import current_actor
from madang.identity.provider import clients, keys
from madang.identity.provider.consent_pages import told_in_words
from madang.identity.provider_models import Client
from madang.kernel.errors import Conflict, NotFound

State = Client.State
# what can be decided about an application in each state
DECISIONS = {
    State.PENDING: (State.APPROVED, State.REFUSED),
    State.APPROVED: (State.SUSPENDED,),
    State.REFUSED: (State.APPROVED,),
    State.SUSPENDED: (State.APPROVED,),
}


@never_cache
def applications(request: HttpRequest) -> HttpResponse:
    """List the applications that sign people in with us."""
    rows = clients.clients()
    pending = sum(row.state == State.PENDING for row in rows)
    heading = _("Applications that sign people in")
    if pending:
        heading = _("Applications wait for your decision: %(count)s") % {"count": pending}
    context = {"heading": heading, "rows": [(row, state_word(row.state)) for row in rows]}
    return render(request, "identity/clients.html", context)


@never_cache
def application(request: HttpRequest, client_id: str) -> HttpResponse:
    """Show one application; take a decision about it."""
    client = Client.objects.filter(pk=client_id).first()
    if client is None:
        raise NotFound(_("There is no such application."))
    if request.method == "POST":
        return _decide(request, client)
    context = {
        "heading": client.name,
        "client": client,
        "state": state_word(client.state),
        "decided_by": _decided_by(request, client),
        "told": told_in_words(client.scopes, []),
        "decisions": [(str(one), decision_word(one)) for one in DECISIONS[State(client.state)]],
        "has_secret": client.auth_method.startswith("client_secret"),
    }
    return render(request, "identity/client.html", context)


@never_cache
@require_POST
def renew_secret(request: HttpRequest, client_id: str) -> HttpResponse:
    """Give an application a new secret and show it, once."""
    secret = clients.new_client_secret(client_id, by=current_actor(request).id)
    context = {"heading": _("The new secret, shown once"), "secret": secret, "client": client_id}
    return render(request, "identity/client_secret.html", context)


@never_cache
def signing_keys(request: HttpRequest) -> HttpResponse:
    """Show the keys that sign tokens; let the next ones sign."""
    if request.method == "POST":
        keys.rotate(current_actor(request).id)
        messages.success(request, _("The next keys sign from now on."))
        return redirect("signing-keys")
    words = {"next": _("next"), "current": _("signs now"), "retired": _("retired")}
    rows = [(row, words[row.state]) for row in keys.all_keys()]
    context = {"heading": _("Keys that sign tokens"), "rows": rows}
    return render(request, "identity/keys.html", context)


def state_word(state: str) -> str:
    """Return the state of an application in words."""
    return {
        State.PENDING: _("waits for a decision"),
        State.APPROVED: _("approved"),
        State.REFUSED: _("refused"),
        State.SUSPENDED: _("suspended"),
    }[State(state)]


def decision_word(state: State) -> str:
    """Return what the button of a decision says."""
    return {
        State.APPROVED: _("Approve"),
        State.REFUSED: _("Refuse"),
        State.SUSPENDED: _("Suspend"),
    }[state]


def _decided_by(request: HttpRequest, client: Client) -> str:
    account = client.decided_by.removeprefix("account:")
    named = staff.logins_of(current_actor(request), [account]) if account else {}
    return named.get(account, client.decided_by)


def _decide(request: HttpRequest, client: Client) -> HttpResponse:
    wanted = request.POST.get("state", "")
    if wanted not in DECISIONS[State(client.state)]:
        raise Conflict(_("This cannot be decided now. Load the page anew."))
    clients.decide(client.client_id, State(wanted), by=current_actor(request).id)
    messages.success(request, _("Decided. The audit log keeps who and when."))
    return redirect("application", client.client_id)
