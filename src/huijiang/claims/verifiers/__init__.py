"""Checks of a claim, with evidence.  `table` lists them, `running` runs them and keeps what they find."""
