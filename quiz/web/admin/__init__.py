"""The editors' room: everything under /admin."""
