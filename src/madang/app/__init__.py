"""Settings, addresses, processes and the ``madang`` command: the only place that sees everything."""
