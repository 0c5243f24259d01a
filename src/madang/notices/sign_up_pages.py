"""Pages by which people sign up for alerts, confirm, change and stop; all work without scripts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings as django_settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from madang.identity.api import client_address
from madang.kernel.errors import Invalid, LimitReached, MadangError, NotFound
from madang.notices import actions, addresses, forms, links
from madang.notices.channels import setup
from madang.notices.errors import InvalidAddress, LinkSpent
from madang.notices.models import Contact, SignUp, Subscriber
from madang.notices.purposes import SIGN_UP, opened

SENSITIVE = ("email", "phone", "subscription")
HOME = "/"


@dataclass(frozen=True)
class ShownContact:
    """An address as its owner sees it: enough to know it again."""

    id: int
    channel: str
    address: str


@never_cache
@sensitive_post_parameters(*SENSITIVE)
def sign_up(request: HttpRequest) -> HttpResponse:
    """Ask what to tell, where and how; send the message that confirms the address."""
    if request.method != "POST":
        return _form(request, forms.proposed(request.GET, get_language() or ""), {})
    form = forms.read(request.POST)
    try:
        actions.sign_up(
            form.channel,
            form.address,
            form.wishes(),
            form.manner(),
            source=client_address(request),
            subscriber_key=_owner(request),
        )
    except LimitReached as error:
        response = _form(request, form, {}, trouble=error.message, status=429)
        response["Retry-After"] = str(max(1, round(error.retry_after_s)))
        return response
    except Invalid as error:
        return _form(request, form, error.fields, status=422)
    except NotFound as error:
        return _form(request, form, {"place": error.message}, status=422)
    context = {
        "heading": _sent_heading(form.channel),
        "crumbs": _crumbs(),
        "channel": form.channel,
        "is_recorded": setup.is_recorded(form.channel),
    }
    return render(request, "notices/signed_up.html", context)


def _owner(request: HttpRequest) -> str:
    token = request.POST.get("mine", "")
    return links.managed_key(token) if token else ""


def _form(
    request: HttpRequest,
    form: forms.SignUpForm,
    errors: dict[str, str],
    *,
    trouble: str = "",
    status: int = 200,
) -> HttpResponse:
    offered = setup.offered()
    context = {
        "heading": _("Get a message when the air changes"),
        "crumbs": _crumbs(),
        "form": form,
        "errors": errors,
        "error_list": forms.error_list(errors),
        "hour_choices": forms.hour_choices(),
        "failed": [trouble] if trouble else [],
        "places": forms.place_choices(),
        "kinds": forms.choices(form),
        "message_languages": _languages(),
        "mine": request.POST.get("mine", "") or request.GET.get("mine", ""),
        "phone_channels": [name for name in offered if name in addresses.PHONE_CHANNELS],
        "recorded": [name for name in offered if setup.is_recorded(name)],
        "phone_recorded": any(map(setup.is_recorded, addresses.PHONE_CHANNELS)),
        "has_email": "email" in offered,
        "push_key": setup.vapid().public_key if "push" in offered else "",
    }
    return render(request, "notices/sign_up.html", context, status=status)


def _sent_heading(channel: str) -> str:
    return {
        "email": _("One more step: open your mail"),
        "push": _("One moment: your browser confirms"),
    }.get(channel, _("One more step: open the message on your phone"))


@never_cache
@opened(SIGN_UP)
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Confirm an address by one button; a program that only looks at links confirms nothing."""
    context: dict[str, object] = {"crumbs": _crumbs()}
    try:
        key = links.confirmed_key(token)
        if request.method == "POST":
            who = actions.confirm(key)
            messages.success(request, _("Done. From now on you get these alerts."))
            return redirect(links.manage_path(who.key))
        asked = SignUp.objects.filter(key=key).first()
        if asked is None:
            raise LinkSpent("")
    except LinkSpent:
        return _spent(request)
    context |= {
        "heading": _("Do you want these alerts?"),
        "wishes": [forms.wish_words(*wish) for wish in asked.wishes],
        "channel": asked.channel,
        "address": addresses.unseal(asked.channel, asked.address) if _is_text(asked) else "",
    }
    return render(request, "notices/confirm.html", context)


def _is_text(asked: SignUp) -> bool:
    return asked.channel != "push"


