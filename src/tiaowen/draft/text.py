"""A draft as text: clause by clause, then as a whole.  No I/O."""

from __future__ import annotations

from tiaowen.coverage.numerals import narrow
from tiaowen.coverage.originals import read_original
from tiaowen.draft.finding import Finding, finding
from tiaowen.draft.sentences import in_clause, sentences_of
from tiaowen.draft.whole import in_whole
from tiaowen.vocabulary.model import Vocabulary


def lint_text(text: str, vocabulary: Vocabulary, *, numbered: int = 0, changes: int = 0) -> list[Finding]:
    """Every finding: those of the whole document first, then by clause in the text's order.

    `numbered`, `changes`: paragraphs numbered by Word, tracked changes (of a .docx).
    """
    original = read_original(text)
    whole = narrow("\n".join(passage.text for passage in original.passages))
    whole = whole.replace(",", "，").replace(";", "；").replace("(", "（").replace(")", "）")
    sentences = {passage.label: sentences_of(passage, vocabulary.units) for passage in original.passages}
    found: list[Finding] = []
    if numbered:
        found.append(finding("numbering-automatic", "", "", n=numbered))
    if changes:
        found.append(finding("tracked-changes", "", "", n=changes))
    of_whole = list(in_whole(original, sentences, whole, vocabulary.regions))
    found += [each for each in of_whole if not each.clause]
    for passage in original.passages:
        found += [each for each in of_whole if each.clause == passage.label and each.clause]
        found += in_clause(passage, sentences[passage.label], whole)
    return found
