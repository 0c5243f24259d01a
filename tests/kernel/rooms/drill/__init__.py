"""A room for drills: `drill_worker.py` moves it into the house of a worker under test."""
