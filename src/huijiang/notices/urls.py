"""Messages, what is sent how, subscriptions, and the log of delivery."""

from __future__ import annotations

from django.urls import path

from huijiang.notices import pages_inbox, pages_log, pages_subscribe

urlpatterns = [
    path("my/messages/", pages_inbox.inbox, name="inbox"),
    path("my/messages/read/", pages_inbox.read_all, name="read_all"),
    path("my/messages/settings/", pages_inbox.preferences, name="preferences"),
    path("my/messages/<uuid:uid>/", pages_inbox.message, name="message"),
    path("subscribe/", pages_subscribe.subscribe, name="subscribe"),
    path("subscribe/confirm/<str:key>/", pages_subscribe.confirm, name="confirm"),
    path("subscribe/leave/<str:key>/", pages_subscribe.leave, name="leave"),
    path("admin-ops/deliveries/", pages_log.deliveries, name="deliveries"),
]
