"""Services of the city: what a resident can ask for, and the rules that decide on it.

Rules are decision tables and FEEL expressions (DMN 1.1 to 1.5) in an engine of our own. Every
answer says which rows decided and what would have changed it.
"""
