"""From gaps to ordered next steps."""
