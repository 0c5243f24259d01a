"""Alerts and messages of the city.

Holds alerts as CAP 1.2 documents (OASIS, 2010); delivery to people joins with the notices work.
"""
