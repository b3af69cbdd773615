from __future__ import annotations


class Refused(ValueError):
    """An upload that is not taken in: what was seen, what is taken, how to mend it; in words for the person.

    `code`: one word for tests and counts.
    """

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code
