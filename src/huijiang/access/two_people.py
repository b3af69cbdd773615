"""What the database keeps of two people: whoever grants is not, under another account, the human who asked.

Accounts are one human's where a document of theirs is the same: the account's own, or one of the person it is bound to
(`humans.same` asks the same).  The keyed hashes are compared, so that nothing is opened.

It is judged when either name is written, once a row; a document that is seen later makes no old row wrong.
"""

from __future__ import annotations

import pgtrigger

_PAPERS = """
SELECT h FROM accounts_user AS u, unnest(ARRAY[u.identity_hash, u.identity_hash_next]) AS h WHERE u.id = {user}
UNION ALL
SELECT h FROM access_binding AS b JOIN registry_identitydocument AS d ON d.person_id = b.person_id,
       unnest(ARRAY[d.matched_hash, d.matched_hash_next]) AS h WHERE b.user_id = {user} AND b.ended_at IS NULL"""


def one_human(one: str, other: str) -> str:
    """The SQL condition that two accounts (expressions that give their ids) show the same document."""
    papers = [_PAPERS.format(user=each) for each in (one, other)]
    return f"EXISTS (SELECT FROM ({papers[0]}) AS mine JOIN ({papers[1]}) AS yours ON yours.h = mine.h)"


def by_two(name: str, asked: str, granted: str, where: str = "") -> pgtrigger.Trigger:
    """The law of a table in which column `asked` (an account) proposes and column `granted` decides.  That they are not
    the same account is the table's own constraint.  `where`: judged only where this holds (taking back what one asked for
    oneself needs nobody else)."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=f"""
            IF NEW.{asked} <> NEW.{granted}{f" AND {where}" if where else ""}
               AND (TG_OP = 'INSERT' OR ROW(OLD.{asked}, OLD.{granted}) IS DISTINCT FROM ROW(NEW.{asked}, NEW.{granted}))
            THEN
                IF {one_human(f"NEW.{asked}", f"NEW.{granted}")}
                THEN RAISE EXCEPTION 'pgtrigger: {name}: % asks and grants: two accounts of one human are not two people', TG_TABLE_NAME;
                END IF;
            END IF;
            RETURN NEW;
        """,
    )


def signed_by_others(name: str, signatures: str, of: str, made: str) -> pgtrigger.Trigger:
    """The law of a table of signatures (`signatures`, whose column `of` names the row of `made` that is signed): nobody
    signs, under another account, what they made or signed before.  The same account is the table's own law."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert,
        func=f"""
            IF EXISTS (SELECT FROM (
                    SELECT made_by_id AS other FROM {made} WHERE id = NEW.{of}
                    UNION SELECT user_id FROM {signatures} WHERE {of} = NEW.{of} OFFSET 0
                ) AS before WHERE before.other <> NEW.user_id AND {one_human("before.other", "NEW.user_id")})
            THEN RAISE EXCEPTION 'pgtrigger: {name}: % is signed by other people than made it, not by other accounts of theirs', NEW.{of};
            END IF;
            RETURN NEW;
        """,  # noqa: S608  # names of tables and columns, from the models
    )
