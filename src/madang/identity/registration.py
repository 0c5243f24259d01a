"""What identity offers the house: sign-in pages, account commands, a cleaning job."""

from __future__ import annotations

from collections.abc import Iterable

from madang.kernel.registry import (
    ActorSource,
    Command,
    MenuEntry,
    Offer,
    OwnPanel,
    Page,
    PolicyFile,
    ProfileFile,
    Purpose,
    Schedule,
    SensitiveAct,
    Subscriber,
)

PROVIDER = "madang.identity.provider"
ADMINISTRATOR = "role:administrator"


def offers() -> Iterable[Offer]:
    """Return the offers of this room."""
    yield from _pages()
    yield OwnPanel("mandates", "madang.identity.own_panels:mandates", 60)
    yield OwnPanel("looks", "madang.identity.own_panels:looks", 70)
    yield from _sign_in_jobs()
    yield from _acting_pages()
    yield from _staff_pages()
    yield from _acting_jobs()
    yield from _key_pages()
    yield from _purposes()
    yield PolicyFile("madang.identity:policies.cedar")
    yield ActorSource("madang.identity.actor_source:actor_named")
    yield PolicyFile("madang.identity:policies/provider.cedar")
    yield from _provider()
    yield Command("identity user add", "madang.identity.cli:add", "Make an account.")
    yield Command("identity user codes", "madang.identity.cli:codes", "Print second proofs.")
    yield Command("identity user list", "madang.identity.cli:list_users", "List all accounts.")
    yield Command("identity sessions end", "madang.identity.cli:end_sessions", "End sessions.")
    yield Schedule(
        "identity-forget-failures",
        "17 * * * *",
        "madang.identity.actions:forget_old_failures",
        "Delete failed sign-ins that no longer count.",
    )
    yield Schedule(
        "identity-forget-codes",
        "41 * * * *",
        "madang.identity.codes:forget_old",
        "Delete one-time codes that are over.",
    )
    yield Schedule(
        "identity-clear-sessions",
        "* * * * *",
        "madang.identity.sessions:clear_expired",
        "Delete sessions that have ended, and tell the applications.",
    )


def _sign_in_jobs() -> Iterable[Offer]:
    commands = "madang.identity.cli_certificates"
    yield Command(
        "identity certificate check", f"{commands}:check", "Say whether a signature is taken."
    )
    yield Command(
        "identity certificate sample", f"{commands}:sample", "Make a certificate for the demo."
    )
    yield Schedule(
        "identity-forget-challenges",
        "29 * * * *",
        "madang.identity.certificates:forget_spent",
        "Delete challenges that have ended by themselves.",
    )
    yield Schedule(
        "identity-forget-approvals",
        "*/5 * * * *",
        "madang.identity.approving:forget_old",
        "Delete requests for approval that have ended.",
    )
    yield ProfileFile(
        "certificates.yaml",
        "madang.identity.certificate_profile:faults_of_file",
        "Which certificates open accounts, and who may be asked whether they are revoked.",
    )


def _pages() -> Iterable[Page]:
    here = "madang.identity.pages"
    choose = "set-password/<str:uid>/<str:token>/"
    first = "first-administrator/<str:token>/"
    yield Page("sign-in/", f"{here}:sign_in", "sign-in", "public")
    yield Page("sign-in/more/", f"{here}:more", "sign-in-more", "public")
    yield Page("sign-in/kept-form/", f"{here}:kept_form", "kept-form", "signed-in")
    certificate, approval = "madang.identity.certificate_pages", "madang.identity.approval_pages"
    text = "sign-in/certificate/<str:about>/challenge.txt"
    yield Page("sign-in/certificate/", f"{certificate}:sign_in", "sign-in-certificate", "public")
    yield Page("sign-in/certificate/new/", f"{certificate}:new", "certificate-new", "public")
    yield Page(text, f"{certificate}:challenge", "certificate-challenge", "public")
    yield Page("account/certificate/", f"{certificate}:add", "certificate-add", "signed-in+recent")
    yield Page("sign-in/approval/", f"{approval}:ask", "sign-in-approval", "public")
    yield Page("sign-in/approval/wait/", f"{approval}:wait", "approval-wait", "public")
    yield Page("sign-out/", f"{here}:sign_out", "sign-out", "public")
    yield Page(choose, f"{here}:set_password", "set-password", "public")
    yield Page(first, f"{here}:first_administrator", "first-administrator", "public")


