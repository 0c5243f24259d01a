"""Measuring the doors on the user's own machine: an instance of its own, a client of its own."""
