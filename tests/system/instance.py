"""The instance that tests start: the one that `madang prove` measures."""

from madang.app.proof.instance import Instance, until
from madang.kernel.ports import free_offset

__all__ = ["Instance", "free_offset", "until"]
