"""Policy releases and the library that people read."""
