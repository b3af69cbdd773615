"""What can be wrong with the asking."""


class SynthError(ValueError):
    """A county that can't be made as asked; says which argument, the value, and what was expected."""
