"""What can go wrong in the cases room."""

from __future__ import annotations
