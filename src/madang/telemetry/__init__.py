"""Things, sensors, datastreams and their observations (OGC SensorThings model).

Intake by HTTP, MQTT and bulk files, durable before acknowledged; quality flags and detectors in
event time; live state of every datastream; history in the lake.
"""
