"""The house's own list of data topics, and the EU's, to which a city maps its categories."""

from __future__ import annotations

TOPICS = (
    "public-transport",
    "roads-traffic",
    "parking",
    "cycling-walking",
    "air",
    "water-rivers",
    "waste",
    "energy-buildings",
    "green-climate",
    "safety-disasters",
    "health",
    "welfare",
    "education",
    "culture-tourism",
    "sport-leisure",
    "population",
    "housing-land",
    "business-economy",
    "labour",
    "administration-budget",
    "planning-boundaries",
    "sensors-digital",
)

# Publications Office of the EU, authority table "data-theme", 13 codes (OP_DATPRO is internal).
EU_THEMES = (
    "AGRI", "ECON", "EDUC", "ENER", "ENVI", "GOVE", "HEAL", "INTR", "JUST", "REGI", "SOCI", "TECH",
    "TRAN",
)  # fmt: skip
