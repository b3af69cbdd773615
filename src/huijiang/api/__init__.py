"""The API: how other systems read and write, by tokens, within the same law of access as people."""
