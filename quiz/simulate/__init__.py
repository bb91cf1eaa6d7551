"""Invented takers: robots that know nothing. Command line only; the web may not import this package."""
