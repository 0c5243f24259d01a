"""Template tags of the house: icons, values, times, charts."""
