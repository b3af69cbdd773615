"""What a patch that can't be used raises."""


class PatchError(ValueError):
    """A patch that can't be used; each line says where, what was found, what was expected."""
