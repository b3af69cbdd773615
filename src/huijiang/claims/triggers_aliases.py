"""What the database keeps where two records were found to be one person or firm: paid once, decided by somebody else."""

from __future__ import annotations

from typing import Final

import pgtrigger

ONE_CLAIM_FOR_ALL_ALIASES: Final = pgtrigger.Trigger(
    name="one_for_all_aliases",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    condition=pgtrigger.Condition("NEW.event = 'submit'"),
    declare=[("claim", "claims_claim")],
    func="""
        PERFORM pg_advisory_xact_lock_shared(hashtext('registry.merge'));  -- a merge waits for us, or we see it whole
        SELECT * INTO claim FROM claims_claim WHERE id = NEW.claim_id;
        IF EXISTS (SELECT 1 FROM registry_merge m WHERE m.ended_at IS NULL
                AND (m.gone_person_id IN (claim.payee_person_id, claim.beneficiary_person_id)
                    OR m.gone_organisation_id IN (claim.payee_organisation_id, claim.beneficiary_organisation_id)))
        THEN RAISE EXCEPTION 'pgtrigger: one_for_all_aliases: a record that was merged into another claims nothing of its own';
        END IF;
        IF EXISTS (SELECT 1 FROM claims_carried k JOIN claims_claim c ON c.id = k.claim_id
                WHERE k.ended_at IS NULL AND k.holder = claim.holder AND c.benefit = claim.benefit AND c.id <> claim.id
                    AND c.state NOT IN ('draft', 'refused', 'recovered', 'withdrawn', 'closed'))
        THEN RAISE EXCEPTION 'pgtrigger: one_for_all_aliases: a record that was merged into this one claimed it';
        END IF;
        RETURN NEW;
    """,
)

DUE_ONCE_FOR_ALL_ALIASES: Final = pgtrigger.Trigger(
    name="due_once_for_all_aliases",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        PERFORM pg_advisory_xact_lock_shared(hashtext('registry.merge'));
        IF EXISTS (SELECT 1 FROM claims_carried k JOIN claims_due d ON d.claim_id = k.claim_id
                WHERE k.ended_at IS NULL AND k.holder = NEW.holder AND d.cancelled_at IS NULL
                    AND ROW(d.benefit, d.period, d.instalment) = ROW(NEW.benefit, NEW.period, NEW.instalment))
            OR EXISTS (SELECT 1 FROM claims_carried k JOIN claims_due d ON d.holder = k.holder
                WHERE k.ended_at IS NULL AND k.claim_id = NEW.claim_id AND d.cancelled_at IS NULL
                    AND ROW(d.benefit, d.period, d.instalment) = ROW(NEW.benefit, NEW.period, NEW.instalment))
        THEN RAISE EXCEPTION 'pgtrigger: due_once_for_all_aliases: the same is due under a record that was merged with this one';
        END IF;
        RETURN NEW;
    """,
)

_ONE_OF = """SELECT coalesce(m.kept_{kind}_id, told.id) FROM unnest(ARRAY[{columns}]) AS told (id)
             LEFT JOIN registry_merge m ON m.gone_{kind}_id = told.id AND m.ended_at IS NULL WHERE told.id IS NOT NULL"""
_PEOPLE = _ONE_OF.format(kind="person", columns="claim.payee_person_id, claim.beneficiary_person_id")
_FIRMS = _ONE_OF.format(
    kind="organisation",
    columns="claim.payee_organisation_id, claim.beneficiary_organisation_id, claim.applicant_organisation_id",
)


def _every(kind: str, canonical: str) -> str:
    """The records of some canonical ones, and their aliases."""
    return f"""(SELECT kept FROM ({canonical}) AS k (kept)
                UNION SELECT m.gone_{kind}_id FROM ({canonical}) AS k (kept)
                JOIN registry_merge m ON m.kept_{kind}_id = k.kept AND m.ended_at IS NULL)"""


STANDS_ASIDE_FOR_ALIASES: Final = pgtrigger.Trigger(
    name="stands_aside_for_aliases",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("claim", "claims_claim"), ("signer", "accounts_user"), ("people", "bigint[]"), ("firms", "bigint[]")],
    func=f"""
        SELECT * INTO claim FROM claims_claim WHERE id = NEW.claim_id;
        SELECT * INTO signer FROM accounts_user WHERE id = NEW.user_id;
        people := ARRAY{_every("person", _PEOPLE)};
        firms := ARRAY{_every("organisation", _FIRMS)};
        IF EXISTS (SELECT 1 FROM access_binding b WHERE b.user_id = NEW.user_id AND b.person_id = ANY (people))
            OR EXISTS (SELECT 1 FROM registry_identitydocument d WHERE d.person_id = ANY (people)
                AND (d.matched_hash IN (signer.identity_hash, signer.identity_hash_next)
                    OR d.matched_hash_next IN (signer.identity_hash, signer.identity_hash_next)))
        THEN RAISE EXCEPTION 'pgtrigger: stands_aside_for_aliases: nobody signs on what another record of theirs gains from';
        END IF;
        IF EXISTS (SELECT 1 FROM access_guardianship g WHERE g.user_id = NEW.user_id AND g.child_id = ANY (people))
        THEN RAISE EXCEPTION 'pgtrigger: stands_aside_for_aliases: a guardian signs nothing for their ward';
        END IF;
        IF EXISTS (SELECT 1 FROM claims_relation r WHERE r.user_id = NEW.user_id AND r.ended_at IS NULL
                AND (r.person_id = ANY (people) OR r.organisation_id = ANY (firms)))
            OR EXISTS (SELECT 1 FROM access_agency a WHERE a.user_id = NEW.user_id AND a.organisation_id = ANY (firms)
                AND (a.ended_at IS NULL OR a.ended_at >= claim.created_at)
                AND (a.ends_on IS NULL OR a.ends_on >= claim.created_at::date))
        THEN RAISE EXCEPTION 'pgtrigger: stands_aside_for_aliases: a declared relation or an agency, under another record';
        END IF;
        RETURN NEW;
    """,
)
