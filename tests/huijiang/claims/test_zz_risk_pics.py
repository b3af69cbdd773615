from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from huijiang.claims.models import Claim
from huijiang.claims.verifiers import running
from huijiang.registry.models import MODELS
from tests.huijiang.claims import pages
from tests.huijiang.gate.walk import BACKEND

OUT = Path("/tmp/risk/pics")

def shoot(browser, base, cookies, paths):
    OUT.mkdir(exist_ok=True)
    def snap(name, user, path, width=1280, lang="zh-CN", large=False):
        c = browser.new_context(viewport={"width": width, "height": 900}, locale=lang)
        c.add_cookies([{"name": "sessionid", "value": cookies[user], "url": base}])
        if lang.startswith("en"): c.add_cookies([{"name": settings.LANGUAGE_COOKIE_NAME, "value": "en", "url": base}])
        if large: c.add_cookies([{"name": "text_size", "value": "large", "url": base}])
        t = c.new_page(); t.goto(base + path)
        t.screenshot(path=str(OUT / f"{name}.png"), full_page=True); c.close()
    snap("rules", "watch", paths["rules"]); snap("rules-phone", "watch", paths["rules"], width=375)
    snap("rules-en", "keeps", paths["rules"], lang="en"); snap("rules-large", "watch", paths["rules"], width=375, large=True)
    snap("case", "first", paths["case"]); snap("case-phone", "first", paths["case"], width=375); snap("case-en", "first", paths["case"], lang="en")
    snap("judge", "first", paths["judge"])

@pytest.mark.django_db(transaction=True)
def test_pics(live_server, browser_thread):
    w = pages.World()
    a = MODELS["certificate"].objects.get()
    b = MODELS["certificate"].objects.get()
    b.pk = None; b.number = None
    b.save(force_insert=True)
    running.run(Claim.objects.get(pk=w.chief.pk), outside=True)
    running.run(Claim.objects.get(pk=w.trainer.pk), outside=True)
    hit = w.chief.checks.filter(verdict="failed", clause__gt="").last()
    def cookie(u):
        c = Client(); c.force_login(u, backend=BACKEND); return str(c.session.session_key)
    paths = {"rules": reverse("claims:rules"), "case": reverse("claims:case", args=[w.chief.number]),
             "judge": reverse("claims:judge", args=[w.chief.number, hit.uid])}
    browser_thread.run(shoot, live_server.url, {n: cookie(w.user(n)) for n in ("watch", "keeps", "first")}, paths)
