"""What can go wrong in the records room."""

from __future__ import annotations
