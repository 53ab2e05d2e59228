"""The command, from a process that has its modules loaded: a second of imports is spent once, not at each start.

Each start is a process of its own (a fork), with its own arguments, folder, environment, and standard streams.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from audit.cli import main
from tests.paths import ROOT

CLIENT = """\
#!{python} -IS
import json, os, socket, sys
there = socket.socket(socket.AF_UNIX)
there.connect({address!r})
socket.send_fds(there, [json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)]).encode()], [0, 1, 2])
there.shutdown(socket.SHUT_WR)
os._exit(there.recv(1)[0])
"""
AT_MOST = 300
"""Seconds after which a start is killed."""
WORDS = 1 << 20
"""Bytes of the longest request."""


@contextmanager
def warm_command(folder: Path) -> Iterator[Path]:
    """A program in `folder` that does what the installed command does, as long as the context lasts."""
    program, address = folder / "identity-audit", folder / "warm"
    program.write_text(CLIENT.format(python=sys.executable, address=str(address)), encoding="utf-8")
    program.chmod(0o755)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(address))
        listening.listen()
        number = listening.fileno()
        with subprocess.Popen([sys.executable, "-m", __name__, str(number)], pass_fds=[number], cwd=ROOT) as server:
            try:
                yield program
            finally:
                server.kill()


def serve(listening: socket.socket) -> None:
    """Answer each request with a process that ends with the command's own code; returns in that process alone."""
    while True:
        asking, _ = listening.accept()
        words, streams, _, _ = socket.recv_fds(asking, WORDS, 3)
        arguments, folder, environment = json.loads(words)
        started = os.fork()
        if not started:
            for number, stream in enumerate(streams):
                os.dup2(stream, number)
            signal.alarm(AT_MOST)
            os.chdir(folder)
            os.environ.clear()
            os.environ.update(environment)
            sys.argv = ["identity-audit", *arguments]
            return
        for stream in streams:
            os.close(stream)
        asking.send(bytes([os.waitstatus_to_exitcode(os.waitpid(started, 0)[1]) % 256]))
        asking.close()


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
    sys.exit(main())
