"""Watching over decisions by machine: samples decided again blind, drift, differences of groups."""
