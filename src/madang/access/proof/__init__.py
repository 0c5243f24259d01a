"""What access claims, measured."""
