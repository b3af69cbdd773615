"""The worker: takes runs from the queue until it is told to stop."""

from __future__ import annotations

from procrastinate.contrib.django import app


def work(*, wait: bool = True) -> None:
    """Run what is queued; with `wait` go on for ever (until SIGTERM or SIGINT), else until the queue is empty."""
    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with app.replace_connector(connector) as own:
        own.run_worker(
            wait=wait, concurrency=1, listen_notify=wait, install_signal_handlers=wait, delete_jobs="successful"
        )
