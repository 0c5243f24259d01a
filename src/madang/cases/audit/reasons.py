"""Words for why a person decided and not the rules, where no word was kept."""

from __future__ import annotations

OTHER = "other"
