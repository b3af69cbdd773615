"""Claims: from what somebody is owed to a signed determination and what is due (DESIGN §5)."""
