"""Peers that the bench compares with: each in an environment of its own, never imported here."""
