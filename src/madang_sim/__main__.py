"""``python -m madang_sim``."""

from madang_sim.cli import madang_sim

madang_sim(prog_name="madang_sim")
