"""Open data of the city, in the dialects that clients already speak.

The Seoul Open API dialect serves the tables that rooms register.
"""
