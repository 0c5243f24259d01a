"""The door of the pages: what the house asks of them."""

from __future__ import annotations

from madang.web.vendor import missing as missing_browser_assets

__all__ = ["missing_browser_assets"]
