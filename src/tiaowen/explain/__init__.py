"""Explanations: which fact decided, how the amount was worked out, what would change it."""
