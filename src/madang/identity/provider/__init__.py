"""Our OpenID provider: applications of the city sign people in with their one account.

Authlib's server classes over our tables. Sign-in itself is the house's own (`identity.ceremony`):
the provider states a wish, and goes on when it is met. No `acr` above what the session reached.
"""
