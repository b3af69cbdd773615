"""An app of the tests alone: jobs that do little things."""
