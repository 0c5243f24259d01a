"""Errors at the edge: a page for people, an RFC 9457 problem document for programs."""

from __future__ import annotations

import logging
from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from madang.access.api import ActsForAnother, StepUpNeeded
from madang.identity.api import keep_form
from madang.kernel.errors import Forbidden, LimitReached, MadangError, Unauthenticated
from madang.kernel.errors import NotFound as NotFoundError
from madang.kernel.problem import problem_document
from madang.web.context import easy_words

log = logging.getLogger("madang.web")

PROGRAM_PATHS = ("/api/", "/sta/", "/ingest", "/events", "/healthz", "/metrics")


class MalformedRequest(MadangError):
    """The request as such cannot be read."""

    code = "malformed-request"
    http_status = 400


class ErrorMiddleware:
    """Answer errors of views that have a name."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Return the view's answer, or the error page."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer an error we can name; others go to the house's 500 page and the log."""
        if not isinstance(error, MadangError):
            return None
        if error.http_status >= 500:
            log.error("%s %s: %s", request.method, request.path, error.message, exc_info=error)
        return answer(request, error)


def answer(request: HttpRequest, error: MadangError) -> HttpResponse:
    """Return the response for an error, in the form the caller reads."""
    if wants_problem(request):
        return problem(request, error)
    if isinstance(error, Unauthenticated):
        return _to_sign_in(request, error)
    return page(request, error)


def _to_sign_in(request: HttpRequest, error: Unauthenticated) -> HttpResponse:
    """Send the reader to sign in, or to step up; a form that was sent too late is kept."""
    keep_form(request)
    wanted = {"next": _way_back(request)}
    if isinstance(error, StepUpNeeded):
        wanted |= {"acr": error.acr}
        if error.max_age_s is not None:
            wanted |= {"max_age": str(error.max_age_s)}
    return redirect(f"{reverse('sign-in')}?{urlencode(wanted)}")


def _way_back(request: HttpRequest) -> str:
    """Return the page to go on with: this one, or the one whose form was sent."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    form = urlsplit(request.headers.get("Referer", ""))
    if form.netloc != request.get_host() or not form.path.startswith("/"):
        return "/"
    return f"{form.path}?{form.query}" if form.query else form.path


def wants_problem(request: HttpRequest) -> bool:
    """Return whether the caller is a program: by the path, else by what it accepts."""
    if request.path.startswith(PROGRAM_PATHS):
        return True
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def problem(request: HttpRequest, error: MadangError) -> HttpResponse:
    """Return an RFC 9457 problem document."""
    status, headers, body = problem_document(error, instance=request.path)
    return HttpResponse(body, status=status, headers=headers)


def page(request: HttpRequest, error: MadangError) -> HttpResponse:
    """Return an error page that says what happened, what is safe and what to do."""
    heading, advice = _words(error)
    easy = easy_words(get_language() or "")
    context = {"error": error, "heading": heading, "advice": advice, "easy": easy}
    response = render(request, "web/error.html", context, status=error.http_status)
    if isinstance(error, LimitReached):
        response["Retry-After"] = str(max(1, round(error.retry_after_s)))
    return response


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that does not exist (Django's `handler404`)."""
    log.info("not found: %s (%s)", request.path, type(exception).__name__)
    text = _("There is no page at %(path)s.") % {"path": request.path}
    return answer(request, NotFoundError(text))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what Django itself cannot read: too large, or under a name not ours (`handler400`)."""
    log.info("unreadable: %s (%s)", request.path, type(exception).__name__)
    return answer(request, MalformedRequest(_("This could not be done")))


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what Django itself refuses (`handler403`)."""
    log.info("refused: %s (%s)", request.path, exception)
    return answer(request, Forbidden(_("This is not open to you.")))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that did not come from our page (`CSRF_FAILURE_VIEW`)."""
    log.warning("csrf refused at %s: %s", request.path, reason)
    text = _("The form was too old. Go back, load the page anew and send it again.")
    return answer(request, Forbidden(text))


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer our own fault (`handler500`); Django has logged it."""
    return answer(request, MadangError(_("Something broke on our side. It has been written down.")))


def _words(error: MadangError) -> tuple[str, str]:
    """Return heading and advice for an error: its own words, else those of its status."""
    if isinstance(error, ActsForAnother):
        return error.words
    by_status = {
        403: (_("You do not have access to this page"), _("Ask your administrator for the role.")),
        404: (_("This page does not exist"), _("Check the address, or start from the home page.")),
        429: (_("Too many requests for the moment"), _("Wait a little, then try again.")),
        503: (_("A part of the service does not answer"), _("Try again in a minute.")),
    }
    if error.http_status in by_status:
        return by_status[error.http_status]
    if error.http_status >= 500:
        advice = _("Try again in a minute. Nothing you sent is half done.")
        return _("Something went wrong on our side"), advice
    return _("This could not be done"), _("Go back, correct it and send it again.")
