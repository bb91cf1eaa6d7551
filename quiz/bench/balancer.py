"""HAProxy in front of several nodes: the next request goes to the next node, a dead one is left out."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from quiz.bench.server import HOST, free_port, ready

START_WITHIN = 60
CONFIGURATION = """
defaults
  mode http
  timeout connect 2s
  timeout client 30s
  timeout server 30s
  timeout check 5s
  option redispatch 1
  retries 3
frontend door
  bind {host}:{port}
  default_backend nodes
backend nodes
  balance roundrobin
  option httpchk GET /healthz
  http-response set-header X-Node %s
{servers}
"""


class NoBalancerError(Exception):
    """There is no HAProxy on this machine, or it would not start; the message says which."""


def haproxy() -> str | None:
    """Where HAProxy is; None where it is not installed."""
    return shutil.which("haproxy", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")


@contextmanager
def balanced(ports: Sequence[int]) -> Iterator[int]:
    """The port of a balancer before these, while the block runs. Raises NoBalancerError."""
    program = haproxy()
    if program is None:
        raise NoBalancerError("HAProxy is not installed: sudo apt-get install haproxy")
    port = free_port()
    servers = "\n".join(f"  server node{n} {HOST}:{node} check inter 200ms fall 1" for n, node in enumerate(ports, 1))
    with TemporaryDirectory() as folder:
        file = Path(folder) / "haproxy.cfg"
        file.write_text(CONFIGURATION.format(host=HOST, port=port, servers=servers), encoding="utf-8")
        process = subprocess.Popen([program, "-db", "-q", "-f", str(file)])  # noqa: S603 - found by name, our own words
        try:
            _wait(process, port)
            yield port
        finally:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + START_WITHIN
    while not ready(port):
        if time.monotonic() > until or process.poll() is not None:
            raise NoBalancerError("HAProxy did not start")
        time.sleep(0.05)
