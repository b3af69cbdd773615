"""What the database itself keeps about rounds, places, panels, scores, minutes and audited figures."""

from __future__ import annotations

from typing import Final

import pgtrigger

ROUND_AS_PUBLISHED: Final = pgtrigger.Trigger(
    name="as_published",
    when=pgtrigger.Before,
    operation=pgtrigger.Update,
    func="""
        IF OLD.published_at IS NOT NULL
            AND (to_jsonb(OLD) - '{settled_at}'::text[] IS DISTINCT FROM to_jsonb(NEW) - '{settled_at}'::text[]
                OR OLD.settled_at IS NOT NULL AND OLD.settled_at IS DISTINCT FROM NEW.settled_at)
        THEN RAISE EXCEPTION 'pgtrigger: as_published: a published round does not change; it is settled once';
        END IF;
        RETURN NEW;
    """,
)

PLACE_WITHIN_THE_QUOTA: Final = pgtrigger.Trigger(
    name="within_the_quota",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    declare=[("held", "claims_round"), ("taken", "bigint"), ("money", "bigint")],
    func="""
        SELECT * INTO held FROM claims_round WHERE id = NEW.round_id FOR UPDATE;
        IF TG_OP = 'INSERT' AND NOT EXISTS (SELECT 1 FROM claims_claim WHERE id = NEW.claim_id AND round_id = NEW.round_id)
        THEN RAISE EXCEPTION 'pgtrigger: within_the_quota: a place is for a claim of its round';
        END IF;
        IF TG_OP = 'UPDATE' THEN
            IF to_jsonb(OLD) - '{standing,moved_up_at,lost_at}'::text[] IS DISTINCT FROM to_jsonb(NEW) - '{standing,moved_up_at,lost_at}'::text[]
                OR OLD.lost_at IS NOT NULL OR (OLD.standing <> NEW.standing AND NOT (OLD.standing = 'reserve'
                    AND NEW.standing = 'in' AND NEW.moved_up_at IS NOT NULL))
            THEN RAISE EXCEPTION 'pgtrigger: within_the_quota: a place stays; only a reserve moves up, and a claim leaves once';
            END IF;
            IF NEW.standing = 'in' AND OLD.standing = 'reserve' AND EXISTS (SELECT 1 FROM claims_place
                WHERE round_id = NEW.round_id AND standing = 'reserve' AND lost_at IS NULL AND rank < OLD.rank)
            THEN RAISE EXCEPTION 'pgtrigger: within_the_quota: the first of the reserve moves up first';
            END IF;
        END IF;
        IF NEW.standing = 'in' AND NEW.lost_at IS NULL THEN
            SELECT count(*), coalesce(sum(amount), 0) INTO taken, money FROM claims_place
                WHERE round_id = NEW.round_id AND standing = 'in' AND lost_at IS NULL AND id IS DISTINCT FROM NEW.id;
            IF held.quota IS NOT NULL AND taken + 1 > held.quota
            THEN RAISE EXCEPTION 'pgtrigger: within_the_quota: % places, all taken', held.quota;
            END IF;
            IF held.quota_money IS NOT NULL AND (NEW.amount IS NULL OR money + NEW.amount > held.quota_money)
            THEN RAISE EXCEPTION 'pgtrigger: within_the_quota: % fen of % are left', held.quota_money - money, held.quota_money;
            END IF;
        END IF;
        RETURN NEW;
    """,
)

HAS_A_PLACE: Final = pgtrigger.Trigger(
    name="has_a_place",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    condition=pgtrigger.Condition("NEW.event IN ('review', 'approve')"),
    func="""
        IF EXISTS (SELECT 1 FROM claims_claim c JOIN claims_round r ON r.id = c.round_id
                WHERE c.id = NEW.claim_id AND (r.ranking <> 'none' OR EXISTS (SELECT 1 FROM claims_panel p WHERE p.round_id = r.id)))
            AND NOT EXISTS (SELECT 1 FROM claims_place WHERE claim_id = NEW.claim_id AND standing = 'in' AND lost_at IS NULL)
        THEN RAISE EXCEPTION 'pgtrigger: has_a_place: a claim of a ranked round goes on with a place in it';
        END IF;
        RETURN NEW;
    """,
)

CRITERIA_WEIGHED: Final = pgtrigger.Trigger(
    name="criteria_weighed",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("sum", "bigint"), ("names", "int"), ("all_", "int"), ("worst", "bigint")],
    func="""
        SELECT sum((c->>'weight')::bigint), count(DISTINCT c->>'id'), count(*), min((c->>'weight')::bigint)
            INTO sum, names, all_, worst FROM jsonb_array_elements(NEW.criteria) c;
        IF sum IS DISTINCT FROM 1000 OR names <> all_ OR worst < 1
        THEN RAISE EXCEPTION 'pgtrigger: criteria_weighed: weights of different criteria sum to 1000, not %', coalesce(sum, 0);
        END IF;
        RETURN NEW;
    """,
)