def _key_pages() -> Iterable[Page]:
    here, own = "madang.identity", "signed-in"
    fresh = "signed-in+recent"
    keys, apps = f"{here}.passkey_pages", f"{here}.app_code_pages"
    codes, papers = f"{here}.code_pages", f"{here}.paper_pages"
    account, contact = f"{here}.account_pages", f"{here}.contact_pages"
    recover, password = f"{here}.recovery_pages", f"{here}.password_pages"
    one = "account/keys/<str:key>/"
    yield Page("sign-in/passkey/", f"{keys}:sign_in", "sign-in-passkey", "public")
    yield Page("sign-in/app-code/", f"{apps}:sign_in", "sign-in-app-code", f"{own}+represented")
    yield Page("sign-in/code/", f"{codes}:sign_in", "sign-in-code", "public")
    yield Page("sign-in/code/enter/", f"{codes}:type_code", "sign-in-code-type", "public")
    yield Page("sign-in/paper/", f"{papers}:sign_in", "sign-in-paper", "public")
    yield Page("account/", f"{account}:account", "account", own)
    yield Page("account/new/", f"{keys}:new_account", "account-new", "public")
    yield Page("account/recover/", f"{recover}:begin", "recover", "public")
    yield Page("account/recover/show/", f"{recover}:show", "recover-show", "public")
    yield Page("account/recover/stop/", f"{account}:stop_recovery", "recover-stop", own)
    yield Page("account/sessions/end/", f"{account}:end_sessions", "account-end-sessions", own)
    yield Page("account/passkeys/add/", f"{keys}:add", "passkey-add", fresh)
    yield Page("account/app-codes/add/", f"{apps}:add", "app-code-add", fresh)
    yield Page("account/addresses/add/", f"{contact}:add", "account-contact-add", fresh)
    confirm = "account/addresses/confirm/"
    yield Page(confirm, f"{contact}:confirm", "account-contact-confirm", own)
    remove = "account/addresses/remove/"
    yield Page(remove, f"{contact}:remove", "account-contact-remove", fresh)
    yield Page("account/password/", f"{password}:change", "account-password", fresh)
    yield Page(one, f"{account}:key", "account-key", own)
    yield Page(f"{one}remove/", f"{account}:remove_key", "account-key-remove", fresh)
    counter = "role:clerk"
    yield Page("counter/paper-codes/", f"{papers}:at_counter", "counter-paper-codes", counter)


def _acting_pages() -> Iterable[Offer]:
    mandates, looks = "madang.identity.mandate_pages", "madang.identity.look_pages"
    help_, counter = "madang.identity.assistance_pages", "madang.identity.counter_pages"
    sure = "signed-in+ial2+aal2"
    own = "signed-in+aal2+recent"
    one = "account/mandates/<str:mandate_id>/end/"
    yield Page("account/mandates/", f"{mandates}:listed", "mandates", "signed-in")
    yield Page("account/mandates/new/", f"{mandates}:offer", "mandate-new", f"{sure}+recent")
    yield Page("account/mandates/accept/", f"{mandates}:accept", "mandate-accept", sure)
    yield Page(one, f"{mandates}:end", "mandate-end", own)
    yield Page("account/act-for/", f"{mandates}:act_for", "act-for", "signed-in+represented")
    yield Page("account/act-for/over/", f"{mandates}:over", "acting-over", "signed-in")
    yield Page("account/looks/", f"{looks}:listed", "looks", "signed-in+represented")
    yield Page("account/looks/ask/", f"{looks}:ask", "look-question", "signed-in+represented")
    yield Page("account/names/", f"{looks}:names", "names", "signed-in+represented")
    yield Page("account/assistance/", f"{help_}:listed", "assistance", "signed-in")
    yield Page("account/assistance/answer/", f"{help_}:answer", "assist-answer", "signed-in+aal2")
    yield Page("account/confirmations/", f"{help_}:confirmations", "confirmations", own)
    yield Page("counter/assist/", f"{counter}:assist", "assist", "role:clerk")
    waits = "madang.identity.waiting_pages:wait"
    yield Page("counter/assist/<str:session_id>/", waits, "assist-wait", "role:clerk")
    yield Page("counter/mandates/new/", f"{counter}:mandate", "counter-mandate", "role:clerk")
    known = "madang.identity.maybe_known_pages:listed"
    yield Page("counter/known/", known, "maybe-known", "role:clerk+recent")
    yield Page("counter/confirmations/", f"{counter}:confirmations", "second-yes",
               "role:department-head,clerk+recent")  # fmt: skip
    yield Page("counter/emergency/", f"{counter}:emergency", "emergency-open",
               "role:clerk,officer+recent")  # fmt: skip
    yield Page("privacy/questions/", f"{looks}:questions", "look-questions", "role:privacy-officer")
    yield MenuEntry("assist", "Help a resident", 92, "role:clerk")
    yield MenuEntry("second-yes", "Second yes", 92, "role:department-head")
    yield MenuEntry("emergency-open", "Emergency look", 92, "role:officer")
    yield MenuEntry("look-questions", "Questions about looks", 93, "role:privacy-officer")
    yield SensitiveAct(
        "identity.set-name", "Change a form of your name", "identity",
        "madang.identity.people:set_name_of", "madang.identity.names:facts_of_name",
    )  # fmt: skip


