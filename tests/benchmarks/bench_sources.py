"""The wall time of a night with several networks against that of the slowest alone: made instances on loopback.

Run from the repository's root: python -m tests.benchmarks.bench_sources [sources] [seconds a reply]
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from audit.config import load
from audit.model.night import PullStatus
from audit.night.run import run
from tests.states import State


class Instance(ThreadingHTTPServer):
    """An instance that takes its time and has one account for every term."""

    def __init__(self, number: int, seconds: float) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.number, self.seconds, self.asked = number, seconds, 0


class Answering(BaseHTTPRequestHandler):
    server: Instance

    def do_GET(self) -> None:
        time.sleep(self.server.seconds)
        self.server.asked += 1
        name = f"dot{self.server.number}"
        account = {
            "id": f"10{self.server.number}", "username": name, "acct": name, "display_name": "MaineDOT News",
            "url": f"http://127.0.0.1:{self.server.server_port}/@{name}", "note": "<p>MaineDOT</p>", "fields": [],
            "created_at": "2024-01-01T00:00:00.000Z",
        }  # fmt: skip
        found = account if "lookup" in self.path else {"accounts": [account], "statuses": [], "hashtags": []}
        body = json.dumps(found).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: the figures are what is printed."""


def night(folder: Path, instances: list[Instance]) -> float:
    """Seconds of a whole night that asks these instances."""
    agencies = [
        {"agency_code": f"A{number}", "name": f"Maine Office of Matters {number}", "acronyms": f"MOM{number}"}
        for number in range(20)
    ]
    people = [{"employee_id": "1", "work_email": "avery.quill@maine.gov", "status": "active", "agency_code": "A1"}]
    official = [{"platform": "mastodon", "handle": "dot1", "agency_code": "A1", "status": "active"}]
    path = State(folder, people, {}, official, agencies).write()
    tables = [
        f'[sources.i{one.number}]\nconnector = "mastodon"\nurl = "http://127.0.0.1:{one.server_port}"\n'
        'token = { env = "BENCH_TOKEN" }\nrequests = 100000\nseconds = 60\nexpect = { may_shrink = 1.0 }\n'
        for one in instances
    ]
    path.write_text(path.read_text(encoding="utf-8") + "\n" + "\n".join(tables), encoding="utf-8")
    began = time.perf_counter()
    told = run(load(path), date(2026, 11, 20), clock=lambda: datetime(2026, 11, 20, tzinfo=UTC))
    seconds = time.perf_counter() - began
    judged = [pull for pull in told.pulls if pull.connector == "mastodon"]
    if len(judged) != len(instances) or any(pull.status is not PullStatus.COMPLETE for pull in judged):
        raise SystemExit(f"a source was not judged: {[pull.reason for pull in judged]}")
    return seconds


def main() -> None:
    """Print the night's wall time with all sources, with each alone, and with none."""
    count, seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 6, float(sys.argv[2]) if len(sys.argv) > 2 else 0.1
    os.environ["BENCH_TOKEN"] = "not-a-secret-but-long-enough"
    with ExitStack() as stack, tempfile.TemporaryDirectory() as name:
        instances = [Instance(number, seconds * (1 + number / count)) for number in range(count)]
        for one in instances:
            stack.callback(one.server_close)
            stack.callback(one.shutdown)
            Thread(target=one.serve_forever, daemon=True).start()
        nights = [[*instances], *([one] for one in instances)]
        folders = [Path(name) / str(number) for number in range(len(nights))]
        for folder in folders:
            folder.mkdir()
        together, *alone = [night(folder, group) for folder, group in zip(folders, nights, strict=True)]
    print(f"{count} sources, {instances[0].asked // 2} requests each: {together:.1f} s side by side;")
    ratio = together / max(alone)
    print(f"the slowest alone {max(alone):.1f} s (ratio {ratio:.2f}); one after the other {sum(alone):.1f} s.")


if __name__ == "__main__":
    main()
