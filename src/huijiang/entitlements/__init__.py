"""Who is owed what: live, nightly, explained."""
