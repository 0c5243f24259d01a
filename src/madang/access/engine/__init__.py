"""Policies compiled once, and the decision they give."""
