"""An app of the tests alone: one table with a sealed column."""
