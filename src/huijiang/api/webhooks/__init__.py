"""Telling other systems what changed: signed, once each, tried again, and only where the operator allows."""
