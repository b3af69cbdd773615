"""The night's second look at what was paid: does it still stand up?  What does not becomes a finding, for people to judge.

| rule | from |
|---|---|
| R02 dead, R03 in custody, R04 on a pension | what verifiers last wrote beside the claim (`claims.Check`) |
| R12 same occupation and level paid before, R15 one certificate twice | the registry's certificates and payments, by any payer |

Nothing is taken back here, and a rule finds a payment once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, LiteralString

from django.db import connection
from psycopg import sql

from huijiang.claims.models import Check
from huijiang.claims.models.checks import Judgement, Verdict
from huijiang.funds import recoveries
from huijiang.funds.models import Finding, Payment, Recovery

Ground = Recovery.Ground
Progress = Callable[[int, int], None]
CHUNK: Final = 1_000
VERIFIED: Final = {
    "death": ("R02", Ground.DEAD),
    "custody": ("R03", Ground.CUSTODY),
    "pension": ("R04", Ground.RETIRED),
}
"""Verifier → rule and ground.  Of death and custody the verdict alone is kept, so the evidence names the check."""

# Payments of a certificate, with the row that it is; those that were found by the rule stay out.
_PAID: Final[LiteralString] = """
SELECT p.id, d.benefit, d.claim_id, p.settled_on, c.id AS certificate, c.holder_id, c.occupation, c.level,
       upper(regexp_replace(coalesce(c.number, ''), '[^0-9A-Za-z]', '', 'g')) AS number
FROM funds_payment AS p JOIN claims_due AS d ON d.id = p.due_id
JOIN registry_certificate AS c ON 'certificate:' || c.id = d.holder
WHERE p.state = 'paid' AND d.holder LIKE 'certificate:%%'
"""
_NOT_FOUND: Final[LiteralString] = (
    "NOT EXISTS (SELECT FROM funds_finding AS f WHERE f.payment_id = mine.id AND f.rule = %(rule)s)"
)
_SAME_LEVEL: Final[LiteralString] = """
WITH paid AS ({paid})
SELECT mine.id, json_build_object('certificate', mine.certificate, 'other', other.certificate, 'claim', other.claim_id)
FROM paid AS mine JOIN LATERAL (
    SELECT o.certificate, o.claim_id FROM paid AS o
    WHERE o.holder_id = mine.holder_id AND o.occupation = mine.occupation AND o.level = mine.level
      AND o.benefit = mine.benefit AND o.certificate <> mine.certificate
      AND (o.settled_on, o.id) < (mine.settled_on, mine.id) ORDER BY o.settled_on, o.id LIMIT 1
) AS other ON true WHERE {not_found}
UNION ALL
SELECT mine.id, json_build_object('certificate', mine.certificate, 'other', other.certificate, 'payment', other.payment)
FROM paid AS mine JOIN LATERAL (
    SELECT q.id AS payment, k.id AS certificate FROM registry_payment AS q
    JOIN registry_certificate AS k ON k.id = q.certificate_id
    WHERE k.holder_id = mine.holder_id AND k.occupation = mine.occupation AND k.level = mine.level
      AND q.benefit = split_part(mine.benefit, '#', 2) AND q.paid_on < mine.settled_on ORDER BY q.id LIMIT 1
) AS other ON true WHERE {not_found}
"""
_SAME_CERTIFICATE: Final[LiteralString] = """
WITH paid AS ({paid})
SELECT mine.id, json_build_object('certificate', mine.certificate, 'other', other.certificate)
FROM paid AS mine JOIN LATERAL (
    SELECT o.certificate FROM paid AS o WHERE o.number = mine.number AND o.benefit = mine.benefit
      AND o.certificate <> mine.certificate AND (o.settled_on, o.id) < (mine.settled_on, mine.id)
    ORDER BY o.settled_on, o.id LIMIT 1
) AS other ON true WHERE mine.number <> '' AND {not_found}
"""
REGISTERED: Final[tuple[tuple[str, str, LiteralString], ...]] = (
    ("R12", Ground.PAID_TWICE, _SAME_LEVEL),
    ("R15", Ground.SAME_CERTIFICATE, _SAME_CERTIFICATE),
)


def recheck(progress: Progress = lambda done, total: None) -> list[Finding]:
    """Look at every payment that stands; gives the new findings."""
    hits = [*_verified(), *_registered()]
    payments = Payment.objects.select_related("batch").in_bulk([pk for pk, *_ in hits])
    found = []
    for done, (pk, rule, ground, evidence) in enumerate(hits, start=1):
        found.append(recoveries.find(payments[pk], rule, ground, evidence))
        progress(done, len(hits))
    return found


def _verified() -> list[tuple[int, str, str, dict[str, Any]]]:
    """The last word of each verifier beside a paid claim, where it is a hit that no person cleared."""
    latest = (
        Check.objects.filter(verifier__in=VERIFIED, claim__dues__payments__state=Payment.State.PAID)
        .order_by("claim_id", "verifier", "-id").distinct("claim_id", "verifier")
    )  # fmt: skip
    found = []
    for check in latest:
        rule, ground = VERIFIED[check.verifier]
        if check.verdict != Verdict.FAILED or check.judgement == Judgement.CLEARED:
            continue
        paid = Payment.objects.filter(due__claim=check.claim_id, state=Payment.State.PAID).exclude(findings__rule=rule)
        found += [
            (pk, rule, str(ground), {"check": str(check.uid)})
            for pk in paid.order_by("pk").values_list("pk", flat=True)
        ]
    return found


def _registered() -> list[tuple[int, str, str, dict[str, Any]]]:
    found = []
    for rule, ground, query in REGISTERED:
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL(query).format(paid=sql.SQL(_PAID), not_found=sql.SQL(_NOT_FOUND)), {"rule": rule})
            while rows := cursor.fetchmany(CHUNK):
                found += [(pk, rule, str(ground), evidence) for pk, evidence in rows]
    return found
