"""What can go wrong with notices."""

from __future__ import annotations

from madang.kernel.errors import Conflict, Invalid, NotFound


class InvalidAlert(Invalid):
    """An alert that CAP 1.2 does not allow; `fields` names the elements."""

    code = "invalid-alert"


class UnknownAlert(NotFound):
    """No alert has this identifier."""

    code = "unknown-alert"


class AlertExists(Conflict):
    """An alert of this identifier is published already; a published alert never changes."""

    code = "alert-exists"
