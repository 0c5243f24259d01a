"""The lake: observations and events in quantity.

store.py     `Store`, what every engine under the lake promises
chdb_store.py, polars_store.py, clickhouse_store.py   three that keep it
service.py   `Service`, what runs beside the store in the lake process
server.py    the lake process: sole owner of the store, answers over a Unix socket
client.py    `query`, `latest`, `ask` for every other process
"""
