"""The bus: NATS JetStream, ours as a child process or the city's own.

message.py   what travels: `Message`, streams and subjects
client.py    `Bus` (asyncio): publish, broadcast, listen, consume
sync.py      `publish`, `broadcast`, `request` for callers without an event loop
mqtt.py      what devices published over MQTT, as the bus keeps it
access.py    who may use the bus: ourselves, and each gateway on its own topics
server.py    the child server: configuration, users, start, stop
pull.py, faults.py, stream_limits.py, server_config.py   the inside of client and server
"""
