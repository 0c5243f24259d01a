"""Which channels this instance has, from its settings; one object per channel and process."""

from __future__ import annotations

import threading

from madang.city.api import profile
from madang.kernel.config import Settings, settings
from madang.kernel.registry import load
from madang.kernel.secrets import kept_secret_of
from madang.notices.channels.port import Channel
from madang.notices.channels.recorded import RecordedChannel
from madang.notices.channels.smtp import SMTPChannel, read_url
from madang.notices.channels.webpush import PushChannel, Vapid, new_private_key
from madang.notices.errors import NoChannel

CHANNELS = ("push", "email", "kakao", "sms", "voice")
_made: dict[str, Channel] = {}
_lock = threading.Lock()


def offered() -> list[str]:
    """Return the channels that people can choose here."""
    return [name for name in CHANNELS if is_offered(name)]


def is_offered(name: str) -> bool:
    """Return whether this instance has the channel."""
    here = settings()
    if name == "push":
        return not here.is_production or bool(here.vapid_key)
    return not here.is_production or bool(_setting(here, name))


def is_recorded(name: str) -> bool:
    """Return whether messages of this channel are recorded and not sent."""
    here = settings()
    return name != "push" and not here.is_production and not _setting(here, name)


def channel(name: str) -> Channel:
    """Return the channel of that name; raises `NoChannel`, or `Invalid` where it is set up wrongly.

    An adapter of the city's own is named by a setting and made once.
    """
    with _lock:
        if name not in _made:
            _made[name] = _channel(settings(), name)
        return _made[name]


def forget_channels() -> None:
    """Close all channels; they are made anew from the settings."""
    with _lock:
        for made in _made.values():
            made.close()
        _made.clear()


def rate(name: str) -> float:
    """Return how many messages a second the channel may let out."""
    here = settings()
    return float({"email": here.email_rate, "push": here.push_rate}.get(name, here.phone_rate))


def vapid() -> Vapid:
    """Return who we are to push services; the key is generated and kept where none is given."""
    here = settings()
    key = here.vapid_key
    if not key and here.is_production:
        raise NoChannel("web push needs MADANG_VAPID_KEY; `madang notices keys` makes one")
    if not key:
        key = kept_secret_of(here.data / "secrets" / "vapid.key", new_private_key)
    contact = f"mailto:{here.mail_from}" if here.mail_from else here.public_origin
    return Vapid(key, contact)


def _setting(here: Settings, name: str) -> str:
    return here.smtp_url if name == "email" else str(getattr(here, f"{name}_port"))


def _channel(here: Settings, name: str) -> Channel:
    if not is_offered(name):
        raise NoChannel(f"this instance has no channel {name!r}")
    if is_recorded(name):
        return RecordedChannel(name)
    if name == "push":
        return PushChannel(vapid())
    if name == "email":
        return SMTPChannel(read_url(here.smtp_url), here.mail_from, profile().name())
    made: Channel = load(_setting(here, name))()
    return made
