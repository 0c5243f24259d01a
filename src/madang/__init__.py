"""Madang: one installable system with which a city government runs its digital side.

The house plan is in docs/explanation/architecture.md. Rooms (sub-packages) may use only rooms
below them, and only through their ``api`` and ``events`` modules.
"""

__version__ = "0.1.0"
