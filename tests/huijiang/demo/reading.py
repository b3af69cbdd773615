"""What each sign-in of the demo reads after its year: every page that its navigation offers, in words."""

from __future__ import annotations

import re

from django.urls import resolve

from huijiang.accounts.models import User
from tests.huijiang.accounts.people import signed_in

MENU = re.compile(r'<nav class="rooms.*?</nav>', re.DOTALL)
LINK = re.compile(r'href="(/[^"#?]*)"')


def text(page: str) -> str:
    """The words of a page's main part."""
    main = page.partition('id="main"')[2].partition("</main>")[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def pages_of(user: User) -> dict[str, str]:
    """View's name → what the page says, of every entry of the menu; each opens."""
    client = signed_in(user)
    home = client.get("/", follow=True)
    assert home.status_code == 200, user.login
    found = {}
    menu = MENU.search(home.content.decode())
    assert menu is not None, user.login
    for address in dict.fromkeys(LINK.findall(menu[0])):
        answer = client.get(address, follow=True)
        assert answer.status_code == 200, (user.login, address, answer.status_code)
        found[resolve(address).view_name] = text(answer.content.decode())
    return found
