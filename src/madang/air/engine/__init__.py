"""Pure engines: arrays and plain values in and out; no clock, database, network or Django."""