MEMBER_AS_NAMED: Final = pgtrigger.Trigger(
    name="as_named",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    declare=[("opened", "timestamptz")],
    func="""
        SELECT opened_at INTO opened FROM claims_panel WHERE id = NEW.panel_id FOR UPDATE;
        IF opened IS NOT NULL AND (TG_OP = 'INSERT' OR OLD.confirmed_at IS DISTINCT FROM NEW.confirmed_at)
        THEN RAISE EXCEPTION 'pgtrigger: as_named: nobody joins a panel whose scores are open';
        END IF;
        IF TG_OP = 'INSERT' AND (NEW.confirmed_at IS NOT NULL OR NEW.left_at IS NOT NULL)
        THEN RAISE EXCEPTION 'pgtrigger: as_named: a member is named first, and confirmed by another';
        END IF;
        IF TG_OP = 'UPDATE' AND (to_jsonb(OLD) - '{confirmed_at,confirmed_by_id,left_at}'::text[]
                IS DISTINCT FROM to_jsonb(NEW) - '{confirmed_at,confirmed_by_id,left_at}'::text[]
            OR OLD.left_at IS NOT NULL
            OR OLD.confirmed_at IS NOT NULL AND ROW(OLD.confirmed_at, OLD.confirmed_by_id) IS DISTINCT FROM ROW(NEW.confirmed_at, NEW.confirmed_by_id))
        THEN RAISE EXCEPTION 'pgtrigger: as_named: a member is confirmed once and leaves once';
        END IF;
        RETURN NEW;
    """,
)

SCORED_BY_THE_PANEL: Final = pgtrigger.Trigger(
    name="scored_by_the_panel",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("held", "claims_panel"), ("member", "claims_panelmember"), ("sum", "bigint"), ("given", "int")],
    func="""
        SELECT * INTO held FROM claims_panel WHERE id = NEW.panel_id FOR UPDATE;
        SELECT * INTO member FROM claims_panelmember WHERE id = NEW.member_id;
        IF member.panel_id <> NEW.panel_id OR member.confirmed_at IS NULL OR member.left_at IS NOT NULL OR member.chairs
        THEN RAISE EXCEPTION 'pgtrigger: scored_by_the_panel: confirmed members score, the chair does not';
        END IF;
        IF held.opened_at IS NOT NULL OR (now() AT TIME ZONE 'Asia/Shanghai')::date > held.due_on
        THEN RAISE EXCEPTION 'pgtrigger: scored_by_the_panel: scoring is over';
        END IF;
        IF NOT EXISTS (SELECT 1 FROM claims_claim c WHERE c.id = NEW.claim_id AND c.round_id = held.round_id AND c.state = 'in_review')
        THEN RAISE EXCEPTION 'pgtrigger: scored_by_the_panel: a claim of the round, in review';
        END IF;
        IF NOT EXISTS (SELECT 1 FROM claims_act a WHERE a.claim_id = NEW.claim_id AND a.user_id = member.user_id
            AND a.kind = 'panel_score' AND a.voided_at IS NULL)
        THEN RAISE EXCEPTION 'pgtrigger: scored_by_the_panel: a score is signed by whoever gives it';
        END IF;
        SELECT sum((c->>'weight')::bigint * (NEW.points->>(c->>'id'))::bigint), count(*) FILTER (
            WHERE (NEW.points->>(c->>'id'))::bigint BETWEEN 0 AND 100) INTO sum, given FROM jsonb_array_elements(held.criteria) c;
        IF sum IS DISTINCT FROM NEW.total::bigint OR given <> jsonb_array_length(held.criteria)
            OR given <> (SELECT count(*) FROM jsonb_object_keys(NEW.points))
        THEN RAISE EXCEPTION 'pgtrigger: scored_by_the_panel: each criterion has 0 to 100 points, the total is % by their weights', sum;
        END IF;
        RETURN NEW;
    """,
)

MINUTES_BY_THE_CHAIR: Final = pgtrigger.Trigger(
    name="by_the_chair",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF NOT EXISTS (SELECT 1 FROM claims_panelmember m JOIN claims_panel p ON p.id = m.panel_id WHERE p.id = NEW.panel_id
            AND p.opened_at IS NOT NULL AND m.user_id = NEW.made_by_id AND m.chairs AND m.confirmed_at IS NOT NULL AND m.left_at IS NULL)
        THEN RAISE EXCEPTION 'pgtrigger: by_the_chair: the confirmed chair signs the minutes, once the scores are open';
        END IF;
        IF EXISTS (SELECT 1 FROM claims_score s JOIN claims_panelmember m ON m.id = s.member_id
            WHERE s.panel_id = NEW.panel_id AND m.user_id = NEW.made_by_id)
        THEN RAISE EXCEPTION 'pgtrigger: by_the_chair: whoever scored does not sign the minutes';
        END IF;
        RETURN NEW;
    """,
)

NO_MORE_THAN_AUDITED: Final = pgtrigger.Trigger(
    name="no_more_than_audited",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    func="""
        IF NOT EXISTS (SELECT 1 FROM claims_determination d WHERE d.id = NEW.determination_id AND d.claim_id = NEW.claim_id
            AND d.basis = 'audited_cost' AND d.point <= NEW.cost AND d.made_by_id = NEW.made_by_id)
        THEN RAISE EXCEPTION 'pgtrigger: no_more_than_audited: the determination takes no more than was audited';
        END IF;
        RETURN NEW;
    """,
)
