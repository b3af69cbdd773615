"""The pages about other systems for the gate: the reference, the administrators' pages, a person's apps."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils import timezone

from huijiang.accounts.models import User
from huijiang.api import clients, entries, tokens
from huijiang.api.models import Client, Delivery, Subscription, Token
from huijiang.api.webhooks import outbox, signing
from huijiang.sealed import keys
from tests.huijiang.access.pages import town as people
from tests.huijiang.accounts.pages import office
from tests.huijiang.api.systems import approved
from tests.huijiang.gate.pages import Page


def desk() -> dict[str, Any]:
    """A client with tokens, entries and a webhook that failed; one that waits; a person with an app."""
    keys.ensure(settings.KEY_FILE)
    world = office()
    system, security = world["system"], world["security"]
    region = system.grants.get().region
    found = Client.objects.filter(name="市人社数据交换平台").first()
    if found is None:
        found = approved(
            system, security, region, columns=("certificate.level", "person.name"), name="市人社数据交换平台"
        )
        token, _secret = tokens.issue(found, system, "正式环境", found.scopes, 90)
        entries.write_down(token, "in", "", "10.0.0.8")
        entries.write_down(token, "beyond", "/api/v1/registry/tables", "10.0.0.8")
        entries.write_down(None, "unknown", "/api/v1/documents", "10.0.0.9")
        hook = Subscription.objects.create(
            client=found, url="https://hooks.example.gov/huijiang", events=["release.in_force"],
            secret=signing.new_secret(), state="disabled", failures=20,
            message="连续 20 次没有送达，已停用；修好后请重新启用 failed 20 times in a row",
        )  # fmt: skip
        sent = outbox.test_event(hook)
        Delivery.objects.filter(pk=sent.pk).update(
            state="failed", attempts=7, status=500, answer="broken", tried_at=timezone.now()
        )
        clients.register(system, clients.Wanted("某厂人事系统", "bureau", "招工核对", "周工", region, None, ("documents:read",),
                                                (), 60, found.expires_on))  # fmt: skip
        person = people()["worker"]
        tokens.issue_own(person, "我的补贴助手", ("entitlements:read",), 30)
    waiting = Client.objects.get(name="某厂人事系统")
    hook = found.subscriptions.get()
    return {
        **world, "client": found, "waiting": waiting, "token": found.tokens.first(), "hook": hook,
        "delivery": hook.deliveries.first(), "worker": User.objects.get(login="town-worker"),
        "own": Token.objects.filter(owner__login="town-worker").first(),
    }  # fmt: skip


def page(name: str, visitor: str = "", of: str = "") -> Page:
    who = (lambda world: world[visitor]) if visitor else (lambda world: None)
    return Page(f"api:{name}", desk, who, (lambda world: {"uid": world[of].uid}) if of else (lambda world: {}))


PAGES = [
    page("reference"),
    *(page(each, "worker") for each in ("my_tokens", "my_token_new")),
    page("my_token_revoke", "worker", "own"),
    page("clients", "system"),
    page("client_new", "system"),
    *(page("client", each, "client") for each in ("system", "security")),
    page("client", "security", "waiting"),
    page("client_approve", "security", "waiting"),
    page("client_refuse", "security", "waiting"),
    page("client_end", "system", "client"),
    page("token_new", "system", "client"),
    page("token_revoke", "security", "token"),
    page("subscription_page", "system", "hook"),
    page("subscription_switch", "system", "hook"),
    page("delivery_resend", "system", "delivery"),
    page("entries", "audit"),
]
ENDPOINTS = (
    "schema", "documents", "document", "clauses", "benefits", "benefit", "releases", "release", "release_files", "case",
    "person", "organisation", "mine", "changes", "nights", "tables", "completeness", "rows", "row", "jobs", "job",
    "profiles", "store_file", "subscriptions", "subscription", "deliveries", "resend", "no_such",
    "claims", "claim", "claim_withdraw",
)  # fmt: skip
NOT_PAGES = {f"api:{each}": "for programs" for each in ENDPOINTS}
