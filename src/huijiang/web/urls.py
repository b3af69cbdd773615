"""Public pages, and the two switches of every page."""

from __future__ import annotations

from django.urls import path
from django.views.i18n import set_language

from huijiang.web import styleguide, text_size, views

urlpatterns = [
    path("", views.home_page, name="home"),
    path("help/", views.help_page, name="help"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
    path("rules/", views.rules, name="rules"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("language/", set_language, name="language"),
    path("text-size/", text_size.text_size, name="text_size"),
]
