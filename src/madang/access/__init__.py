"""Who may do what: actors, roles and authorisation decisions.

Imports no room: an actor is a plain value. Purposes, policies and anonymising join with the
identity work; every route of the house already carries a decision written in this room's terms.
"""
