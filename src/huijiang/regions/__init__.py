"""The tree of places, with dates and successors."""
