"""What the records room claims of itself, measured on the user's own machine."""
