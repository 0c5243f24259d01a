"""A change of a service tried on past cases before it is published: who gains, who loses."""
