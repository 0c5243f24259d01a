"""The telemetry service of the lake process: from the stream `OBS` to history, hours and events.

core.py      what follows from a batch and from a tick of the clock; no input or output
journal.py   snapshot and journal on disk
effects.py   what the core decided, as rows of the lake and messages of the bus
progress.py  how far it came: each step once, whatever crashes in between
stored.py    which rows of a doubtful insert the lake holds
service.py   `Pipeline`, the task that reads the bus and answers the lake's clients
dead.py      dead letters to their table
"""
