"""A receiver of Huijiang's webhooks in one file, with Python's standard library alone.

    HUIJIANG_WEBHOOK_SECRET=whsec_… python receiver.py 8900

Takes a message only if its signature is right, its time is within five minutes, and it was not had before;
a message that comes again (the sender tries until it is answered) is answered with 200 and does nothing.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import sys
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock

WINDOW = 300  # seconds
MOST_BYTES = 65_536


class Refuse(Exception):
    """Not a message of ours, or too old."""


def check(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> str:
    """The message's number, once its signature and its time are right.  Raises Refuse.

    The signature is over `number.time.body`.  Where SM3 is asked for, compare `v1sm3` instead: HMAC-SM3 of the
    same text under the same key.
    """
    number, moment = headers.get("Webhook-Id", ""), headers.get("Webhook-Timestamp", "")
    if not moment.isdigit() or abs(now - int(moment)) > WINDOW:
        raise Refuse("too old, or from the future")
    key = base64.b64decode(secret.removeprefix("whsec_"))
    told = f"{number}.{moment}.".encode() + body
    mine = base64.b64encode(hmac.new(key, told, hashlib.sha256).digest()).decode()
    said = [each.partition(",")[2] for each in headers.get("Webhook-Signature", "").split() if each.startswith("v1,")]
    if not any(hmac.compare_digest(mine, each) for each in said):
        raise Refuse("wrong signature")
    return number


class Seen:
    """Numbers of messages that were had.  A real receiver keeps them in its database, with the message."""

    def __init__(self) -> None:
        self.numbers: set[str] = set()
        self.lock = Lock()

    def first(self, number: str) -> bool:
        with self.lock:
            fresh = number not in self.numbers
            self.numbers.add(number)
            return fresh


def serve(port: int, secret: str) -> ThreadingHTTPServer:
    """A server on loopback; prints each new message as a line of JSON."""
    seen = Seen()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            body = self.rfile.read(min(length, MOST_BYTES))
            try:
                number = check(secret, self.headers, body, time.time())
            except Refuse as error:
                self._answer(400, str(error))
                return
            if seen.first(number):
                print(json.dumps(json.loads(body), ensure_ascii=False), flush=True)
                self._answer(200, "taken")
            else:
                self._answer(200, "had it already")

        def _answer(self, status: int, words: str) -> None:
            said = words.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, format: str, *args: object) -> None:
            print(format % args, file=sys.stderr)

    return ThreadingHTTPServer(("127.0.0.1", port), Receiver)


if __name__ == "__main__":
    serve(int(sys.argv[1]), os.environ["HUIJIANG_WEBHOOK_SECRET"]).serve_forever()
