"""What the policy itself says: each condition's facts against their registers, and the document's own `risk` blocks."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_noop

from huijiang.claims.errors import CannotDetermine
from huijiang.claims.sources import SourceKind, kind_of
from huijiang.claims.verifiers.finding import Finding, Subject, failed, no_data, passed
from huijiang.registry.vocabulary import vocabulary

SEVERITY: Final = {"stop": "block", "ask": "review"}


def conditions(subject: Subject) -> Finding:
    """Every condition of the benefit by the facts of registers: which rows, from which register, of which day."""
    try:
        told = subject.told
    except CannotDetermine as error:
        return no_data(str(error)[:300])
    seen = [
        {"condition": each["label"], "outcome": each["outcome"],
         "facts": [{"table": f["table"], "row": f["row"], "column": f["column"], "source": f["source"], "as_of": f["as_of"]}
                   for f in each["facts"]]}
        for each in told["conditions"]
    ]  # fmt: skip
    unmet = [each["condition"] for each in seen if each["outcome"] == "false"]
    if unmet:
        return failed(gettext_noop("有条件与登记的事实不符"), conditions=seen, unmet=unmet)
    open_ = [each["condition"] for each in seen if each["outcome"] != "true"]
    if open_:
        return no_data(gettext_noop("有条件没有登记的事实可查"), conditions=seen, open=open_)
    return passed("", conditions=seen)


def declared(subject: Subject) -> Finding | None:
    """Facts that the applicant declared and no register confirms: a person looks at their papers."""
    said = [each for each in subject.claim.answers if "column" in each]
    if not said:
        return None
    words = vocabulary()
    papers = [
        f"{each['table']}.{each['column']}" for each in said
        if kind_of(words.tables[each["table"]].columns[each["column"]].source or words.tables[each["table"]].source)
        is not SourceKind.REGISTER
    ]  # fmt: skip
    return no_data(gettext_noop("申报的事实没有登记簿可以核对，要看材料"), columns=papers) if papers else passed()


def risks(subject: Subject) -> Finding | None:
    """The document's `risk` blocks on this event; the gravest one found decides the severity."""
    try:
        listed = subject.told["risks"]
    except CannotDetermine as error:
        return no_data(str(error)[:300])
    if not listed:
        return None
    hits = [each for each in listed if each[3] is True]
    if hits:
        worst = min(hits, key=lambda each: ["stop", "ask"].index(each[2]) if each[2] in ("stop", "ask") else 2)
        points = sum(int(each[2].removeprefix("score")) for each in hits if each[2].startswith("score"))
        return failed(gettext_noop("文件规定的检查查到情况"), SEVERITY.get(worst[2], "score"), points,
                      risks=[{"id": each[0], "name": each[1], "does": each[2]} for each in hits])  # fmt: skip
    if any(each[3] is None for each in listed):
        return no_data(gettext_noop("文件规定的检查缺少事实"), risks=[each[0] for each in listed if each[3] is None])
    return passed("", risks=[each[0] for each in listed])
