"""The shapes of what goes in and out, as JSON Schema (2020-12): the words of the OpenAPI description."""

from __future__ import annotations

from typing import Any, Final

from huijiang.api.scopes import EVENTS

Schema = dict[str, Any]


def ref(name: str) -> Schema:
    return {"$ref": f"#/components/schemas/{name}"}


def thing(required: dict[str, Schema], optional: dict[str, Schema] | None = None, closed: bool = False) -> Schema:
    """An object; what is sent in is closed (a misspelt field is a mistake), what comes out may grow."""
    found: Schema = {"type": "object", "properties": {**required, **(optional or {})}, "required": list(required)}
    if closed:
        found["additionalProperties"] = False
    return found


def listed(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def page(of: Schema) -> Schema:
    return thing({"items": listed(of), "next": {"type": ["string", "null"], "description": "cursor"}})


TEXT: Final[Schema] = {"type": "string"}
FLAG: Final[Schema] = {"type": "boolean"}
WHOLE: Final[Schema] = {"type": "integer"}
DAY: Final[Schema] = {"type": "string", "format": "date"}
DAY_OR_NOT: Final[Schema] = {"type": ["string", "null"], "format": "date"}
MOMENT: Final[Schema] = {"type": "string", "format": "date-time"}
MOMENT_OR_NOT: Final[Schema] = {"type": ["string", "null"], "format": "date-time"}
UID: Final[Schema] = {"type": "string", "format": "uuid"}
ID: Final[Schema] = {"type": "string", "pattern": "^[0-9a-f]{32}$"}
FEN: Final[Schema] = {"type": "integer", "minimum": 0, "description": "分 fen"}
END: Final[Schema] = {"type": ["integer", "null"], "minimum": 0, "description": "分 fen; null: open"}
TRUTH: Final[Schema] = {"enum": ["true", "false", "unknown"]}
VALUE: Final[Schema] = {"type": ["string", "integer", "boolean", "null"]}
ANY: Final[Schema] = {"type": "object", "additionalProperties": True}
WORD: Final[Schema] = {"type": "string", "minLength": 1, "maxLength": 200}

PARTY: Final[Schema] = {"oneOf": [ref("Party"), {"type": "null"}]}
CLAIM: Final[Schema] = thing({
    "id": UID, "number": {"type": ["string", "null"]}, "benefit": TEXT, "name": TEXT, "state": TEXT, "state_since": MOMENT,
    "region": TEXT, "way": TEXT, "event_day": DAY_OR_NOT, "submitted_at": MOMENT_OR_NOT, "deadline": DAY_OR_NOT,
    "payee": PARTY, "beneficiary": PARTY,
})  # fmt: skip
MISSING: Final[Schema] = thing(
    {"kind": {"enum": ["question", "paper", "account"]}, "key": TEXT, "label": TEXT},
    {"holds": TEXT, "choices": listed(TEXT)},
)

COMPONENTS: Final[dict[str, Schema]] = {
    "Problem": thing(
        {"type": TEXT, "title": TEXT, "status": WHOLE, "detail": TEXT, "mend": TEXT, "request": TEXT},
        {"where": TEXT, "seen": TEXT, "expected": TEXT, "error_count": WHOLE,
         "errors": listed(thing({"where": TEXT, "seen": TEXT, "expected": TEXT}))},
    ),
    "Interval": thing({"low": FEN, "high": END}),
    "Document": thing({
        "id": TEXT, "number": TEXT, "title": TEXT, "issuers": listed(TEXT), "region": TEXT, "place": TEXT,
        "issued": DAY_OR_NOT, "effective": DAY_OR_NOT, "expires": DAY_OR_NOT,
        "validity": {"enum": ["valid", "draft", "coming", "expired", "repealed"]}, "clauses": WHOLE, "benefits": WHOLE,
    }),
    "Clause": thing({
        "label": TEXT, "title": TEXT, "level": WHOLE, "above": listed(TEXT), "summary": TEXT,
        "blocks": listed(thing({"kind": TEXT, "id": TEXT, "name": TEXT})),
    }),
    "Benefit": thing({
        "key": TEXT, "kind": {"enum": ["benefit", "treatment", "duty"]}, "name": TEXT, "document": TEXT,
        "number": TEXT, "clause": TEXT, "fund": TEXT, "table": TEXT, "conditions": listed(TEXT),
        "validity": {"enum": ["valid", "draft", "coming", "expired", "repealed"]},
    }),
    "Release": thing({
        "uid": UID, "number": WHOLE, "digest": TEXT, "note": TEXT, "in_force_from": DAY_OR_NOT,
        "standing": {"enum": ["in force", "coming", "replaced"]}, "documents": WHOLE, "rules": WHOLE,
        "cases": WHOLE,
    }),
    "Entitlement": thing({
        "id": ID, "benefit": TEXT, "kind": TEXT, "name": TEXT, "state": {"enum": ["ready", "unknown", "near", "no"]},
        "document": TEXT, "title": TEXT, "clause": TEXT, "fund": TEXT, "event": TEXT, "date": DAY_OR_NOT,
        "amount": ref("Interval"), "due": ref("Interval"), "if_met": ref("Interval"), "payee": TEXT, "to_me": FLAG,
        "conditions": listed(thing(
            {"label": TEXT, "outcome": TRUTH, "kind": TEXT,
             "facts": listed(thing({"label": TEXT, "value": TEXT, "source": TEXT, "as_of": DAY_OR_NOT})),
             "missing": listed(thing({"label": TEXT, "source": TEXT}))},
        )),
        "working": listed(TEXT), "gives": TEXT, "taken_away": listed(thing({"by": TEXT, "how": TEXT})),
        "unverified": listed(TEXT),
    }, {"one_step": thing({"condition": TEXT, "needs": TEXT, "low": FEN, "high": END, "on": DAY_OR_NOT})}),
    "Entitlements": thing({
        "on": DAY, "region": TEXT, "release": TEXT, "certain": FEN, "possible": END,
        "entitlements": listed(ref("Entitlement")), "from_the_night": listed(TEXT),
    }),
    "Case": thing(
        {"region": WORD, "tables": {"type": "object", "additionalProperties": listed(ANY)}},
        {"on": DAY, "covers": listed(ANY), "name": TEXT, "title": TEXT, "note": TEXT, "origin": TEXT},
    ),
    "Answer": thing({
        "benefit": TEXT, "kind": {"enum": ["benefit", "treatment", "duty"]}, "name": TEXT, "document": TEXT,
        "clause": TEXT, "holder": thing({"table": TEXT, "id": TEXT}), "date": DAY_OR_NOT,
        "outcome": {"enum": ["entitled", "unknown", "excluded", "refused", "not in force", "met", "not met",
                             "not applicable"]},
        "conditions": listed(ANY), "release": TEXT,
    }, {"low": FEN, "high": END, "due": ref("Interval"), "if_met": ref("Interval")}),
    "Answers": thing({"region": TEXT, "on": DAY_OR_NOT, "release": TEXT, "answers": listed(ref("Answer"))}),
    "Number": thing(
        {"number": {"type": "string", "minLength": 1, "maxLength": 40}, "purpose": WORD},
        {"kind": WORD, "country": {"type": "string", "maxLength": 3}, "on": DAY}, closed=True,
    ),
    "Code": thing(
        {"uscc": {"type": "string", "minLength": 1, "maxLength": 40}}, {"benefit": WORD, "on": DAY, "purpose": WORD}, closed=True,
    ),
    "Change": thing({
        "id": ID, "change": {"enum": ["opened", "closed"]}, "person": {"type": ["string", "null"]},
        "organisation": {"type": ["string", "null"]}, "benefit": TEXT, "state": TEXT, "amount": ref("Interval"),
        "waits_for": listed(TEXT),
    }),
    "Night": thing({
        "id": ID, "region": TEXT, "on": DAY, "release": TEXT, "ended_at": MOMENT, "opened": WHOLE, "closed": WHOLE,
        "kept": WHOLE, "people": WHOLE,
    }),
    "Table": thing({
        "id": TEXT, "label": TEXT, "title": TEXT,
        "columns": listed(thing({"name": TEXT, "label": TEXT, "type": TEXT, "reads": FLAG, "writes": FLAG})),
        "fields": listed(thing({"path": TEXT, "header": TEXT, "holds": TEXT, "required": FLAG})),
    }),
    "Row": thing({
        "id": TEXT, "values": {"type": "object", "additionalProperties": VALUE}, "managed_by": TEXT, "source": TEXT,
        "as_of": DAY,
    }),
    "Rows": thing(
        {"region": WORD, "as_of": DAY, "rows": {"type": "array", "items": ANY, "minItems": 1, "maxItems": 1_000}},
        {"source": {"type": "string", "minLength": 1, "maxLength": 64}}, closed=True,
    ),
    "Stored": thing({"batch": UID, "new": WHOLE, "changed": WHOLE, "same": WHOLE}),
    "Profile": thing({
        "id": TEXT, "title": TEXT, "table": TEXT, "files": listed(TEXT), "encoding": TEXT,
        "columns": listed(thing({"name": TEXT, "label": TEXT, "field": TEXT, "unused": TEXT, "codes": TEXT})),
    }),
    "Codes": thing({
        "id": TEXT, "title": TEXT, "source": TEXT, "values": {"type": "object", "additionalProperties": TEXT},
    }),
    "Completeness": thing({
        "table": TEXT, "region": TEXT, "by": listed(TEXT), "since": DAY_OR_NOT, "until": DAY_OR_NOT,
        "complete": FLAG, "source": TEXT, "as_of": DAY,
    }),
    "Party": thing({"kind": {"enum": ["person", "organisation"]}, "id": UID}),
    "Claim": CLAIM,
    "Missing": MISSING,
    "ClaimMade": thing({**CLAIM["properties"], "missing": listed(ref("Missing"))}),
    "MakeClaim": thing(
        {"entitlement": {"type": "string", "minLength": 1, "maxLength": 64}, "benefit": {"type": "string", "minLength": 1, "maxLength": 128}},
        {"person": UID, "submit": FLAG,
         "answers": {"type": "object", "additionalProperties": {"type": "string", "maxLength": 200}, "maxProperties": 60},
         "account": thing({"holder": {"type": "string", "minLength": 1, "maxLength": 100},
                           "number": {"type": "string", "minLength": 8, "maxLength": 40},
                           "bank": {"type": "string", "minLength": 1, "maxLength": 120}},
                          {"cnaps": {"type": "string", "maxLength": 12}}, closed=True)}, closed=True,
    ),
    "WholeClaim": thing({
        **CLAIM["properties"],
        "course": listed(thing({"event": TEXT, "from": TEXT, "to": TEXT, "at": MOMENT, "words": TEXT})),
        "dues": listed(thing({
            "id": UID, "period": TEXT, "instalment": WHOLE, "amount": FEN, "fund": TEXT, "due_on": DAY,
            "payments": listed(thing({"reference": TEXT, "amount": FEN, "state": TEXT, "settled_on": DAY_OR_NOT})),
        })),
    }),
    "RowChange": thing(
        {"as_of": DAY, "values": {"type": "object", "additionalProperties": True, "minProperties": 1, "maxProperties": 60}},
        {"source": {"type": "string", "minLength": 1, "maxLength": 64}}, closed=True,
    ),
    "Job": thing({
        "uid": UID, "kind": TEXT, "state": {"enum": ["waiting", "running", "done", "failed", "cancelled"]},
        "asked_at": MOMENT, "started_at": MOMENT_OR_NOT, "ended_at": MOMENT_OR_NOT, "percent": {"type": ["integer", "null"]},
        "note": TEXT,
    }),
    "Subscribe": thing({
        "url": {"type": "string", "minLength": 8, "maxLength": 400},
        "events": {"type": "array", "items": {"enum": sorted(EVENTS)}, "minItems": 1},
    }, closed=True),
    "Subscription": thing({
        "uid": UID, "url": TEXT, "events": listed(TEXT), "state": {"enum": ["active", "paused", "disabled"]},
        "message": TEXT, "failures": WHOLE, "made_at": MOMENT,
    }, {"secret": TEXT}),
    "Delivery": thing({
        "uid": UID, "event": TEXT, "state": {"enum": ["waiting", "sent", "failed"]}, "attempts": WHOLE,
        "made_at": MOMENT, "tried_at": MOMENT_OR_NOT, "due_at": MOMENT, "status": {"type": ["integer", "null"]},
        "answer": TEXT, "payload": ANY,
    }),
}  # fmt: skip
