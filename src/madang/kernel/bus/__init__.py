"""The bus: NATS JetStream, ours as a child process or the city's own.

message.py   what travels: `Message`, streams and subjects
client.py    `Bus` (asyncio) and `publish` / `request` for synchronous callers
server.py    the child server: configuration, users, start, stop, reload
"""
