"""What records claims, measured on the user's own machine."""
