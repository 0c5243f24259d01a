"""The profile of a city, as data.

Units, languages, calendars, currency, addresses, phones, legal bases, departments and the rules of
each domain. Nothing in Madang knows Seoul; everything asks this room.
"""
