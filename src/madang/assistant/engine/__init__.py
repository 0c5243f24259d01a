"""Pure engines: conditions under facts that are not all known, terms of law, plans."""
