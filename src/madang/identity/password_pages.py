"""The page on which staff change their password."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from madang.identity import actions, authenticators
from madang.identity.errors import TooManyAttempts, WeakPassword
from madang.identity.page_parts import own_trail, refused, signed_in, too_many
from madang.identity.passwords import PASSWORD_LENGTH
from madang.kernel.errors import NotFound

PAGE = "identity/change_password.html"


@never_cache
@sensitive_post_parameters("current", "password", "again")
def change(request: HttpRequest) -> HttpResponse:
    """Take the password that holds and a new one; all other sessions end."""
    own = signed_in(request)
    authenticators.require_owner(own)
    if "password" not in authenticators.kinds_of(own.account):
        raise NotFound(_("This account has no password."))
    context: dict[str, Any] = {
        "heading": _("Change your password"),
        "crumbs": own_trail(),
        "length": PASSWORD_LENGTH,
        "name": own.name,
    }
    given = request.POST
    if request.method != "POST":
        return render(request, PAGE, context)
    if given.get("password", "") != given.get("again", ""):
        text = _("The two passwords differ. Type the same one twice.")
        return refused(request, PAGE, context, text, "again")
    try:
        is_right = actions.change_password(
            request, own, given.get("current", ""), given.get("password", "")
        )
    except TooManyAttempts as error:
        return too_many(request, PAGE, context, error)
    except WeakPassword as error:
        return refused(request, PAGE, context, error.fields["password"], "password")
    if not is_right:
        return refused(request, PAGE, context, _("This is not your password."), "current")
    messages.success(request, _("The password is changed. You are signed out everywhere else."))
    return redirect("account")
