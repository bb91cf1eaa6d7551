"""Invented takers: people whose levels are known, and robots that know nothing. The web may not import this."""
