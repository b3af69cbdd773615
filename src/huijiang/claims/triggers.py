"""What the database itself keeps about claims: written once here, installed by migrations.

Whoever writes by raw SQL meets these laws too.  Each refusal names its law, so that `doctor` and tests know it.
"""

from __future__ import annotations

from typing import Final

import pgtrigger

from huijiang.access.two_people import one_human
from huijiang.claims.states import MOVES, Guard, State

NEVER_EMPTIED: Final = pgtrigger.Trigger(
    name="never_emptied",
    when=pgtrigger.Before,
    operation=pgtrigger.Truncate,
    level=pgtrigger.Statement,
    func="RAISE EXCEPTION 'pgtrigger: never_emptied: % keeps what was decided', TG_TABLE_NAME;",
)
NEVER_DELETED: Final = (pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete), NEVER_EMPTIED)
ADDED_ONLY: Final = (
    pgtrigger.Protect(name="added_only", operation=pgtrigger.Update | pgtrigger.Delete),
    NEVER_EMPTIED,
)


def once(name: str, *columns: str, words: str, sealed: tuple[str, ...] = ()) -> pgtrigger.Trigger:
    """Only these columns may change, and only while the first is NULL (or empty).  `sealed` columns may move to
    another key at any time (`sealed.rotation`), never to another value under the same."""
    allowed = "{" + ",".join((*columns, *sealed)) + "}"
    beside = "{" + ",".join(sealed) + "}"
    moved = "".join(
        f" OR (OLD.{each} IS DISTINCT FROM NEW.{each}"
        f" AND substring(OLD.{each} FROM 1 FOR 2) IS NOT DISTINCT FROM substring(NEW.{each} FROM 1 FOR 2))"
        for each in sealed
    )
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func=f"""
            IF to_jsonb(OLD) - '{allowed}'::text[] IS DISTINCT FROM to_jsonb(NEW) - '{allowed}'::text[]
                OR (coalesce(OLD.{columns[0]}::text, '') <> ''
                    AND to_jsonb(OLD) - '{beside}'::text[] IS DISTINCT FROM to_jsonb(NEW) - '{beside}'::text[]){moved}
            THEN RAISE EXCEPTION 'pgtrigger: {name}: {words}';
            END IF;
            RETURN NEW;
        """,
    )


# A condition without a subquery runs without a statement of its own, so lists are arrays, and what asks a table stands
# within: a batch moves a hundred thousand claims.
_MOVE: Final = "concat_ws(' ', NEW.event, NEW.source, NEW.target)"
_MOVE_BY: Final = "concat_ws(' ', NEW.event, NEW.source, NEW.target, NEW.who)"


def _listed() -> str:
    return _array([f"{m.event} {m.source} {m.target} {who}" for m in MOVES for who in m.who])


def _with(*guards: Guard) -> str:
    return _array([f"{m.event} {m.source} {m.target}" for m in MOVES if m.guard in guards])


def _array(words: list[str]) -> str:
    return "'{" + ",".join(f'"{each}"' for each in words) + "}'::text[]"


