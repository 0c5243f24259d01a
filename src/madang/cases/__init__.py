"""Cases: what people apply for, and what the city decides.

Applications, the log of every case, its two clocks, the queues of officers, decisions with their
reasons, appeals, appointments. A case is pinned to the service package it was opened under.
"""
