"""The server of the speed measurements: nginx with one worker and fixed answers, in a process of its own."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.workload import ANSWERS

_CONFIG = """\
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr error;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    default_type application/json;
    keepalive_requests 1000000000;
    keepalive_timeout 75s;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} backlog=2048;
{locations}
    }}
}}
"""


def is_installed() -> bool:
    """Whether there is an nginx to start."""
    return _program() is not None


@contextmanager
def nginx() -> Iterator[str]:
    """The address of a running nginx, which ends with the context."""
    program = _program()
    assert program is not None
    with tempfile.TemporaryDirectory(prefix="wamsg-nginx-") as name:
        folder = Path(name)
        folder.chmod(0o711)  # nginx's worker gives up root and must still reach its folders
        port = _free_port()
        config = folder / "nginx.conf"
        config.write_text(_CONFIG.format(folder=folder, port=port, locations=_locations()), encoding="utf-8")
        process = subprocess.Popen([program, "-c", config, "-p", folder])  # noqa: S603 -- found by its name in PATH
        try:
            _wait_until_open(port, process)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait()


def _program() -> str | None:
    # Debian keeps it where only root's PATH looks.
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")


def _locations() -> str:
    return "\n".join(f"        location {path} {{ return {status} '{body}'; }}" for path, status, body in ANSWERS)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_open(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise RuntimeError("nginx did not start; what it wrote stands above")
