"""People, organisations and the facts about them."""
