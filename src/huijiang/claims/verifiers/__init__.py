"""Checks of a claim by verifiers, with evidence.  `table` lists them, `running` runs them and keeps what they find."""
