"""What people are told of acts that concern them: kinds of `SecurityNotice`, and their texts."""

from __future__ import annotations

from django.utils.translation import gettext_noop as _

ACTED_FOR_YOU = "acted-for-you"
MANDATE_GIVEN = "mandate-given"
MANDATE_ENDED = "mandate-ended"
ASSISTANCE_ASKED = "assistance-asked"
ASSISTANCE_BEGUN = "assistance-begun"
ASSISTANCE_ENDED = "assistance-ended"
CONFIRMATION_ASKED = "confirmation-asked"
GUARDIAN_ASKED = "guardian-asked"
EMERGENCY_OPENED = "emergency-opened"
QUESTION_ANSWERED = "question-answered"
ROLE_CHANGED = "role-changed"

TEXTS: dict[str, str] = {
    ACTED_FOR_YOU: _("Somebody did something for you. Your account says who, when and what."),
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
    QUESTION_ANSWERED: _("Your question about a look at your data is answered."),
    ROLE_CHANGED: _("Your roles have changed."),
}
