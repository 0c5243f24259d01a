"""The city's call centre: who must be on the phones when, and what a caller's wait comes to.

Workforce: queueing formulae, forecasts of calls, a simulation over skills, and shifts.
"""