MOVES_LISTED: Final = pgtrigger.Trigger(
    name="moves_listed",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("claim", "claims_claim"), ("made", "claims_determination"), ("signed", "int"), ("back", "text")],
    func=f"""
        SELECT * INTO claim FROM claims_claim WHERE id = NEW.claim_id FOR UPDATE;
        IF claim.state <> NEW.source OR claim.moves + 1 <> NEW.number
        THEN RAISE EXCEPTION 'pgtrigger: moves_listed: claim % is %, movement %, not % before movement %',
            claim.id, claim.state, claim.moves, NEW.source, NEW.number;
        END IF;
        IF {_MOVE_BY} <> ALL ({_listed()})
        THEN RAISE EXCEPTION 'pgtrigger: moves_listed: % of % by % is not in the state table',
            NEW.event, NEW.source, NEW.who;
        END IF;
        IF (NEW.by_id IS NULL) <> (NEW.who = 'system') AND NEW.who <> 'public'
        THEN RAISE EXCEPTION 'pgtrigger: moves_listed: % needs somebody, the system is nobody', NEW.who;
        END IF;
        SELECT * INTO made FROM claims_determination WHERE claim_id = NEW.claim_id ORDER BY number DESC LIMIT 1;
        IF {_MOVE} = ANY ({_with(Guard.SIGNED)}) THEN
            IF NOT EXISTS (SELECT 1 FROM claims_act WHERE claim_id = NEW.claim_id AND user_id = NEW.by_id
                AND voided_at IS NULL AND kind = CASE NEW.event WHEN 'accept' THEN 'intake' ELSE NEW.event END
                AND (NEW.event = 'accept' OR digest = made.digest))
            THEN RAISE EXCEPTION 'pgtrigger: moves_listed: % needs the signature of whoever does it', NEW.event;
            END IF;
        END IF;
        IF {_MOVE} = ANY ({_with(Guard.CONDITION)}) THEN
            IF (NEW.condition = '' OR NEW.words = '' OR NOT EXISTS (SELECT 1 FROM claims_act
                WHERE claim_id = NEW.claim_id AND user_id = NEW.by_id AND kind = 'refusal' AND voided_at IS NULL))
            THEN RAISE EXCEPTION 'pgtrigger: moves_listed: a refusal needs a person, their signature and a condition';
            END IF;
        END IF;
        IF {_MOVE} = ANY ({_with(Guard.ITEMS)}) THEN
            IF NOT EXISTS (SELECT 1 FROM claims_correction WHERE claim_id = NEW.claim_id AND answered_at IS NULL)
            THEN RAISE EXCEPTION 'pgtrigger: moves_listed: a correction is asked with its list';
            END IF;
        END IF;
        IF {_MOVE} = ANY ({_with(Guard.TWO_SIGNED, Guard.NOTICE_DUE, Guard.NO_NOTICE_DUE)})
        THEN
            SELECT count(DISTINCT human) INTO signed FROM claims_act WHERE claim_id = NEW.claim_id
                AND voided_at IS NULL AND digest = made.digest AND kind IN ('review', 'second_review');
            IF signed < 2 OR made.point IS NULL OR made.point + coalesce(made.later, 1) <= 0
            THEN RAISE EXCEPTION 'pgtrigger: moves_listed: approval needs two people''s signatures on one determination with a point amount';
            END IF;
            IF claim.notice_due <> (NEW.target = '{State.PUBLIC_NOTICE}')
            THEN RAISE EXCEPTION 'pgtrigger: moves_listed: public notice is %', CASE WHEN claim.notice_due THEN 'due' ELSE 'not due' END;
            END IF;
        END IF;
        IF {_MOVE} = ANY ({_with(Guard.NOTICE_FINISHED)}) THEN
            IF (NOT EXISTS (SELECT 1 FROM claims_noticeentry e JOIN claims_publicnotice n ON n.id = e.notice_id
                    WHERE e.claim_id = NEW.claim_id AND e.digest = made.digest AND n.taken_down_at IS NOT NULL
                        AND n.ends_on < (now() AT TIME ZONE 'Asia/Shanghai')::date)
                OR EXISTS (SELECT 1 FROM claims_dispute WHERE claim_id = NEW.claim_id AND answered_at IS NULL))
            THEN RAISE EXCEPTION 'pgtrigger: moves_listed: the notice is not finished, or an objection is open';
            END IF;
        END IF;
        IF {_MOVE} = ANY ({_with(Guard.DISPUTED)}) THEN
            IF NOT EXISTS (SELECT 1 FROM claims_dispute WHERE claim_id = NEW.claim_id AND answered_at IS NULL)
            THEN RAISE EXCEPTION 'pgtrigger: moves_listed: there is no open objection';
            END IF;
        END IF;
        IF {_MOVE} = ANY ({_with(Guard.ANSWERED_BY_ANOTHER)})
        THEN
            IF EXISTS (SELECT 1 FROM claims_dispute WHERE claim_id = NEW.claim_id AND answered_at IS NULL)
                OR NOT EXISTS (SELECT 1 FROM claims_act WHERE claim_id = NEW.claim_id AND user_id = NEW.by_id
                    AND kind = 'objection_answer' AND voided_at IS NULL)
            THEN RAISE EXCEPTION 'pgtrigger: moves_listed: an objection is answered and signed by somebody else first';
            END IF;
            SELECT m.source INTO back FROM claims_movement m WHERE m.claim_id = NEW.claim_id AND m.event = 'object'
                ORDER BY m.number DESC LIMIT 1;
            IF NEW.event = 'dismiss' AND NEW.target <> back
            THEN RAISE EXCEPTION 'pgtrigger: moves_listed: a dismissed objection leads back to %', back;
            END IF;
        END IF;
        IF {_MOVE} = ANY ({_with(Guard.RELEASED)}) THEN
            IF (EXISTS (SELECT 1 FROM claims_dispute WHERE claim_id = NEW.claim_id AND answered_at IS NULL)
                OR (SELECT count(DISTINCT human) FROM claims_act WHERE claim_id = NEW.claim_id AND voided_at IS NULL
                AND kind IN ('finance', 'release')
                AND occasion = (SELECT occasion FROM claims_act WHERE claim_id = NEW.claim_id AND voided_at IS NULL
                    AND kind = 'release' ORDER BY id DESC LIMIT 1)) < 2)
            THEN RAISE EXCEPTION 'pgtrigger: moves_listed: a payment needs two signatures of finance and no open objection';
            END IF;
        END IF;
        RETURN NEW;
    """,
)  # fmt: skip

