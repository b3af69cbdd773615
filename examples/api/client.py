"""A client of the Huijiang API in one file, with Python's standard library alone.  Copy it and change it.

    python client.py https://huijiang.example.gov benefits --region 330109
    python client.py … case case.json
    HUIJIANG_TOKEN=hj_… python client.py … person --purpose enquiry < number.txt
    HUIJIANG_TOKEN=hj_… python client.py … rows certificate --purpose data
    HUIJIANG_TOKEN=hj_… python client.py … store certificate --region 330109 --as-of 2026-06-30 rows.json
    HUIJIANG_TOKEN=hj_… python client.py … change certificate 3f…0a --as-of 2026-06-30 level=高级技师 occupation=null
    HUIJIANG_TOKEN=hj_… python client.py … firm 91339999MA0000000J --purpose enquiry
    HUIJIANG_TOKEN=hj_… python client.py … claim 5c…e1 xiaoshan-2025-3#trainer-grant account.json [--draft]
    HUIJIANG_TOKEN=hj_… python client.py … claims --purpose review --state paid
    HUIJIANG_TOKEN=hj_… python client.py … status 0b…-uuid --purpose review
    HUIJIANG_TOKEN=hj_… python client.py … subscribe https://hooks.example.gov/huijiang release.in_force claim.paid

The token comes from the environment, identity numbers from standard input: neither stands in an address, a
process list or a shell's history.  Prints JSON, one line per item; exits with 1 and the problem's words when refused.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TRIES = 4
SECONDS = 30
WAIT_AND_TRY = (429, 503)  # too many, unavailable: the same request again is right


class Refused(Exception):
    """The API said no; `problem` is its RFC 9457 answer."""

    def __init__(self, problem: dict[str, Any]) -> None:
        self.problem = problem
        lines = [f"{problem.get('title')}: {problem.get('detail')}", str(problem.get("mend", ""))]
        lines += [f"  {each['where']}: {each['seen']} → {each['expected']}" for each in problem.get("errors", ())]
        super().__init__("\n".join(line for line in lines if line.strip()))


class Api:
    """One installation, one token (or none, for what is public)."""

    def __init__(self, base: str, token: str = "", language: str = "zh") -> None:
        self.base, self.token, self.language = base.rstrip("/"), token, language
        self.mark = ""  # the ETag of the last answer

    def ask(self, method: str, path: str, body: Any = None, key: str = "", mark: str = "") -> Any:
        """One request; waits and tries again when told to.  Raises Refused.

        `mark` is the ETag of what was read, for a change.

        A write keeps one key over all its tries, so that it happens once however often it is sent.
        """
        headers = {"Accept": "application/json", "Accept-Language": self.language}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        if key:
            headers["Idempotency-Key"] = key
        if mark:
            headers["If-Match"] = mark
        content = None
        if body is not None:
            content, headers["Content-Type"] = json.dumps(body, ensure_ascii=False).encode(), "application/json"
        for turn in range(1, TRIES + 1):
            asked = urllib.request.Request(f"{self.base}/api/v1/{path}", content, headers, method=method)
            try:
                with urllib.request.urlopen(asked, timeout=SECONDS) as answer:
                    said, self.mark = answer.read(), answer.headers.get("ETag", "")
                    return json.loads(said) if said else None
            except urllib.error.HTTPError as error:
                problem = json.loads(error.read() or b"{}")
                if error.code not in WAIT_AND_TRY or turn == TRIES:
                    raise Refused(problem) from error
                time.sleep(int(error.headers.get("Retry-After", "1")))
            except urllib.error.URLError:
                if turn == TRIES or (method != "GET" and not key):
                    raise  # without a key nobody knows whether it happened
                time.sleep(2**turn)
        raise AssertionError("unreachable")

    def every(self, path: str, **query: str) -> Iterator[Any]:
        """All items of a list, page by page."""
        cursor: str | None = ""
        while cursor is not None:
            words = {**query, **({"cursor": cursor} if cursor else {})}
            page = self.ask("GET", f"{path}?{urllib.parse.urlencode(words)}")
            yield from page["items"]
            cursor = page["next"]

    def write(self, path: str, body: Any) -> Any:
        return self.ask("POST", path, body, key=str(uuid.uuid4()))

    def change(self, path: str, body: Any, **query: str) -> Any:
        """Read, then change what was read: refused where somebody else was faster."""
        self.ask("GET", f"{path}?{urllib.parse.urlencode(query)}")
        return self.ask("PATCH", path, body, mark=self.mark)


def read(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="A client of the Huijiang API")
    parser.add_argument("base")
    does = parser.add_subparsers(dest="does", required=True)
    does.add_parser("benefits").add_argument("--region", default="")
    does.add_parser("case").add_argument("file", type=Path)
    does.add_parser("person").add_argument("--purpose", required=True)
    rows = does.add_parser("rows")
    rows.add_argument("table")
    rows.add_argument("--purpose", required=True)
    store = does.add_parser("store")
    store.add_argument("table")
    store.add_argument("--region", required=True)
    store.add_argument("--as-of", required=True)
    store.add_argument("file", type=Path)
    change = does.add_parser("change")
    change.add_argument("table")
    change.add_argument("row")
    change.add_argument("--as-of", required=True)
    change.add_argument("--purpose", default="data")
    change.add_argument("columns", nargs="+", help="column=value; column=null: not known any more")
    firm = does.add_parser("firm")
    firm.add_argument("uscc")
    firm.add_argument("--benefit", default="")
    firm.add_argument("--purpose", default="", help="a bureau must say why; the firm reads it")
    claim = does.add_parser("claim")
    claim.add_argument("entitlement")
    claim.add_argument("benefit")
    claim.add_argument("account", type=Path, help='{"holder": …, "number": …, "bank": …}')
    claim.add_argument("--draft", action="store_true", help="keep it, and say what is missing")
    claims = does.add_parser("claims")
    claims.add_argument("--purpose", default="")
    claims.add_argument("--state", default="")
    status = does.add_parser("status")
    status.add_argument("claim")
    status.add_argument("--purpose", default="")
    subscribe = does.add_parser("subscribe")
    subscribe.add_argument("url")
    subscribe.add_argument("events", nargs="+")
    return parser.parse_args(argv)


def act(api: Api, told: argparse.Namespace) -> Iterator[Any]:
    match told.does:
        case "benefits":
            yield from api.every("benefits", **({"region": told.region} if told.region else {}))
        case "case":
            yield from api.ask("POST", "entitlements/case", json.loads(told.file.read_text("utf-8")))["answers"]
        case "person":
            body = {"number": sys.stdin.readline().strip(), "purpose": told.purpose}
            yield from api.ask("POST", "entitlements/person", body)["entitlements"]
        case "rows":
            yield from api.every(f"registry/tables/{told.table}/rows", purpose=told.purpose)
        case "store":
            body = {"region": told.region, "as_of": told.as_of, "rows": json.loads(told.file.read_text("utf-8"))}
            yield api.write(f"registry/tables/{told.table}/rows", body)
        case "change":
            pairs = (each.partition("=") for each in told.columns)
            values = {name: None if value == "null" else value for name, _is, value in pairs}
            path = f"registry/tables/{told.table}/rows/{told.row}"
            yield api.change(path, {"as_of": told.as_of, "values": values}, purpose=told.purpose)
        case "firm":
            said = {"benefit": told.benefit, "purpose": told.purpose}
            body = {"uscc": told.uscc, **{name: value for name, value in said.items() if value}}
            yield from api.ask("POST", "entitlements/organisation", body)["entitlements"]
        case "claim":
            account = json.loads(told.account.read_text("utf-8"))
            yield api.write("claims", {"entitlement": told.entitlement, "benefit": told.benefit, "account": account,
                                       "submit": not told.draft})  # fmt: skip
        case "claims":
            asked = {"purpose": told.purpose, "state": told.state}
            yield from api.every("claims", **{name: value for name, value in asked.items() if value})
        case "status":
            words = urllib.parse.urlencode({"purpose": told.purpose} if told.purpose else {})
            yield api.ask("GET", f"claims/{told.claim}?{words}")
        case "subscribe":
            yield api.write("webhooks", {"url": told.url, "events": told.events})


def main(argv: list[str]) -> int:
    told = read(argv)
    try:
        for each in act(Api(told.base, os.environ.get("HUIJIANG_TOKEN", "")), told):
            print(json.dumps(each, ensure_ascii=False))
    except Refused as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
