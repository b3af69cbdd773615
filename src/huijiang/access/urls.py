"""People acting for others: sign-in from outside, the counter, firms, consent, who saw me."""

from __future__ import annotations

from django.urls import path

from huijiang.access import views_counter, views_my, views_org, views_outside

urlpatterns = [
    path("sign-in/ticket/", views_outside.start_ticket, name="ticket"),
    path("sign-in/ticket/back/", views_outside.ticket_back, name="ticket_back"),
    path("sign-in/counter-needed/", views_outside.counter_needed, name="counter_needed"),
    path("sign-in/service-failed/", views_outside.service_failed, name="service_failed"),
    path("activate/", views_outside.activate, name="activate"),
    path("my/consents/", views_my.consents, name="consents"),
    path("my/consents/new/", views_my.give_consent, name="give_consent"),
    path("my/consents/<int:pk>/withdraw/", views_my.withdraw, name="withdraw"),
    path("my/seen-by/", views_my.seen_by, name="seen_by"),
    path("org/seen-by/", views_my.firm_seen_by, name="firm_seen_by"),
    path("org/members/", views_org.members, name="members"),
    path("org/members/new/", views_org.appoint, name="appoint"),
    path("org/members/<int:pk>/end/", views_org.end_member, name="end_member"),
    path("org/switch/", views_org.switch, name="switch"),
    path("desk/activation/", views_counter.activation, name="activation"),
    path("desk/first-owner/", views_counter.first_owner, name="first_owner"),
    path("desk/organisations/<uuid:uid>/members/", views_counter.organisation_members, name="organisation_members"),
    path("desk/owners/<int:pk>/end/", views_counter.end_owner, name="end_owner"),
]
