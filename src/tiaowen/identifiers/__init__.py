"""Numbers that name people, organisations, certificates and bank cards.

Each reader returns an `Identifier` or raises `IdentifierError`, and nothing else.
What a standard's check digit decides is an error; what a table of places or a habit of issuers
suggests is a warning, because such tables are older than some of the cards they are held against.
"""

from tiaowen.identifiers.bank import parse_bank_card
from tiaowen.identifiers.certificate import (
    LEVEL_DIGITS,
    certificate_number,
    parse_certificate_number,
)
from tiaowen.identifiers.organisation import organisation_check_character, parse_organisation_code
from tiaowen.identifiers.person import (
    PERSON_DOCUMENTS,
    parse_person_document,
    person_check_character,
)
from tiaowen.identifiers.result import (
    Identifier,
    IdentifierError,
    IdentifierWarning,
    mask,
    plain_characters,
)

__all__ = [
    "LEVEL_DIGITS",
    "PERSON_DOCUMENTS",
    "Identifier",
    "IdentifierError",
    "IdentifierWarning",
    "certificate_number",
    "mask",
    "organisation_check_character",
    "parse_bank_card",
    "parse_certificate_number",
    "parse_organisation_code",
    "parse_person_document",
    "person_check_character",
    "plain_characters",
]
