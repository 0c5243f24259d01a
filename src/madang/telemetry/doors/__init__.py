"""The doors through which observations enter the house.

HTTP (SensorThings, columnar JSON, JSON lines, Arrow), MQTT through the bus's listener, and files.
Each door turns its form into columns (`parse_*`), has them admitted (`admit`, `quota`), stores
them durably on the bus (`intake`) and only then answers. What is refused is told to the sender,
kept in the dead letters and counted. Runs in the stream process.
"""
