"""A question as a form: what is asked for, what was typed, and the buttons that add, remove and move rows."""
