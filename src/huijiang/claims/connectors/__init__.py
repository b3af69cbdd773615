"""Registers of other authorities behind one question: what do you know of this person (or body) on this day?

    answer = registers.ask("death", 12, number, on)

`registers` knows the configured ones; a kind that nobody set up is `unavailable`, as one that does not answer is.
Unavailable is never "nothing found": who asks gets no data.
"""

from huijiang.claims.connectors.answers import Answer, Outcome
from huijiang.claims.connectors.asking import ask

__all__ = ["Answer", "Outcome", "ask"]
