"""The open conformance suite: vectors that any engine could run, written and run here."""
