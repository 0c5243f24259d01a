"""Pure parts of identity: levels, codes, certificates; no database, clock or network."""
