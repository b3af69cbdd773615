"""The county's picture: who is owed what, what would settle the rest, how far the targets are, one what-if."""
