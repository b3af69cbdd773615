"""/styleguide/: every component with invented content; the accessibility gate walks it first."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from huijiang.web import styleguide_samples


@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    return render(request, "web/styleguide.html", styleguide_samples.everything())
