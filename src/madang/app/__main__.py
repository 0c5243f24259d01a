"""``python -m madang.app`` is the ``madang`` command."""

from madang.app.cli import main

main()