@never_cache
@opened(SIGN_UP)
def manage(request: HttpRequest, token: str) -> HttpResponse:
    """Show what a subscriber gets and change it: places, hours, language, order of addresses."""
    try:
        key = links.managed_key(token)
        if request.method == "POST":
            _change(request, key)
            messages.success(request, _("Your changes are kept."))
            return redirect("alert-manage", token)
        who = actions.subscriber(key, locked=False)
    except LinkSpent:
        return _spent(request)
    except MadangError as error:
        if not isinstance(error, Invalid | NotFound):
            raise
        who = actions.subscriber(key, locked=False)
        return _manage_page(request, token, who, trouble=error.message)
    return _manage_page(request, token, who)


def _change(request: HttpRequest, key: str) -> None:
    """Do what the pressed button says."""
    post = request.POST
    if post.get("first", "").isdigit():
        actions.try_first(key, int(post["first"]))
    elif post.get("remove", "").isdigit():
        actions.remove_address(key, int(post["remove"]))
    else:
        form = forms.read(post)
        keep = [int(number) for number in post.getlist("keep") if number.isdigit()]
        actions.change(key, form.manner(), keep=keep, add=form.wishes())


def _manage_page(
    request: HttpRequest, token: str, who: Subscriber, *, trouble: str = ""
) -> HttpResponse:
    form = forms.of_subscriber(who)
    context = {
        "heading": _("Your alerts"),
        "crumbs": _crumbs(),
        "failed": [trouble] if trouble else [],
        "token": token,
        "form": form,
        "hour_choices": forms.hour_choices(),
        "wishes": [(w.pk, forms.wish_words(w.kind, w.subject, w.place, w.level), "")
                   for w in who.wishes.all()],
        "kept": [w.pk for w in who.wishes.all()],
        "contacts": [_shown(c) for c in who.contacts.all()],
        "places": forms.place_choices(),
        "kinds": forms.choices(form),
        "message_languages": _languages(),
    }  # fmt: skip
    return render(request, "notices/manage.html", context, status=422 if trouble else 200)


def _shown(contact: Contact) -> ShownContact:
    address = addresses.unseal(contact.channel, contact.address)
    return ShownContact(
        contact.pk, forms.channel_title(contact.channel), addresses.masked(contact.channel, address)
    )


@never_cache
@sensitive_post_parameters(*SENSITIVE)
@require_POST
def here(request: HttpRequest) -> HttpResponse:
    """Lead a browser that shows its subscription to the page of its own alerts."""
    try:
        key = actions.key_of_browser(request.POST.get("subscription", ""))
    except (InvalidAddress, LinkSpent):
        messages.info(request, _("You hear about nothing at the moment."))
        return redirect("alert-sign-up")
    return redirect(links.manage_path(key))


@never_cache
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """End a subscription by one POST, also a mail program's own (RFC 8058); a GET only asks."""
    try:
        key = links.managed_key(token)
        if request.method == "POST":
            actions.stop(key)
            context = {"heading": _("You get no more alerts"), "crumbs": _crumbs(), "done": True}
            return render(request, "notices/stop.html", context)
        actions.subscriber(key, locked=False)
    except LinkSpent:
        context = {"heading": _("Your alerts are stopped"), "crumbs": _crumbs(), "done": True}
        return render(request, "notices/stop.html", context)
    context = {"heading": _("Stop all your alerts?"), "crumbs": _crumbs(), "token": token}
    return render(request, "notices/stop.html", context)


@require_safe
@cache_control(public=True, max_age=3600)
def worker(_request: HttpRequest) -> HttpResponse:
    """Return the service worker that shows web pushes; its scope is ``/alerts/``."""
    return HttpResponse(_worker(), content_type="text/javascript; charset=utf-8")


@cache
def _worker() -> bytes:
    return (Path(__file__).parent / "static" / "notices" / "worker.js").read_bytes()


def _spent(request: HttpRequest) -> HttpResponse:
    context = {"heading": _("This link does not work any more"), "crumbs": _crumbs()}
    return render(request, "notices/spent.html", context, status=410)


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Home"), HOME), (_("Alerts"), reverse("alerts"))]


def _languages() -> list[tuple[str, str]]:
    codes = [code for code, _name in django_settings.LANGUAGES]
    return [(code, get_language_info(code)["name_local"]) for code in codes]
