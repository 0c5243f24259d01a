"""How long things last."""

from __future__ import annotations

from datetime import timedelta

# RFC 6749, section 4.1.2 allows ten minutes; an honest application comes back within seconds
CODE = timedelta(seconds=60)
REQUEST = timedelta(minutes=60)  # somebody may have to enrol a key on the way
PUSHED = timedelta(seconds=90)  # RFC 9126, section 2.2: "between 5 and 600 seconds"
ACCESS = timedelta(minutes=10)
ID_TOKEN = timedelta(minutes=10)
# without `offline_access` no longer than a session (rules.ABSOLUTE_S); with it, a quarter, then
# the person is asked anew (RFC 9700, section 4.14.2: refresh tokens expire)
ONLINE = timedelta(hours=12)
OFFLINE = timedelta(days=90)
OFFLINE_IDLE = timedelta(days=30)
EXCHANGED = timedelta(minutes=10)
DEVICE = timedelta(minutes=15)
APPROVAL = timedelta(minutes=5)
MOST_OPEN = 3  # approvals that wait for one person: nobody is worn down by them
POLL_S = 5  # RFC 8628, section 3.5
LOGOUT_TOKEN = timedelta(minutes=2)  # OpenID Connect Back-Channel Logout 1.0, section 2.4
ASSERTION = timedelta(minutes=10)  # the longest that a client's signed statement may be good for
SKEW_S = 60  # of a client's clock
KEY_SIGNS = timedelta(days=90)
# a retired key's public half: ID tokens come back as hints at sign-out long after they expired
KEY_IS_SHOWN = timedelta(days=30)
KEPT = timedelta(days=30)  # what has ended, for finding out afterwards
