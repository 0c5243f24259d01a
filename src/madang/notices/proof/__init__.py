"""What notices claim, measured on the user's own machine."""
