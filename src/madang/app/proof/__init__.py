"""What is claimed of a whole instance, measured on one of its own: start, memory, freshness."""
