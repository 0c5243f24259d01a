"""The city simulator: comes in through the public doors only and imports nothing of the platform.

Everything it sends is labelled by the origin of its gateway key: simulated, or replayed.
"""
