"""What notices offers the house."""

from __future__ import annotations

from collections.abc import Iterable

from madang.kernel.registry import (
    API,
    Anchor,
    Claim,
    Command,
    HealthCheck,
    MenuEntry,
    Offer,
    OwnPanel,
    Page,
    PolicyFile,
    Purpose,
    Schedule,
    Subscriber,
)

OPERATOR, OFFICER = "role:operator", "role:officer"


def offers() -> Iterable[Offer]:
    """Return the offers of this room."""
    yield API("notices", "madang.notices.http:router")
    yield Schedule(
        "desk-forget",
        "40 3 * * *",
        "madang.notices.desk:forget_old_alerts",
        "Delete alerts of the desk cleared more than 400 days ago.",
    )
    yield Command("notices keys", "madang.notices.cli:keys", "Make the keys for production.")
    yield HealthCheck("notices", "madang.notices.watch:problem")
    yield Schedule(
        "notices-wake",
        "* * * * *",
        "madang.notices.tasks:wake_lanes",
        "Send what has come due: after quiet hours, and what is tried again.",
    )
    yield Schedule(
        "notices-forget",
        "50 3 * * *",
        "madang.notices.tasks:forget_old",
        "Forget unconfirmed addresses, calls that are done and old messages.",
    )
    yield from _claims()
    yield from _purposes()
    desk = "madang.notices.emergency_desk"
    account = "madang.notices.account_messages"
    yield Subscriber("identity.code_issued", "notices-codes", f"{account}:told")
    yield Subscriber("identity.security_notice", "notices-accounts", f"{account}:told")
    yield Subscriber("access.emergency_opened", "notices-emergency", f"{desk}:show")
    yield Subscriber("access.emergency_reviewed", "notices-emergency-reviewed", f"{desk}:clear")
    yield from _pages()
    yield OwnPanel("messages", "madang.notices.own_panels:messages", 35)


def _purposes() -> Iterable[Offer]:
    yield PolicyFile("madang.notices:policies.cedar")
    consent = "PIPA Art. 15(1)1"
    yield Purpose("deliver-notices", "To send you the alerts you asked for", consent, stands_s=3600)
    yield Purpose("sign-up", "To take down what you want to be told, and where", consent)
    yield Purpose("forget-notices", "To delete what is past its time", "PIPA Art. 21(1)")
    yield Purpose("watch-notices", "To see that alerts go out", "PIPA Art. 15(1)3")
    yield Purpose("plan-calls", "To plan the calls that were asked for", consent)
    yield Purpose("call-back", "To call you back, as you asked", consent)
    yield Purpose("post-letters", "To print and post your letters", "행정절차법 제14조")


def _claims() -> Iterable[Offer]:
    proof = "madang.notices.proof.figures"
    notify = Anchor("GOV.UK Notify, default limit", 50, "GOV.UK Notify documentation, rate limits")
    yield Claim(
        "notices-mail", "mails of one alert a second", "1/s", 50, "higher",
        f"{proof}:mails_per_s", (notify,),
    )  # fmt: skip
    yield Claim(
        "notices-push", "web pushes of one alert a second", "1/s", 50, "higher",
        f"{proof}:pushes_per_s", (notify,),
    )  # fmt: skip


def _pages() -> Iterable[Offer]:
    here, people = "madang.notices.pages", "madang.notices.sign_up_pages"
    calls, desk = "madang.notices.call_back_pages", "madang.notices.desk_pages"
    yield Page("alerts/", f"{here}:alerts", "alerts", "public")
    yield Page("alerts/feed.atom", f"{here}:feed", "alert-feed", "public")
    yield Page("alerts/sign-up/", f"{people}:sign_up", "alert-sign-up", "public", easy=True)
    yield Page("alerts/worker.js", f"{people}:worker", "alert-worker", "public")
    yield Page("alerts/here/", f"{people}:here", "alert-here", "public")
    # the signed link is the right to act; a mail program and the service worker have no token
    one = "<str:token>/"
    yield Page(
        f"alerts/confirm/{one}", f"{people}:confirm", "alert-confirm", "public", True, easy=True
    )
    yield Page(f"alerts/mine/{one}", f"{people}:manage", "alert-manage", "public")
    yield Page(f"alerts/stop/{one}", f"{people}:stop", "alert-stop", "public", True, easy=True)
    yield Page("alerts/<str:identifier>/", f"{here}:alert", "alert", "public")
    yield Page("call-back/", f"{calls}:ask", "call-back", "public", easy=True)
    yield Page("call-backs/", f"{calls}:listed", "call-backs", OFFICER)
    yield Page("call-backs/<int:number>/", f"{calls}:one", "call-back-one", OFFICER)
    yield Page("operations/notices/", f"{desk}:notices", "operations-notices", OPERATOR)
    yield Page("operations/notices/recorded/", f"{desk}:recorded", "operations-recorded", OPERATOR)
    mine, own = "madang.notices.person_pages", "signed-in+represented"
    yield Page("messages/", f"{mine}:listed", "messages", own)
    yield Page("messages/how/", f"{mine}:wishes", "message-wishes", "signed-in")
    yield Page(f"messages/stop/{one}", f"{mine}:stop", "message-stop", "public", True)
    yield Page("messages/<str:message>/", f"{mine}:one", "message", own)
    yield MenuEntry("alerts", "Alerts", 20)
    yield MenuEntry("call-backs", "Calls to make", 85, OFFICER)
