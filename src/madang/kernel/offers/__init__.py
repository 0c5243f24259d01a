"""The kinds of offers that rooms make the house, by subject; rooms import `kernel.registry`.

target.py    how code is named that is loaded when it is used
doors.py     commands, APIs, pages, paths of streams, open tables
screens.py   menus, the home page, maps
data.py      what is measured, detectors, tables of the lake, profile files
finding.py   what search finds
work.py      what runs by events, by the clock, beside lake and stream; probes
people.py    purposes, policies, acts that need care, alerts
claims.py    what is measured of the house itself
"""
