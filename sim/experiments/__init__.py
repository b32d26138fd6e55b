"""Experiments: many runs of a floor, and what they say together."""
