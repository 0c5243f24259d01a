"""Air quality: indices, statistics by place, and the measures the city declares.

Engines hold the Korean and US indices and the rule machine; the limits are data of the profile.
"""
