"""The schema's history, in one line."""
