"""Pages that are generated from the policy files."""

from tiaowen.docs.vocabulary import vocabulary_page

__all__ = ["vocabulary_page"]
