"""Decision models of DMN: read, evaluated, explained, written."""
