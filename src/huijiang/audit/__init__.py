"""What was done by whom, chained so that an edit shows."""
