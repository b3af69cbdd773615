"""Messages to people: in the platform always, by SMS and mail as each one chose; and subscriptions to what is new."""
