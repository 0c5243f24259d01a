"""Pure engines: arrays in, arrays out."""