def _staff_pages() -> Iterable[Offer]:
    staff, kiosks = "madang.identity.staff_pages", "madang.identity.kiosk_pages"
    admin = "role:administrator"
    yield Page("staff/", f"{staff}:listed", "staff", "role:administrator")
    yield Page("staff/new/", f"{staff}:new", "staff-new", admin)
    yield Page("staff/roles/", f"{staff}:asked", "staff-roles", f"{admin}+recent")
    yield Page("staff/yearly/", f"{staff}:yearly", "staff-yearly", admin)
    yield Page("staff/kiosks/", f"{kiosks}:listed", "kiosks", admin)
    yield Page("staff/one/<str:account_id>/", f"{staff}:one", "staff-one", admin)
    yield Page("kiosk/", f"{kiosks}:start", "kiosk", "public")
    yield Page("kiosk/bind/<str:token>/", f"{kiosks}:bind", "kiosk-bind", "public")
    yield Page("kiosk/agree/", "madang.identity.assisted_kiosk_pages:agree", "kiosk-agree",
               "public")  # fmt: skip
    yield Page("kiosk/over/", f"{kiosks}:over", "kiosk-over", "public")
    yield MenuEntry("staff", "Staff", 94, "role:administrator")


def _acting_jobs() -> Iterable[Offer]:
    yield Schedule(
        "identity-end-mandates",
        "2 * * * *",
        "madang.identity.mandates:end_lapsed",
        "End mandates that have run out, and tell both sides.",
    )
    yield Schedule(
        "identity-end-assistance",
        "* * * * *",
        "madang.identity.assisted:end_over",
        "Close assisted sessions whose time is over.",
    )
    yield Subscriber(
        "access.emergency_opened",
        "identity-tell-of-emergencies",
        "madang.identity.looked:tell_of_emergency",
    )
    yield Subscriber(
        "access.subjects_looked_at",
        "identity-tell-of-looks",
        "madang.identity.looked:tell_of_look",
    )
    yield ProfileFile(
        "people.yaml",
        "madang.identity.people_rules:faults_of_file",
        "From which age people act for themselves and consent to the use of their data.",
    )
    yield Command("identity consent", "madang.identity.assisted_cli:consent",
                  "Check how a resident agreed to be helped.")  # fmt: skip
    yield Command("identity person add", "madang.identity.person_cli:add", "Enter people.")
    yield Command("identity person end", "madang.identity.person_cli:end", "Note who died or left.")
    yield Command("identity person link", "madang.identity.person_cli:link",
                  "Link a person to an id of another register.")  # fmt: skip


def _purposes() -> Iterable[Purpose]:
    yield Purpose(
        "authenticate",
        "Sign somebody in",
        "PIPA Art. 15(1)4; E-Government Act Art. 10",
        "The sign-in itself: finds account and keys, nothing of the person but how sure we are.",
        is_listed=False,
    )
    yield Purpose(
        "manage-accounts",
        "Manage accounts of staff",
        "PIPA Art. 15(1)3; Local Public Officials Act",
        "Administrators make, change and close accounts of staff.",
    )
    yield Purpose(
        "keep-people",
        "Keep the record of people",
        "PIPA Art. 15(1)3; Resident Registration Act Art. 7",
        "Entering, proofing and linking people at counters and by the register.",
    )
    yield Purpose(
        "act-for-others",
        "See who may act for whom",
        "Civil Act Art. 114, 911; PIPA Art. 38",
        "Mandates and assisted sessions are looked up whenever somebody acts for another.",
        is_listed=False,
        stands_s=3600,
    )
    yield Purpose(
        "assist-resident",
        "Find your record to help you in person or by phone",
        "PIPA Art. 15(1)3; Civil Petitions Treatment Act Art. 5",
        "A member of staff finds the resident who is with them, to begin an assisted session.",
    )
    yield Purpose(
        "answer-questions",
        "Answer your question about a look",
        "PIPA Art. 31, 35",
        "A privacy officer reads a resident's question and answers it.",
    )
    yield Purpose(
        "own-record",
        "See and change your record, yourself or by whom acts for you",
        "PIPA Art. 4, 35, 36",
        "A person, or whoever may act for them, looks at and changes what is kept of them.",
    )
    yield Purpose(
        "tell-relying-party",
        "A service you sign in to was told who you are",
        "PIPA Art. 15(1)1, 17(1)1",
        "An application that somebody signs in to is told what its scopes and their consent allow.",
    )


