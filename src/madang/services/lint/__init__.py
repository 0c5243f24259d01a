"""What a service package must be before it is published: one module per subject, each a few checks.

A check takes a `Subject` and yields `Fault`s; it knows no other check. `examine` runs them all.
"""
