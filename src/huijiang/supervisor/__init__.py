"""Starts and watches the processes of one machine: PostgreSQL, web, worker."""
