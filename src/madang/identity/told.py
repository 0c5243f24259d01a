"""What people are told of acts that concern them: kinds of `SecurityNotice`, and their texts."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

ACTED_FOR_YOU = "acted-for-you"
APPROVAL_ASKED = "approval-asked"
MANDATE_GIVEN = "mandate-given"
MANDATE_ENDED = "mandate-ended"
ASSISTANCE_ASKED = "assistance-asked"
ASSISTANCE_BEGUN = "assistance-begun"
ASSISTANCE_ENDED = "assistance-ended"
CONFIRMATION_ASKED = "confirmation-asked"
GUARDIAN_ASKED = "guardian-asked"
EMERGENCY_OPENED = "emergency-opened"
LOOKED_AT = "looked-at"
QUESTION_ANSWERED = "question-answered"
REFRESH_STOLEN = "refresh-token-stolen"
ROLE_CHANGED = "role-changed"

TEXTS: dict[str, str] = {
    ACTED_FOR_YOU: _("Somebody did something for you. Your account says who, when and what."),
    APPROVAL_ASKED: _(
        "Somebody asks for your approval. Look under your account, and approve only what you began "
        "yourself."
    ),
    MANDATE_GIVEN: _("A mandate has begun: your account says who may act for whom."),
    MANDATE_ENDED: _("A mandate has ended. Nobody acts by it any more."),
    ASSISTANCE_ASKED: _("Staff of the city ask to act for you. Say yes or no in your account."),
    ASSISTANCE_BEGUN: _("Staff of the city act for you now. Your account says who and how long."),
    ASSISTANCE_ENDED: _("Staff of the city no longer act for you."),
    CONFIRMATION_ASKED: _("A change of money or identity waits for your yes in your account."),
    GUARDIAN_ASKED: _("A child asks you to agree to something. Say yes or no in your account."),
    EMERGENCY_OPENED: _(
        "Somebody opened personal data in an emergency. A review is due within a day."
    ),
    LOOKED_AT: _(
        "Staff of the city looked at your data. Your account says when and why, and you can ask "
        "about it there."
    ),
    QUESTION_ANSWERED: _("Your question about a look at your data is answered."),
    REFRESH_STOLEN: _(
        "An application showed an old key to your data a second time; perhaps somebody copied it. "
        "The application is signed out."
    ),
    ROLE_CHANGED: _("Your roles have changed."),
}
