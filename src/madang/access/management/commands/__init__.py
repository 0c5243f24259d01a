"""Django's own commands that need the tables open."""
