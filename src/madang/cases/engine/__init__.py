"""Pure engines: arrays and plain values in, arrays and plain values out."""
