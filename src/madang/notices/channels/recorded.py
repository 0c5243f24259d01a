"""A channel that records instead of sending, for instances without a server or a provider.

What it records stands on the operator's page as "recorded, not sent". Like a provider that takes
idempotency keys it keeps a message once however often it is handed over.
"""

from __future__ import annotations

from madang.notices.addresses import masked
from madang.notices.channels.port import Message


class RecordedChannel:
    """Messages kept in the system of record; runs in the job's own thread."""

    parallel = 0

    def __init__(self, name: str) -> None:
        self.name = name

    def send(self, message: Message) -> str:
        """Keep the message once."""
        from madang.notices.models import RecordedMessage

        is_mail = self.name == "email"
        row, _made = RecordedMessage.objects.get_or_create(
            key=message.key,
            defaults={
                "channel": self.name,
                "to": masked(self.name, message.address),
                "language": message.language,
                "title": message.title,
                "text": message.text if is_mail else message.short,
            },
        )
        return f"recorded:{row.pk}"

    def close(self) -> None:
        """Nothing is open."""