def _provider() -> Iterable[Offer]:
    """What the OpenID provider offers."""
    yield from _provider_endpoints()
    yield from _provider_pages()
    yield from _provider_commands()
    yield from _provider_schedules()
    yield Subscriber(
        "identity.account_closed", "identity-end-grants", f"{PROVIDER}.listening:account_closed"
    )


def _provider_endpoints() -> Iterable[Offer]:
    """What programs call; `key` because each request shows who it is by itself."""
    here = f"{PROVIDER}.endpoints"
    for path, name, access in (
        (".well-known/openid-configuration", "configuration", "public"),
        (".well-known/oauth-authorization-server", "configuration", "public"),
        ("oauth/jwks", "jwks", "public"),
        ("oauth/token", "token", "key"),
        ("oauth/par", "push", "key"),
        ("oauth/userinfo", "userinfo", "key"),
        ("oauth/revoke", "revoke", "key"),
        ("oauth/introspect", "introspect", "key"),
        ("oauth/device", "device", "key"),
        ("oauth/backchannel", "backchannel", "key"),
        ("oauth/register", "register", "public"),
    ):
        page = path.rpartition("/")[2] if path.startswith(".") else f"oauth-{path[6:]}"
        yield Page(path, f"{here}:{name}", page, access, csrf_exempt=True)


def _provider_pages() -> Iterable[Offer]:
    here, waits = f"{PROVIDER}.authorize_pages", "oauth/continue/<str:handle>/"
    yield Page(
        "oauth/authorize", f"{here}:authorize", "oauth-authorize", "public", csrf_exempt=True
    )
    yield Page(waits, f"{here}:go_on", "oauth-continue", "public")
    yield Page(f"{waits}back/", f"{here}:go_back", "oauth-back", "public")
    yield Page(f"{waits}cancel/", f"{here}:cancel", "oauth-cancel", "public")
    yield Page(f"{waits}account/", f"{here}:choose_account", "oauth-account", "public")
    here = f"{PROVIDER}.consent_pages"
    yield Page(f"{waits}consent/", f"{here}:consent", "oauth-consent", "signed-in")
    yield Page("account/agreed/", f"{here}:agreed", "agreed", "signed-in")
    yield Page("account/agreed/<int:number>/", f"{here}:withdraw", "withdraw", "signed-in")
    children = f"{PROVIDER}.guardian_pages:listed"
    yield Page("account/children/", children, "guardian-consents", "signed-in+aal2")
    here = f"{PROVIDER}.ending"
    yield Page("oauth/logout", f"{here}:logout", "oauth-logout", "public", csrf_exempt=True)
    yield Page("oauth/logout/confirm/", f"{here}:confirm_logout", "oauth-logout-confirm", "public")
    yield Page("device/", f"{PROVIDER}.device_pages:enter", "device", "signed-in")
    here = f"{PROVIDER}.approve_pages"
    yield Page("approve/", f"{here}:waiting", "approvals", "signed-in")
    yield Page("approve/<str:public_id>/", f"{here}:approve", "approve", "signed-in")
    here = f"{PROVIDER}.admin_pages"
    yield Page("operations/applications/", f"{here}:applications", "applications", ADMINISTRATOR)
    one = "operations/applications/<str:client_id>/"
    yield Page(one, f"{here}:application", "application", ADMINISTRATOR)
    yield Page(f"{one}secret/", f"{here}:renew_secret", "application-secret",
               f"{ADMINISTRATOR}+recent")  # fmt: skip
    yield Page("operations/keys/", f"{here}:signing_keys", "signing-keys", ADMINISTRATOR)


def _provider_commands() -> Iterable[Offer]:
    here = f"{PROVIDER}.cli"
    yield Command("identity keys list", f"{here}:list_keys", "List the keys that sign tokens.")
    yield Command("identity keys rotate", f"{here}:rotate_keys", "Let the next keys sign.")
    yield Command(
        "identity client add", f"{here}:add", "Enter an application that signs people in."
    )
    yield Command("identity client list", f"{here}:list_clients", "List the applications.")


def _provider_schedules() -> Iterable[Offer]:
    yield Schedule("identity-rotate-keys", "31 3 * * *", f"{PROVIDER}.keys:rotate_when_due",
                   "Let new keys sign after 90 days, and forget those long retired.")  # fmt: skip
    yield Schedule("identity-deliver", "* * * * *", f"{PROVIDER}.deliveries:deliver_due",
                   "Tell applications again that a session ended.")  # fmt: skip
    yield Schedule("identity-forget-grants", "41 * * * *", f"{PROVIDER}.grants:forget_old",
                   "Delete codes, tokens and requests that have expired.")  # fmt: skip
