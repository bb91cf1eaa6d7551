"""Measurement: response curves, the belief about a person, and the choice of the next question. Numpy alone."""
