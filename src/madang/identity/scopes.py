"""The services to which a mandate or an assisted session can be limited."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from madang.identity.mandate_rules import ALL_SERVICES
from madang.kernel.registry import ServiceSource, load, registry

# what this room itself serves; the services of the city come from rooms that have a `ServiceSource`
NAMES, LOOKS = "names", "looks"
MOST_SHOWN = 100  # a city has thousands: who looks for one says a word of its title
_OWN = {
    NAMES: gettext_noop("Your name, as we write it"),
    LOOKS: gettext_noop("Who looked, and what others did for you"),
}


def services(words: str = "", *, chosen: tuple[str, ...] = ()) -> dict[str, str]:
    """Return services by id, with their titles in the reader's language.

    Parameters
    ----------
    words : all of them stand in the title or the keywords of a service of the city.
    chosen : ids that are among them whatever the words are.
    """
    found = {name: _(title) for name, title in _OWN.items()}
    found |= {name: title for name in chosen if (title := title_of(name))}
    for source in _sources():
        found |= dict(load(source.found)(words, MOST_SHOWN))
    return found


def title_of(service: str) -> str:
    """Return the title of a service in the reader's language; empty for one that is not offered."""
    if service in _OWN:
        return _(_OWN[service])
    if service == ALL_SERVICES:
        return _("All services")
    titles = (str(load(source.title)(service)) for source in _sources())
    return next((title for title in titles if title), "")


def address_of(service: str) -> str:
    """Return where one applies for a service; empty where there is nothing to apply for."""
    places = (str(load(source.address)(service)) for source in _sources() if service not in _OWN)
    return next((place for place in places if place), "")


def _sources() -> list[ServiceSource]:
    return registry().offers(ServiceSource)