MOVES_ITS_CLAIM: Final = pgtrigger.Trigger(
    name="moves_its_claim",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    func="""
        UPDATE claims_claim SET state = NEW.target, state_since = NEW.at, moves = NEW.number WHERE id = NEW.claim_id;
        RETURN NULL;
    """,
)

BEGINS_AS_DRAFT: Final = pgtrigger.Trigger(
    name="begins_as_draft",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF NEW.state <> 'draft' OR NEW.moves <> 0 OR NEW.number IS NOT NULL
        THEN RAISE EXCEPTION 'pgtrigger: begins_as_draft: a claim begins as a draft, not as %', NEW.state;
        END IF;
        RETURN NEW;
    """,
)

_SETTLED = ("uid", "region_id", "benefit", "holder", "event_day", "payee_person_id", "payee_organisation_id",
            "beneficiary_person_id", "beneficiary_organisation_id", "applicant_organisation_id", "way", "created_at")  # fmt: skip
_SUBMITTED = ("number", "submitted_at", "notice_due", "sensitive", "release_number", "batch_id", "round_id")


def _row(of: str, columns: tuple[str, ...]) -> str:
    return f"ROW({', '.join(f'{of}.{each}' for each in columns)})"


MOVED_BY_MOVEMENTS: Final = pgtrigger.Trigger(
    name="moved_by_movements",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func=f"""
        IF {_row("OLD", _SETTLED)} IS DISTINCT FROM {_row("NEW", _SETTLED)}
        THEN RAISE EXCEPTION 'pgtrigger: moved_by_movements: whose claim for what it is does not change';
        END IF;
        IF OLD.state <> 'draft' AND {_row("OLD", _SUBMITTED)} IS DISTINCT FROM {_row("NEW", _SUBMITTED)}
        THEN RAISE EXCEPTION 'pgtrigger: moved_by_movements: what was submitted does not change';
        END IF;
        IF NEW.account_id IS DISTINCT FROM OLD.account_id THEN
            IF OLD.state NOT IN ('draft', 'awaiting_correction', 'payment_returned')
                OR NOT EXISTS (SELECT 1 FROM claims_account a WHERE a.id = NEW.account_id AND a.ended_at IS NULL
                    AND ROW(a.person_id, a.organisation_id) IS NOT DISTINCT FROM ROW(NEW.payee_person_id, NEW.payee_organisation_id))
            THEN RAISE EXCEPTION 'pgtrigger: moved_by_movements: the account is the payee''s, and changes while somebody may correct it';
            END IF;
        END IF;
        IF OLD.applicant_id IS NOT NULL AND OLD.applicant_id IS DISTINCT FROM NEW.applicant_id
        THEN RAISE EXCEPTION 'pgtrigger: moved_by_movements: who applied does not change';
        END IF;
        IF OLD.state NOT IN ('draft', 'awaiting_correction') AND OLD.answers IS DISTINCT FROM NEW.answers
        THEN RAISE EXCEPTION 'pgtrigger: moved_by_movements: answers change in a draft or a correction only';
        END IF;
        IF (OLD.state, OLD.moves, OLD.state_since) IS DISTINCT FROM (NEW.state, NEW.moves, NEW.state_since)
            AND NOT (NEW.moves = OLD.moves + 1 AND EXISTS (SELECT 1 FROM claims_movement m WHERE m.claim_id = NEW.id
                AND m.number = NEW.moves AND m.source = OLD.state AND m.target = NEW.state AND m.at = NEW.state_since))
        THEN RAISE EXCEPTION 'pgtrigger: moved_by_movements: a state changes by a movement alone';
        END IF;
        RETURN NEW;
    """,
)

DETERMINED_AS_IT_WAS: Final = pgtrigger.Trigger(
    name="as_it_was",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func="""
        IF to_jsonb(OLD) - '{facts,body}'::text[] IS DISTINCT FROM to_jsonb(NEW) - '{facts,body}'::text[]
            OR (OLD.facts IS DISTINCT FROM NEW.facts AND substring(OLD.facts FROM 1 FOR 2) = substring(NEW.facts FROM 1 FOR 2))
            OR (OLD.body IS DISTINCT FROM NEW.body AND substring(OLD.body FROM 1 FOR 2) = substring(NEW.body FROM 1 FOR 2))
        THEN RAISE EXCEPTION 'pgtrigger: as_it_was: a determination does not change; only its seal moves to another key';
        END IF;
        RETURN NEW;
    """,
)

DETERMINED_IN_ORDER: Final = pgtrigger.Trigger(
    name="in_order",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("last", "int"), ("standing", "text")],
    func="""
        SELECT state INTO standing FROM claims_claim WHERE id = NEW.claim_id FOR UPDATE;
        SELECT coalesce(max(number), 0) INTO last FROM claims_determination WHERE claim_id = NEW.claim_id;
        IF NEW.number <> last + 1
        THEN RAISE EXCEPTION 'pgtrigger: in_order: determination % follows %', NEW.number, last;
        END IF;
        IF standing NOT IN ('submitted', 'checking', 'in_review')
        THEN RAISE EXCEPTION 'pgtrigger: in_order: a claim that is % is not determined anew', standing;
        END IF;
        RETURN NEW;
    """,
)

JUDGED_IN_REVIEW: Final = pgtrigger.Trigger(
    name="judged_in_review",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("standing", "text")],
    func="""
        SELECT state INTO standing FROM claims_claim WHERE id = NEW.claim_id FOR UPDATE;
        IF standing <> 'in_review'
        THEN RAISE EXCEPTION 'pgtrigger: judged_in_review: an opinion is given in review, not on a claim that is %', standing;
        END IF;
        RETURN NEW;
    """,
)

SIGNATURES_VOIDED: Final = pgtrigger.Trigger(
    name="voids_signatures",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    func="""
        UPDATE claims_act SET voided_at = now(), voided_because = 'determination ' || NEW.number
        WHERE claim_id = NEW.claim_id AND voided_at IS NULL AND kind IN ('review', 'second_review');
        RETURN NULL;
    """,
)

ACT_VOIDED_BY_FACTS: Final = pgtrigger.Trigger(
    name="voided_by_facts_alone",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func="""
        IF to_jsonb(OLD) - '{voided_at,voided_because}'::text[] IS DISTINCT FROM to_jsonb(NEW) - '{voided_at,voided_because}'::text[]
            OR OLD.voided_at IS NOT NULL OR NEW.voided_at IS NULL OR OLD.kind NOT IN ('review', 'second_review')
            OR NOT EXISTS (SELECT 1 FROM claims_determination d WHERE d.claim_id = OLD.claim_id
                AND d.number > (SELECT number FROM claims_determination WHERE id = OLD.determination_id))
        THEN RAISE EXCEPTION 'pgtrigger: voided_by_facts_alone: a signature stands until a new determination voids it';
        END IF;
        RETURN NEW;
    """,
)

# `human` is what the service writes; this one looks at the documents themselves.  Once a statement, over the few pairs
# of accounts in it: a batch signs a hundred thousand claims.
SIGNED_BY_AS_MANY_HUMANS: Final = pgtrigger.Trigger(
    name="signed_by_as_many_humans",
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    level=pgtrigger.Statement,
    referencing=pgtrigger.Referencing(new="added"),
    func=f"""
        IF EXISTS (SELECT FROM (
                SELECT DISTINCT n.user_id AS one, a.user_id AS other
                FROM added AS n JOIN claims_act AS a ON a.claim_id = n.claim_id
                WHERE a.user_id <> n.user_id AND a.voided_at IS NULL AND (a.kind <> n.kind OR a.occasion = n.occasion) OFFSET 0
            ) AS pair WHERE {one_human("pair.one", "pair.other")})
        THEN RAISE EXCEPTION 'pgtrigger: signed_by_as_many_humans: two accounts of one human sign once on a claim';
        END IF;
        RETURN NULL;
    """,
)

SIGNED_BY_NOBODY_WHO_GAINS: Final = pgtrigger.Trigger(
    name="signed_by_nobody_who_gains",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("claim", "claims_claim"), ("signer", "accounts_user")],
    func="""
        SELECT * INTO claim FROM claims_claim WHERE id = NEW.claim_id FOR UPDATE;
        SELECT * INTO signer FROM accounts_user WHERE id = NEW.user_id;
        IF NEW.voided_at IS NOT NULL
        THEN RAISE EXCEPTION 'pgtrigger: signed_by_nobody_who_gains: a signature begins valid';
        END IF;
        IF NEW.determination_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM claims_determination d
            WHERE d.id = NEW.determination_id AND d.claim_id = NEW.claim_id AND d.digest = NEW.digest
                AND d.number = (SELECT max(number) FROM claims_determination WHERE claim_id = NEW.claim_id))
        THEN RAISE EXCEPTION 'pgtrigger: signed_by_nobody_who_gains: what is signed is the claim''s latest determination';
        END IF;
        IF NEW.user_id = claim.applicant_id
        THEN RAISE EXCEPTION 'pgtrigger: signed_by_nobody_who_gains: whoever applied signs nothing on the claim';
        END IF;
        IF EXISTS (SELECT 1 FROM access_binding b WHERE b.user_id = NEW.user_id
                AND b.person_id IN (claim.payee_person_id, claim.beneficiary_person_id))
            OR EXISTS (SELECT 1 FROM registry_identitydocument d
                WHERE d.person_id IN (claim.payee_person_id, claim.beneficiary_person_id)
                    AND (d.matched_hash IN (signer.identity_hash, signer.identity_hash_next)
                        OR d.matched_hash_next IN (signer.identity_hash, signer.identity_hash_next)))
        THEN RAISE EXCEPTION 'pgtrigger: signed_by_nobody_who_gains: nobody signs on what they gain from';
        END IF;
        IF EXISTS (SELECT 1 FROM access_agency a WHERE a.user_id = NEW.user_id
                AND a.organisation_id IN (claim.payee_organisation_id, claim.beneficiary_organisation_id, claim.applicant_organisation_id)
                AND (a.ended_at IS NULL OR a.ended_at >= claim.created_at)
                AND (a.ends_on IS NULL OR a.ends_on >= claim.created_at::date))
        THEN RAISE EXCEPTION 'pgtrigger: signed_by_nobody_who_gains: an agent of the payee signs nothing on its claim';
        END IF;
        IF EXISTS (SELECT 1 FROM claims_relation r WHERE r.user_id = NEW.user_id AND r.ended_at IS NULL
                AND (r.person_id IN (claim.payee_person_id, claim.beneficiary_person_id)
                    OR r.organisation_id IN (claim.payee_organisation_id, claim.beneficiary_organisation_id)))
        THEN RAISE EXCEPTION 'pgtrigger: signed_by_nobody_who_gains: a declared relation gains from the claim';
        END IF;
        RETURN NEW;
    """,
)

DUE_WHEN_APPROVED: Final = pgtrigger.Trigger(
    name="due_when_approved",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("claim", "claims_claim"), ("made", "claims_determination"), ("before", "bigint")],
    func="""
        SELECT * INTO claim FROM claims_claim WHERE id = NEW.claim_id FOR UPDATE;
        SELECT * INTO made FROM claims_determination WHERE claim_id = NEW.claim_id ORDER BY number DESC LIMIT 1;
        IF claim.state NOT IN ('approved', 'payable', 'paid', 'payment_returned')
        THEN RAISE EXCEPTION 'pgtrigger: due_when_approved: nothing is due on a claim that is %', claim.state;
        END IF;
        IF NEW.determination_id <> made.id OR made.point IS NULL
        THEN RAISE EXCEPTION 'pgtrigger: due_when_approved: a due stands on the latest determination, with a point amount';
        END IF;
        IF ROW(NEW.benefit, NEW.holder, NEW.payee_person_id, NEW.payee_organisation_id)
            IS DISTINCT FROM ROW(claim.benefit, claim.holder, claim.payee_person_id, claim.payee_organisation_id)
        THEN RAISE EXCEPTION 'pgtrigger: due_when_approved: a due is the claim''s own: benefit, event and payee';
        END IF;
        SELECT coalesce(sum(amount), 0) INTO before FROM claims_due WHERE claim_id = NEW.claim_id AND cancelled_at IS NULL;
        IF before + NEW.amount > made.point + coalesce(made.later, NEW.amount + before)
        THEN RAISE EXCEPTION 'pgtrigger: due_when_approved: % fen due, % and % later determined',
            before + NEW.amount, made.point, made.later;
        END IF;
        IF claim.notice_due AND NOT EXISTS (SELECT 1 FROM claims_noticeentry e JOIN claims_publicnotice n ON n.id = e.notice_id
            WHERE e.claim_id = NEW.claim_id AND e.digest = made.digest AND n.taken_down_at IS NOT NULL)
        THEN RAISE EXCEPTION 'pgtrigger: due_when_approved: the public notice is not finished';
        END IF;
        RETURN NEW;
    """,
)

PARTS_WITHIN: Final = pgtrigger.Trigger(
    name="parts_within",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("whole", "claims_due"), ("parts", "bigint")],
    func="""
        IF NEW.split_from_id IS NULL THEN RETURN NEW; END IF;
        SELECT * INTO whole FROM claims_due WHERE id = NEW.split_from_id FOR UPDATE;
        SELECT coalesce(sum(amount), 0) INTO parts FROM claims_due WHERE split_from_id = whole.id;
        IF whole.cancelled_at IS NULL OR parts + NEW.amount > whole.amount OR NEW.part NOT IN (whole.part, whole.part + 1)
            OR ROW(NEW.claim_id, NEW.determination_id, NEW.benefit, NEW.holder, NEW.period, NEW.instalment, NEW.fund, NEW.due_on)
               IS DISTINCT FROM ROW(whole.claim_id, whole.determination_id, whole.benefit, whole.holder, whole.period,
                                    whole.instalment, whole.fund, whole.due_on)
        THEN RAISE EXCEPTION 'pgtrigger: parts_within: parts of due % (% fen, cancelled for them) are its own and sum to no more: % and %',
            whole.uid, whole.amount, parts, NEW.amount;
        END IF;
        RETURN NEW;
    """,
)

CAP_USED_BY_USES: Final = pgtrigger.Trigger(
    name="used_by_uses",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.Update,
    func="""
        PERFORM 1 FROM claims_capgroup WHERE id = NEW.group_id FOR UPDATE;  -- then what a rival wrote is seen
        UPDATE claims_capgroup SET used = (SELECT coalesce(sum(amount), 0) FROM claims_capuse
            WHERE group_id = NEW.group_id AND released_at IS NULL) WHERE id = NEW.group_id;
        RETURN NULL;
    """,
)

CAP_TOLD_BY_USES: Final = pgtrigger.Trigger(
    name="told_by_uses",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    func="""
        IF TG_OP = 'UPDATE' AND ROW(OLD.limit_key, OLD.key, OLD.kind) IS DISTINCT FROM ROW(NEW.limit_key, NEW.key, NEW.kind)
        THEN RAISE EXCEPTION 'pgtrigger: told_by_uses: a limit''s group stays what it is';
        END IF;
        IF NEW.used <> (SELECT coalesce(sum(amount), 0) FROM claims_capuse WHERE group_id = NEW.id AND released_at IS NULL)
        THEN RAISE EXCEPTION 'pgtrigger: told_by_uses: what is used is the sum of its uses';
        END IF;
        RETURN NEW;
    """,
)

STOPPED_BY_FINDINGS: Final = pgtrigger.Trigger(
    name="stopped_by_findings",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    condition=pgtrigger.Condition("NEW.event = 'approve'"),
    func="""
        IF EXISTS (SELECT 1 FROM claims_check c WHERE c.claim_id = NEW.claim_id AND c.verdict = 'failed'
            AND c.severity = 'block' AND c.judgement <> 'cleared' AND NOT EXISTS (SELECT 1 FROM claims_check l
                WHERE l.claim_id = c.claim_id AND l.verifier = c.verifier AND l.id > c.id))
        THEN RAISE EXCEPTION 'pgtrigger: stopped_by_findings: a finding stops the claim until a person clears it with a reason';
        END IF;
        RETURN NEW;
    """,
)

TOLD_FORWARD: Final = pgtrigger.Trigger(
    name="told_forward",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func="""
        IF to_jsonb(OLD) - '{told,ended_at}'::text[] IS DISTINCT FROM to_jsonb(NEW) - '{told,ended_at}'::text[]
            OR NEW.told < OLD.told OR OLD.ended_at IS NOT NULL
        THEN RAISE EXCEPTION 'pgtrigger: told_forward: what was told once is not told again';
        END IF;
        RETURN NEW;
    """,
)
