"""Who may do what, and why anybody may look at personal data.

Imports no room: an actor is a plain value. Personal tables derive from `PersonalModel` and open
only inside `purpose(...)`, where Cedar policies decide which rows and columns; each decision is a
leaf of the audit log, and the person concerned can read who looked.
"""
