"""gunicorn's settings: `gunicorn -c python:huijiang.server`."""

from __future__ import annotations

import os

from huijiang import configuration, logs

wsgi_app = "huijiang.wsgi:application"
bind = os.environ.get("HUIJIANG_BIND", "127.0.0.1:8000")
worker_class = "gthread"
workers, threads = configuration.web()
timeout = 60
graceful_timeout = 15
max_requests = 20_000
max_requests_jitter = 2_000
limit_request_line = 4_094
control_socket_disable = True
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: PTH112 (gunicorn wants a text)
accesslog = "-"
access_log_format = "%(m)s %(U)s %(s)s %(L)s"  # no query and no address: both may name people
logconfig_dict = logs.configuration(configuration.log_level())

METRICS = configuration.metrics()


def on_starting(server: object) -> None:
    """Counters of processes that are gone must not be counted twice."""
    for left in METRICS.glob("*.db"):
        left.unlink()


def child_exit(server: object, worker: object) -> None:
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[attr-defined]
