"""Pages of money."""

from __future__ import annotations

from django.urls import path

from huijiang.funds import (
    pages_answers,
    pages_batches,
    pages_budget,
    pages_ledger,
    pages_mine,
    pages_recoveries,
    pages_takeover,
)

urlpatterns = [
    path("desk/funds/", pages_budget.lines, name="lines"),
    path("desk/funds/lines/<uuid:uid>/", pages_budget.line, name="line"),
    path("desk/funds/lines/<uuid:uid>/ask/", pages_budget.ask, name="ask"),
    path("desk/funds/lines/<uuid:uid>/freeze/", pages_budget.freeze, name="freeze_line"),
    path("desk/funds/allotments/<uuid:uid>/approve/", pages_budget.approve, name="approve"),
    path("desk/pay/", pages_batches.listed, name="batches"),
    path("desk/pay/new/", pages_batches.build, name="build"),
    path("desk/pay/<uuid:uid>/", pages_batches.batch, name="batch"),
    path("desk/pay/<uuid:uid>/freeze/", pages_batches.freeze, name="freeze"),
    path("desk/pay/<uuid:uid>/sign/", pages_batches.sign, name="sign"),
    path("desk/pay/<uuid:uid>/export/", pages_batches.export, name="export"),
    path("desk/pay/<uuid:uid>/send/", pages_batches.send, name="send"),
    path("desk/pay/<uuid:uid>/drop/", pages_batches.drop, name="drop"),
    path("desk/pay/answers/", pages_answers.listed, name="answers"),
    path("desk/pay/answers/new/", pages_answers.upload, name="answer_upload"),
    path("desk/pay/answers/<uuid:uid>/", pages_answers.answer, name="answer"),
    path("desk/pay/answers/lines/<int:pk>/", pages_answers.handle, name="handle"),
    path("desk/recoveries/", pages_recoveries.listed, name="recoveries"),
    path("desk/recoveries/findings/<uuid:uid>/", pages_recoveries.finding, name="finding"),
    path("desk/recoveries/findings/<uuid:uid>/propose/", pages_recoveries.propose, name="propose"),
    path("desk/recoveries/findings/<uuid:uid>/dismiss/", pages_recoveries.dismiss, name="dismiss"),
    path("desk/recoveries/findings/<uuid:uid>/decide/", pages_recoveries.decide, name="decide"),
    path("desk/recoveries/<uuid:uid>/", pages_recoveries.recovery, name="recovery"),
    path("desk/recoveries/<uuid:uid>/arrived/", pages_recoveries.arrived, name="arrived"),
    path("desk/recoveries/<uuid:uid>/end/", pages_recoveries.end, name="end_recovery"),
    path("desk/ledger/", pages_ledger.day, name="journal"),
    path("desk/ledger/accounts/<int:pk>/", pages_ledger.statement, name="statement"),
    path("desk/trace/", pages_ledger.search, name="search"),
    path("desk/trace/<str:reference>/", pages_ledger.trace, name="trace"),
    path("desk/takeover/", pages_takeover.listed, name="past_files"),
    path("desk/takeover/new/", pages_takeover.upload, name="past_upload"),
    path("desk/takeover/template.xlsx", pages_takeover.template, name="past_template"),
    path("desk/takeover/<uuid:uid>/", pages_takeover.past, name="past"),
    path("desk/takeover/<uuid:uid>/confirm/", pages_takeover.confirm, name="past_confirm"),
    path("desk/takeover/<uuid:uid>/parallel/", pages_takeover.parallel, name="past_parallel"),
    path("my/payments/", pages_mine.mine, name="my_payments"),
    path("my/payments/<str:reference>/", pages_mine.my_proof, name="my_payment"),
    path("org/payments/", pages_mine.of_firm, name="org_payments"),
    path("org/payments/<str:reference>/", pages_mine.firm_proof, name="org_payment"),
]
