"""Mutation of policies: every small change of a document must fail one of its cases."""
