"""PostgreSQL for tests: between two tests tables are emptied, those too that are only ever added to."""
