"""The kernel knows nothing of cities.

Ids, time, calendars, units, money, geometry, errors, i18n, bus, lake, jobs, audit, HTTP client
and configuration. Its public modules are open to every room; an ``engine`` may use only
``kernel.units`` and ``kernel.geometry``.
"""
