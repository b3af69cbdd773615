"""Watching work that goes on elsewhere: with JavaScript a part of the page is renewed each few seconds, without it the
whole page.

A page says `{% watched under_way %} … {% endwatched %}` and includes `web/watching.html` in its head; its view begins
with `over`.
"""

from __future__ import annotations

from typing import Final

from django.http import HttpRequest, HttpResponse

PART: Final = "watched"  # the id of the part that is renewed; htmx tells it as HX-Trigger


def over(request: HttpRequest, under_way: bool) -> HttpResponse | None:
    """For the renewal of a part whose work has ended: the browser loads the whole page.  None: draw the page."""
    if request.headers.get("HX-Request") != "true" or under_way:
        return None
    return HttpResponse(headers={"HX-Refresh": "true"})
