"""The tables of claims, by what they are about."""

from __future__ import annotations

from huijiang.claims.models.bulk import BulkDecision, BulkItem
from huijiang.claims.models.carried import Carried
from huijiang.claims.models.checks import Check
from huijiang.claims.models.claim import Account, Batch, Claim, Correction, Movement, NumberGiven
from huijiang.claims.models.decision import Act, Determination, Opinion, Relation
from huijiang.claims.models.desk import DayOverride, ServiceTerms, StandIn
from huijiang.claims.models.disputes import Dispute
from huijiang.claims.models.money import CapGroup, CapUse, Due, Exclusive
from huijiang.claims.models.notices import NoticeEntry, PublicNotice
from huijiang.claims.models.packs import AuditPack, AuditPackPart
from huijiang.claims.models.panels import AuditedCost, Minutes, MinutesLine, Panel, PanelMember, Score
from huijiang.claims.models.registers import RegisterAnswer
from huijiang.claims.models.rounds import LateEntry, Place, Round
from huijiang.claims.models.telling import Telling

__all__ = [
    "Account",
    "Act",
    "AuditPack",
    "AuditPackPart",
    "AuditedCost",
    "Batch",
    "BulkDecision",
    "BulkItem",
    "CapGroup",
    "CapUse",
    "Carried",
    "Check",
    "Claim",
    "Correction",
    "DayOverride",
    "Determination",
    "Dispute",
    "Due",
    "Exclusive",
    "LateEntry",
    "Minutes",
    "MinutesLine",
    "Movement",
    "NoticeEntry",
    "NumberGiven",
    "Opinion",
    "Panel",
    "PanelMember",
    "Place",
    "PublicNotice",
    "RegisterAnswer",
    "Relation",
    "Round",
    "Score",
    "ServiceTerms",
    "StandIn",
    "Telling",
]
