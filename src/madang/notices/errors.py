"""What can go wrong with notices."""

from __future__ import annotations

from madang.kernel.errors import Conflict, Invalid, LimitReached, NotFound, Unavailable


class InvalidAlert(Invalid):
    """An alert that CAP 1.2 does not allow; `fields` names the elements."""

    code = "invalid-alert"


class UnknownAlert(NotFound):
    """No alert has this identifier."""

    code = "unknown-alert"


class AlertExists(Conflict):
    """An alert of this identifier is published already; a published alert never changes."""

    code = "alert-exists"


class InvalidAddress(Invalid):
    """An address that no message can be sent to; the text never repeats it."""

    code = "invalid-address"


class TooManyWishes(Invalid):
    """A sign-up asks for more than one subscriber may have."""

    code = "too-many-wishes"


class TooManySignUps(LimitReached):
    """Too many requests from one place, or for one address."""

    code = "too-many-sign-ups"


class LinkSpent(NotFound):
    """A signed link that is too old, cut short, or did its work already."""

    code = "link-spent"
    http_status = 410


class UnknownKind(NotFound):
    """No room offers this kind of alert, or it has no such subject or level."""

    code = "unknown-alert-kind"


class NoChannel(Unavailable):
    """The channel is not set up on this instance."""

    code = "no-channel"


class UnknownCallBack(NotFound):
    """There is no such request for a call, or its number is forgotten already."""

    code = "unknown-call-back"
