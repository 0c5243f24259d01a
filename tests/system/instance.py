"""The instance that tests start: the one that `madang prove` measures."""

from madang.app.proof.instance import Instance, free_offset, until

__all__ = ["Instance", "free_offset", "until"]
