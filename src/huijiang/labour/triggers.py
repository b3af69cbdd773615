"""What the database itself keeps about surveys: whoever writes by raw SQL meets these laws too."""

from __future__ import annotations

from typing import Final

import pgtrigger

NEVER_EMPTIED: Final = pgtrigger.Trigger(
    name="never_emptied",
    when=pgtrigger.Before,
    operation=pgtrigger.Truncate,
    level=pgtrigger.Statement,
    func="RAISE EXCEPTION 'pgtrigger: never_emptied: % keeps what was answered', TG_TABLE_NAME;",
)
NEVER_DELETED: Final = (pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete), NEVER_EMPTIED)

SURVEY_MOVES: Final = pgtrigger.Trigger(
    name="moves",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    func="""
        IF TG_OP = 'INSERT' THEN
            IF NEW.state <> 'draft'
            THEN RAISE EXCEPTION 'pgtrigger: moves: a survey begins as a draft';
            END IF;
            RETURN NEW;
        END IF;
        IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (('draft', 'open'), ('draft', 'dropped'), ('open', 'closed'))
        THEN RAISE EXCEPTION 'pgtrigger: moves: no way from % to %', OLD.state, NEW.state;
        END IF;
        IF OLD.state IN ('closed', 'dropped')
        THEN RAISE EXCEPTION 'pgtrigger: moves: a % survey does not change', OLD.state;
        END IF;
        IF OLD.state = 'open' AND to_jsonb(OLD) - '{state,closes_on,closed_at,closed_by_id}'::text[]
            IS DISTINCT FROM to_jsonb(NEW) - '{state,closes_on,closed_at,closed_by_id}'::text[]
        THEN RAISE EXCEPTION 'pgtrigger: moves: an open survey is only extended or closed';
        END IF;
        IF OLD.state = 'open' AND NEW.closes_on < OLD.closes_on
        THEN RAISE EXCEPTION 'pgtrigger: moves: an open survey is extended, never cut short: % is before %', NEW.closes_on, OLD.closes_on;
        END IF;
        RETURN NEW;
    """,
)

FIRM_OF_AN_OPEN_SURVEY: Final = pgtrigger.Trigger(
    name="of_an_open_survey",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    declare=[("held", "labour_employersurvey")],
    func="""
        SELECT * INTO held FROM labour_employersurvey WHERE id = NEW.survey_id FOR SHARE;
        IF held.state <> 'open'
        THEN RAISE EXCEPTION 'pgtrigger: of_an_open_survey: the survey is %', held.state;
        END IF;
        IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - '{told_at,reminded_on}'::text[]
            IS DISTINCT FROM to_jsonb(NEW) - '{told_at,reminded_on}'::text[]
        THEN RAISE EXCEPTION 'pgtrigger: of_an_open_survey: a firm of a survey is told and reminded, else it stays';
        END IF;
        RETURN NEW;
    """,
)

ANSWER_MOVES: Final = pgtrigger.Trigger(
    name="moves",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update,
    declare=[("held", "labour_employersurvey"), ("today", "date")],
    func="""
        SELECT s.* INTO held FROM labour_employersurvey s JOIN labour_surveyedfirm f ON f.survey_id = s.id
            WHERE f.id = NEW.surveyed_id FOR SHARE OF s;
        today := (now() AT TIME ZONE 'Asia/Shanghai')::date;
        IF held.state <> 'open' OR today < held.opens_on OR today > held.closes_on
        THEN RAISE EXCEPTION 'pgtrigger: moves: answers change while the survey is open (%, % to %)', held.state, held.opens_on, held.closes_on;
        END IF;
        IF TG_OP = 'INSERT' THEN
            IF NEW.state <> 'draft'
            THEN RAISE EXCEPTION 'pgtrigger: moves: an answer begins as a draft';
            END IF;
            RETURN NEW;
        END IF;
        IF OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN
            (('draft', 'sent'), ('sent', 'withdrawn'), ('sent', 'returned'), ('sent', 'replaced'))
        THEN RAISE EXCEPTION 'pgtrigger: moves: no way from % to %', OLD.state, NEW.state;
        END IF;
        IF OLD.state NOT IN ('draft', 'sent') OR OLD.state = 'sent' AND (
            NEW.state = 'sent' OR to_jsonb(OLD) - '{state,ended_at,ended_by_id,reason}'::text[]
                IS DISTINCT FROM to_jsonb(NEW) - '{state,ended_at,ended_by_id,reason}'::text[])
        THEN RAISE EXCEPTION 'pgtrigger: moves: what was sent stays as it was sent';
        END IF;
        IF OLD.state = 'draft' AND ROW(OLD.uid, OLD.surveyed_id, OLD.version, OLD.made_by_id, OLD.made_at)
            IS DISTINCT FROM ROW(NEW.uid, NEW.surveyed_id, NEW.version, NEW.made_by_id, NEW.made_at)
        THEN RAISE EXCEPTION 'pgtrigger: moves: a draft stays of its firm and its version';
        END IF;
        RETURN NEW;
    """,
)

LINE_OF_A_DRAFT: Final = pgtrigger.Trigger(
    name="of_a_draft",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    declare=[("answer", "labour_surveyanswer"), ("held", "labour_employersurvey"), ("line", "labour_surveyline")],
    func="""
        IF TG_OP = 'DELETE' THEN line := OLD; ELSE line := NEW; END IF;
        IF TG_OP = 'UPDATE' AND OLD.answer_id <> NEW.answer_id
        THEN RAISE EXCEPTION 'pgtrigger: of_a_draft: a line stays with its answer';
        END IF;
        SELECT * INTO answer FROM labour_surveyanswer WHERE id = line.answer_id FOR SHARE;
        SELECT s.* INTO held FROM labour_employersurvey s JOIN labour_surveyedfirm f ON f.survey_id = s.id
            WHERE f.id = answer.surveyed_id FOR SHARE OF s;
        IF answer.state <> 'draft' OR held.state <> 'open' OR (now() AT TIME ZONE 'Asia/Shanghai')::date > held.closes_on
        THEN RAISE EXCEPTION 'pgtrigger: of_a_draft: lines change in a draft of an open survey; this is % in one that is %', answer.state, held.state;
        END IF;
        IF TG_OP <> 'DELETE' AND NOT NEW.occupation = ANY(held.occupations)
        THEN RAISE EXCEPTION 'pgtrigger: of_a_draft: % is not asked about in this survey', NEW.occupation;
        END IF;
        RETURN line;
    """,
)
