"""What telemetry claims of its engine and pipeline, measured on the user's own machine.

The doors have theirs in `telemetry.doors.proof`. Claims and `bench/` share these measurements.
"""
