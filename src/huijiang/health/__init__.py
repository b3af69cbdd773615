"""Whether the platform lives, is ready, and how it does: for machines."""
