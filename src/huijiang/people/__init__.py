"""People and what is kept of them: the portrait, doubles, corrections, and their rights over their data."""
