"""Files of other systems: which of their columns is which of ours, read and written without loss (see `profiles/`)."""
