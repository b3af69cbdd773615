"""Risk blocks over a claim: the checks that a document of the release says, run on the facts of now.

blocks    which run in a place, with their version
circle    whom and what a claim touches
desk      the facts that only the office has, as tables of `policies/checks/desk.md`
weighing  what the blocks make of them, with evidence
"""
