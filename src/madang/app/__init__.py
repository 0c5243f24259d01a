"""Settings, addresses, processes, the ``madang`` command: the only place that sees everything."""
