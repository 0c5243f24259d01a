"""The telemetry service of the lake process: from the stream `OBS` to history, hours and events.

core.py      what follows from a batch and from a tick of the clock; no input or output
journal.py   snapshot and journal on disk
effects.py   what the core decided, as rows of the lake and messages of the bus
service.py   `Pipeline`, which reads the bus and carries the effects out
dead.py      dead letters to their table
"""
