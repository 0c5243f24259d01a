"""Search: one question over services, offices, data, pages and places, the right one first.

Rooms hand in what can be found; this room reads a question in any of the city's languages, ranks
by words, letters and meaning, says how sure it is, and never answers with silence: where it finds
nothing it names the people who can be asked.
"""
