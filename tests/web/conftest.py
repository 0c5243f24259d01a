"""Stations for the pages, made as the air room's tests make them."""

from tests.air.conftest import station

__all__ = ["station"]
