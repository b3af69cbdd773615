"""Work that runs outside a request."""
