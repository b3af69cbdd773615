"""Addresses of the API, and of the pages about it."""

from __future__ import annotations

from django.urls import path

from huijiang.api import entitlements, exchange, pages_clients, pages_reference, pages_tokens, public, rows, runs, subscriptions

V1 = "api/v1"
urlpatterns = [
    path("api/", pages_reference.reference, name="reference"),
    path(f"{V1}/schema", public.Schema.door(), name="schema"),
    path(f"{V1}/documents", public.Documents.door(), name="documents"),
    path(f"{V1}/documents/<str:document>", public.Document.door(), name="document"),
    path(f"{V1}/documents/<str:document>/clauses", public.Clauses.door(), name="clauses"),
    path(f"{V1}/benefits", public.Benefits.door(), name="benefits"),
    path(f"{V1}/benefits/<str:document>/<str:rule>", public.Benefit.door(), name="benefit"),
    path(f"{V1}/releases", public.Releases.door(), name="releases"),
    path(f"{V1}/releases/<uuid:uid>", public.OneRelease.door(), name="release"),
    path(f"{V1}/releases/<uuid:uid>/files", public.ReleaseFiles.door(), name="release_files"),
    path(f"{V1}/entitlements/case", entitlements.PostedCase.door(), name="case"),
    path(f"{V1}/entitlements/person", entitlements.OfPerson.door(), name="person"),
    path(f"{V1}/entitlements/organisation", entitlements.OfOrganisation.door(), name="organisation"),
    path(f"{V1}/entitlements/mine", entitlements.Mine.door(), name="mine"),
    path(f"{V1}/entitlements/changes", entitlements.Changes.door(), name="changes"),
    path(f"{V1}/nights", entitlements.Nights.door(), name="nights"),
    path(f"{V1}/registry/tables", rows.Tables.door(), name="tables"),
    path(f"{V1}/registry/completeness", rows.Completeness.door(), name="completeness"),
    path(f"{V1}/registry/tables/<str:table>/rows", rows.Rows.door(), name="rows"),
    path(f"{V1}/registry/tables/<str:table>/rows/<str:row>", rows.Row.door(), name="row"),
    path(f"{V1}/registry/exchange", exchange.Profiles.door(), name="profiles"),
    path(f"{V1}/registry/exchange/<str:profile>", exchange.Take.door(), name="store_file"),
    path(f"{V1}/jobs", runs.Runs.door(), name="jobs"),
    path(f"{V1}/jobs/<uuid:uid>", runs.OneRun.door(), name="job"),
    path(f"{V1}/webhooks", subscriptions.Subscriptions.door(), name="subscriptions"),
    path(f"{V1}/webhooks/<uuid:uid>", subscriptions.OneSubscription.door(), name="subscription"),
    path(f"{V1}/webhooks/<uuid:uid>/deliveries", subscriptions.Deliveries.door(), name="deliveries"),
    path(f"{V1}/webhooks/<uuid:uid>/deliveries/<uuid:delivery>/resend", subscriptions.Resend.door(), name="resend"),
    path(f"{V1}/<path:rest>", public.NoSuch.door(), name="no_such"),
    path("my/apps/", pages_tokens.mine, name="my_tokens"),
    path("my/apps/new/", pages_tokens.new, name="my_token_new"),
    path("my/apps/<uuid:uid>/revoke/", pages_tokens.revoke, name="my_token_revoke"),
    path("admin-ops/clients/", pages_clients.clients, name="clients"),
    path("admin-ops/clients/new/", pages_clients.register, name="client_new"),
    path("admin-ops/clients/<uuid:uid>/", pages_clients.client, name="client"),
    path("admin-ops/clients/<uuid:uid>/approve/", pages_clients.approve, name="client_approve"),
    path("admin-ops/clients/<uuid:uid>/refuse/", pages_clients.refuse, name="client_refuse"),
    path("admin-ops/clients/<uuid:uid>/end/", pages_clients.end, name="client_end"),
    path("admin-ops/clients/<uuid:uid>/tokens/new/", pages_clients.new_token, name="token_new"),
    path("admin-ops/tokens/<uuid:uid>/revoke/", pages_clients.revoke_token, name="token_revoke"),
    path("admin-ops/api-entries/", pages_clients.entries, name="entries"),
    path("admin-ops/webhooks/<uuid:uid>/", pages_clients.subscription, name="subscription_page"),
    path("admin-ops/webhooks/<uuid:uid>/state/", pages_clients.switch, name="subscription_switch"),
    path("admin-ops/deliveries/<uuid:uid>/resend/", pages_clients.resend, name="delivery_resend"),
]
