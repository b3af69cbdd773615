"""A register of another authority on loopback that behaves as it is told: answers, has nobody, lies, dawdles, breaks.

The stand-in speaks the wire's own form (`claims.connectors.wire`): anybody may run it to try an installation without
the real register.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from huijiang.claims.connectors.wire import SIGNATURE, sign, subject_of

KEY = "ab" * 32
Behaviour = Callable[["StandIn", dict[str, Any]], tuple[int, bytes, str]]


class StandIn:
    """`knows`: kind → number → facts; `does` decides how it answers; `asked` counts the questions."""

    def __init__(self) -> None:
        self.knows: dict[str, dict[str, dict[str, Any]]] = {}
        self.does: Behaviour = honest
        self.asked = 0
        self.paths: list[str] = []
        self.late = 0.0

    def told(self, question: dict[str, Any]) -> dict[str, Any]:
        facts = self.knows.get(question["kind"], {}).get(question["number"])
        return {
            "nonce": question["nonce"], "subject": subject_of(question["nonce"], question["number"]),
            "outcome": "absent" if facts is None else "answered", "as_of": question["on"], "facts": facts or {},
        }  # fmt: skip

    @contextmanager
    def serving(self) -> Iterator[str]:
        """Its address while it serves."""
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/ask"
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


def _handler(stand_in: StandIn) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            stand_in.asked += 1
            stand_in.paths.append(self.path)
            assert self.headers[SIGNATURE] == sign(bytes.fromhex(KEY), body)
            status, said, signed = stand_in.does(stand_in, json.loads(body))
            try:
                self.send_response(status)
                self.send_header("Content-Length", str(len(said)))
                self.send_header(SIGNATURE, signed)
                self.end_headers()
                for at in range(len(said) if stand_in.late else 0):  # a byte now and then: no read ever times out
                    self.wfile.write(said[at : at + 1])
                    time.sleep(stand_in.late)
                if not stand_in.late:
                    self.wfile.write(said)
            except OSError:
                self.close_connection = True  # whoever asked has gone

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: an access log would be one more place for what was asked."""

    return Handler


def _signed(told: dict[str, Any]) -> tuple[int, bytes, str]:
    said = json.dumps(told).encode()
    return 200, said, sign(bytes.fromhex(KEY), said)


def honest(stand_in: StandIn, question: dict[str, Any]) -> tuple[int, bytes, str]:
    return _signed(stand_in.told(question))


def about_another(stand_in: StandIn, question: dict[str, Any]) -> tuple[int, bytes, str]:
    """A right signature, the answer of somebody else."""
    return _signed({**stand_in.told(question), "subject": subject_of(question["nonce"], "339999190001010001")})


def unsigned(stand_in: StandIn, question: dict[str, Any]) -> tuple[int, bytes, str]:
    status, said, _signature = honest(stand_in, question)
    return status, said, "00" * 32


def malformed(stand_in: StandIn, question: dict[str, Any]) -> tuple[int, bytes, str]:
    return _signed({**stand_in.told(question), "outcome": "maybe"})


def broken(stand_in: StandIn, question: dict[str, Any]) -> tuple[int, bytes, str]:
    return 503, b"", ""


def broken_once(stand_in: StandIn, question: dict[str, Any]) -> tuple[int, bytes, str]:
    return broken(stand_in, question) if stand_in.asked == 1 else honest(stand_in, question)
