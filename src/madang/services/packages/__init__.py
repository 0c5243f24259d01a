"""A service as a folder of data: its files, what they say, and the package they make."""
