"""Every source that asks over HTTP, through whole nights in which its platform fails in every way that we know.

    python -m tests.endurance.faults [--only CONNECTOR …] [--fault NAME …] [--from start|middle] [--workers 2]

A healthy night comes first; then, from a copy of what it left, a night with the fault, each in a process of its own.
The clock jumps where somebody sleeps. A night passes where it ends, the source is not judged, partial or as healthy as
before, no finding is new or resolved, memory stays bounded, and no credential that was sent is shown: on the console,
in the log, an error, what doctor says, or a file of the night. Prints a table, and what did not pass.
"""

from __future__ import annotations

import argparse
import gzip
import json
import logging
import multiprocessing
import resource
import shutil
import socket
import sys
import tempfile
import time
import traceback
import zipfile
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import requests
from pyarrow import parquet

from audit import cli
from audit.config import load
from audit.model.finding import FindingStatus
from audit.model.night import Night, Pull, PullStatus
from audit.night.inputs import InputUnusable
from audit.night.run import run
from audit.verbs.doctor import examine
from connectors.catalog import CONNECTORS
from connectors.contract import Connector
from connectors.http import SYSTEM
from connectors.records import Person
from tests.conversing import CANARY, Platform, Reply, configured, conversation, fetched, records, written
from tests.loopback import NOON
from tests.proxying import Authority, InspectingProxy

DAY = date(2026, 11, 20)
LIVE = {name: connector for name, connector in CONNECTORS.items() if connector.service is not None}
JSON = {"Content-Type": "application/json"}
BLOCK = b" " * 65536
REAL_SECONDS, MEGABYTES = 60.0, 400
"""What one night may take of real time, and of memory beyond what it has at its beginning."""
SHORT = {"most_minutes": 0.05}
"""For a source whose platform keeps us waiting in real time."""
HR = """employee_id,given_name,family_name,work_email,agency_code,status,start_date,end_date
1001,Jane,Doe,jane.doe@maine.gov,DOL,active,2010-01-04,
1002,Ravi,Lee,ravi.lee@maine.gov,DOL,terminated,2010-01-04,2026-06-30
"""
AGENCIES = """agency_code,name,acronyms,handles
DOL,Maine Department of Labor,MaineDOL,
DOT,Maine Department of Transportation,MaineDOT,{handles}
"""

Wire = Callable[[Any], object]
Spoiled = Callable[[requests.PreparedRequest, Reply, "Told"], "Reply | Wire"]


@dataclass
class Told:
    """What the platform has said so far: its first healthy reply to each query, and whether a null was put into one.

    `secrets` are the credentials that it was sent."""

    first: dict[str, Reply]
    null: bool = False
    secrets: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Fault:
    """One way to fail. `spoils` makes the reply, or `network` and `lasts` the way there; `options` are its source's."""

    name: str
    spoils: Spoiled | None = None
    network: dict[str, Any] | None = None
    lasts: timedelta = timedelta(days=2)
    options: Mapping[str, Any] = field(default_factory=dict)
    says_gone: bool = False
    """Whether a look-up takes it for an answer: there is nobody by that name."""


def _status(status: int, body: Any = "", **headers: str) -> Spoiled:
    text = body if isinstance(body, str) else json.dumps(body)
    return lambda *_: (status, {**JSON, **{name.replace("_", "-"): value for name, value in headers.items()}}, text)


def _body(made: Callable[[Reply], str | bytes]) -> Spoiled:
    return lambda _, healthy, __: (200, healthy[1] | JSON if healthy[0] != 200 else healthy[1], made(healthy))


def _wire(made: Callable[[Any], object]) -> Spoiled:
    return lambda *_: made


def _head(length: int, *more: bytes) -> bytes:
    lines = [b"HTTP/1.1 200 OK", b"Content-Type: application/json", b"Content-Length: %d" % length, *more]
    return b"\r\n".join([*lines, b"", b""])


def _drips(begin: bytes) -> Wire:
    def drip(connection: Any) -> None:
        connection.sendall(begin)
        with suppress(OSError):
            while True:
                time.sleep(0.02)
                connection.sendall(b" ")

    return drip


def _silent(connection: Any) -> None:
    with suppress(OSError):
        connection.recv(1)


def _huge(connection: Any) -> None:
    connection.sendall(_head(512 * 1024 * 1024))
    with suppress(OSError):
        for _ in range(8192):
            connection.sendall(BLOCK)


@cache
def _bomb() -> bytes:
    block = b" " * (1 << 20)
    packed = gzip.compress(block, 9)
    return packed * 500  # members one behind the other are one file


def _resets(connection: Any) -> None:
    with suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        connection.close()


def _null(_: requests.PreparedRequest, healthy: Reply, told: Told) -> Reply:
    """One reply with a null in the place of the first object of its outermost list of objects."""
    row = [json.loads(healthy[2])] if healthy[0] == 200 and not told.null else []
    value = row[0] if row else None
    while row:
        for one in row:
            if isinstance(one, list) and one and all(isinstance(part, dict) for part in one):
                one[0], told.null = None, True
                return healthy[0], healthy[1], json.dumps(value)
        row = [part for one in row for part in (one.values() if isinstance(one, dict) else [])]
    return healthy


def _elsewhere(request: requests.PreparedRequest, healthy: Reply, _: Told) -> Reply:
    """A next page on another host, in every way that a next page is named."""
    there = "https://elsewhere.example/next"
    headers = {**healthy[1], "Link": f'<{there}>; rel="next"'}
    value = json.loads(healthy[2]) if healthy[0] == 200 and healthy[2] else None
    if isinstance(value, dict) and "value" in value:
        value["@odata.nextLink"] = there
    return healthy[0], headers, json.dumps(value) if value is not None else healthy[2]


def _again(request: requests.PreparedRequest, healthy: Reply, told: Told) -> Reply:
    """The first page of a list or a search, whichever of its pages is asked for."""
    return told.first.get(_asked_for(request), healthy)


def _asked_for(request: requests.PreparedRequest) -> str:
    """What a request asks for, whichever page of it."""
    url = urlsplit(str(request.url))
    params = sorted((name, value) for name, value in parse_qsl(url.query) if name not in PAGING)
    body = json.loads(request.body) if str(request.headers.get("Content-Type")) == "application/json" else None
    if isinstance(body, dict) and isinstance(body.get("variables"), dict):
        body["variables"].pop("after", None)
    return f"{url.path} {params} {body}"


def _sent(request: requests.PreparedRequest) -> str:
    """All that a request says, credentials included."""
    body = request.body.decode() if isinstance(request.body, bytes) else str(request.body or "")
    return "; ".join([*(f"{name} {value}" for name, value in request.headers.items()), str(request.url), body])


def _said_back(status: int, *, only_secrets: bool = False) -> Spoiled:
    """A platform that says back what it was told: all of it, or the credential alone, and where it sends us."""

    def says(request: requests.PreparedRequest, _: Reply, told: Told) -> Reply:
        told.secrets.update(_credentials(request))
        words = " ".join(sorted(told.secrets)) if only_secrets else _sent(request)
        there = f"https://{CANARY}.example/{CANARY}"
        return status, {**JSON, "Location": there, "WWW-Authenticate": words}, json.dumps({"message": words})

    return says


def _credentials(request: requests.PreparedRequest) -> set[str]:
    """What proves who asks: our canary, and tokens of a header that are no plain word, as what a platform issues is."""
    words = str(request.headers.get("Authorization", "")).split()
    return {CANARY, *(word for word in words[1:] if not word.isalpha())}


SECONDARY = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}
RESETS = ("X_RateLimit_Reset", "RateLimit_Reset", "x_rate_limit_reset")
PASSED = dict.fromkeys(RESETS, "1577836800")
SLOW = {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}
PAGING = frozenset(
    ("after", "cursor", "page", "pageToken", "offset", "startIndex", "$skiptoken", "max_id", "continue", "sroffset")
)
NOWHERE = {"proxy": "http://127.0.0.1:9"}

FAULTS = (
    Fault("refused connection", network=NOWHERE),
    Fault("name not found", network={"proxy": "http://proxy.invalid:3128"}),
    Fault("certificate expired", lasts=timedelta(days=-1)),
    Fault("401", _status(401, {"message": "Bad credentials"})),
    Fault("403", _status(403, {"message": "Forbidden"})),
    Fault("403 secondary limit", _status(403, SECONDARY)),
    Fault("403 none remaining", _status(403, {"message": "limit"}, X_RateLimit_Remaining="0")),
    Fault("404", _status(404, {"message": "Not Found"}), says_gone=True),
    Fault("410", _status(410, {"message": "Gone"}), says_gone=True),
    Fault("429", _status(429)),
    Fault("429 Retry-After", _status(429, Retry_After="7")),
    Fault("429 reset has passed", _status(429, **PASSED)),
    Fault("500", _status(500, "oops")),
    Fault("503", _status(503, "<html>busy</html>")),
    Fault("301 to another host", _status(301, Location="https://elsewhere.example/")),
    Fault("redirect loop", lambda request, *_: (302, {**JSON, "Location": str(request.url)}, "")),
    Fault("empty body", _body(lambda _: "")),
    Fault("cut body", _wire(lambda there: there.sendall(_head(4000) + b'{"data": [{"id": "1", "na'))),
    Fault("login page", lambda *_: (200, {"Content-Type": "text/html"}, "<html>Please log in</html>")),
    Fault("another type", lambda _, healthy, __: (200, {"Content-Type": "text/plain"}, healthy[2] or "ok")),
    Fault("another shape", _body(lambda _: '{"x": {"y": [1, 2, 3]}}')),
    Fault("null item", _null, options={"expect": {"may_reject": 1.0}}),  # of three accounts one is too many
    Fault("huge body", _wire(_huge)),
    Fault("millions of items", _body(lambda _: "[" + "{}," * 8_000_000 + "{}]")),
    Fault("many items", _body(lambda _: '{"value": [' + "{}," * 900_000 + "{}]}")),
    Fault("deeply nested", _body(lambda _: "[" * 100_000 + "]" * 100_000)),
    Fault("dripping body", _wire(_drips(_head(100_000))), options=SHORT),
    Fault("dripping headers", _wire(_drips(b"HTTP/1.1 200 OK\r\nX-Slow: ")), options=SHORT),
    Fault("silence", _wire(_silent), options=SHORT),
    Fault("gzip bomb", _wire(lambda there: there.sendall(_head(len(_bomb()), b"Content-Encoding: gzip") + _bomb()))),
    Fault("wrong charset", _body(lambda _: b'{"x": "Th\xe9riault"}')),
    Fault("connection reset", _wire(_resets)),
    Fault("first page again", _again),
    Fault("next page elsewhere", _elsewhere),
    Fault("said back, 403", _said_back(403)),
    Fault("said back, 401", _said_back(401, only_secrets=True)),
    Fault("said back, 400", _said_back(400, only_secrets=True)),
    Fault("said back, sent away", _said_back(302)),
    Fault("said back in a 200", _said_back(200)),
    Fault("RATE_LIMITED in a 200", _body(lambda _: json.dumps(SLOW))),
)


@dataclass(frozen=True)
class Outcome:
    """How one night fared. `passed` says whether it is as it must be, `said` why not, or what the source said."""

    connector: str
    fault: str
    what: str
    passed: bool
    seconds: float
    minutes: float
    """Minutes that the night would have taken, had nobody jumped."""
    megabytes: float
    said: str = ""


@contextmanager
def jumping() -> Iterator[Callable[[], float]]:
    """Sleep takes no time, and the clock that sessions see jumps by it; gives the seconds jumped so far."""
    jumped, kept = [0.0], (SYSTEM.monotonic, SYSTEM.now, SYSTEM.sleep)
    new: tuple[Callable[..., Any], ...] = (
        lambda: kept[0]() + jumped[0],
        lambda: kept[1]() + timedelta(seconds=jumped[0]),
        lambda seconds: jumped.__setitem__(0, jumped[0] + seconds),
    )
    names = ("monotonic", "now", "sleep")
    for name, function in zip(names, new, strict=True):
        object.__setattr__(SYSTEM, name, function)
    try:
        yield lambda: jumped[0]
    finally:
        for name, own in zip(names, kept, strict=True):
            object.__setattr__(SYSTEM, name, own)


def prepared(folder: Path, connector: Connector[Any]) -> None:
    """The files of a state that the source's conversation is about."""
    handles = ";".join(f"{platform}:mainedot" for platform in connector.platforms[:1])
    (folder / "agencies.csv").write_text(AGENCIES.format(handles=handles), encoding="utf-8")
    (folder / "hr.csv").write_text(HR, encoding="utf-8")
    accounts = ["platform,handle,registered_email,registration,created_at,observed_at"]
    people = records(connector, fetched(configured(connector, folder), Platform(connector)))
    emails = [one.work_email for one in people if isinstance(one, Person)]
    accounts += [f"x,someone{at},{email},verified,2026-01-05,2026-11-01" for at, email in enumerate(emails)]
    (folder / "accounts.csv").write_text("\n".join(accounts) + "\n", encoding="utf-8")


def night(folder: Path, connector: Connector[Any], fault: Fault | None = None, after: int = 0) -> Night:
    """The night of DAY, or with a fault the next one; the platform fails from its request number `after` on."""
    asked, told = [0], Told({})

    def answers(request: requests.PreparedRequest) -> Reply | Wire:
        healthy: Reply = conversation(connector).answer(request)
        asked[0] += 1
        told.first.setdefault(_asked_for(request), healthy)
        told.secrets.update(_credentials(request))
        return fault.spoils(request, healthy, told) if fault and fault.spoils and asked[0] > after else healthy

    authority = folder / "authority"
    authority.mkdir(exist_ok=True)
    made = Authority(authority, fault.lasts if fault else timedelta(days=2))
    options = fault.options if fault else {}
    day = DAY + timedelta(days=bool(fault))
    at = NOON + timedelta(days=bool(fault))
    with logged() as lines, InspectingProxy(made, answers) as proxy:
        network = {"proxy": f"http://{proxy.address}", "ca_file": str(made.ca_file), "timeout": 20}
        network |= (fault.network or {}) if fault else {}
        settings = load(written(folder, connector, network, **options))
        try:
            found = run(settings, day, clock=lambda: at)
            lines.append(cli.told(found, settings.output.folder))
            if fault:
                lines.extend(examine(settings, day)[0])
        except Exception as error:
            lines.extend(traceback.format_exception(error))
            raise
        finally:
            refuse_shown(told.secrets, "\n".join(lines), folder / "out")
    (folder / "asked").write_text(str(asked[0]), encoding="utf-8")
    return found


@contextmanager
def logged() -> Iterator[list[str]]:
    """What a night logs, as its operator has it."""
    lines: list[str] = []
    handler = logging.Handler(logging.INFO)
    handler.emit = lambda record: lines.append(handler.format(record))  # type: ignore[method-assign]
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield lines
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


def refuse_shown(secrets: Collection[str], said: str, output: Path) -> None:
    """Fail where a secret stands in what was said, or in a file of the output, unpacked, in one of its spellings."""
    spelt = {text.encode() for one in secrets for text in (one, quote(one, safe=""), b64encode(one.encode()).decode())}
    shown = {path.name: _content(path) for path in output.rglob("*") if path.is_file()} | {"the log": said.encode()}
    found = [name for name, content in shown.items() if any(one in content for one in spelt)]
    assert not found, f"a credential stands in {', '.join(found)}"


def _content(path: Path) -> bytes:
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            return b"".join(book.read(name) for name in book.namelist())
    if path.suffix == ".parquet":
        return str(parquet.read_table(path, partitioning=None).to_pylist()).encode()
    return path.read_bytes()


def outcome(connector: Connector[Any], fault: Fault, folder: Path, calm: Night, after: int) -> Outcome:
    """The night with the fault, from a copy of what the healthy one left."""
    before, begun = _megabytes(), time.monotonic()
    copy = folder.parent / f"{folder.name} {FAULTS.index(fault)}"
    shutil.copytree(folder, copy)
    what, said, passed = "", "", False
    with jumping() as jumped:
        try:
            after_it = night(copy, connector, fault, after)
        except InputUnusable as refusal:
            what, said, passed = "refused", str(refusal), connector.record is Person
        except BaseException as error:
            what, said = type(error).__name__, str(error)
        else:
            what, said, passed = _compared(connector, calm, after_it, gone=fault.says_gone)
        minutes = (jumped() + time.monotonic() - begun) / 60
    seconds, grown = time.monotonic() - begun, _megabytes() - before
    if seconds > REAL_SECONDS or grown > MEGABYTES:
        passed, said = False, f"{seconds:.0f} s, {grown:.0f} MB: {said}"
    shutil.rmtree(copy, ignore_errors=True)
    return Outcome(connector.name, fault.name, what, passed, seconds, minutes, grown, said)


def _compared(connector: Connector[Any], calm: Night, later: Night, *, gone: bool) -> tuple[str, str, bool]:
    own, healthy = _pull(connector, later), _pull(connector, calm)
    changed = [one for one in later.findings if one.status in (FindingStatus.NEW, FindingStatus.RESOLVED)]
    wrong = Counter(f"{one.rule_id} {one.status}" for one in changed)
    said = own.reason
    if own.status is PullStatus.NOT_JUDGED:
        what = "not judged"
    else:
        sweep = own.sweep
        lost = bool(sweep and (sweep.failed or sweep.limited or sweep.left or sweep.refused))
        what = "partial" if own.rejected or lost else "as healthy" if own.kept == healthy.kept else "fewer"
        said = f"kept {own.kept} of {healthy.kept}, rejected {own.rejected}"
    if gone and connector.sweep and all(one.status is FindingStatus.RESOLVED for one in changed) and what == "fewer":
        return "told gone", said, True
    if wrong:
        return what, f"{', '.join(f'{name} ×{count}' for name, count in wrong.items())}; {said}", False
    return what, said, what != "fewer"


def _pull(connector: Connector[Any], of: Night) -> Pull:
    name = "directory" if connector.record is Person else "test"
    return next(pull for pull in of.pulls if pull.source == name)


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def healthy(connector: Connector[Any], folder: Path) -> Night:
    """The healthy night; fails where it is none, or where it has no finding that could resolve."""
    prepared(folder, connector)
    with jumping():
        found = night(folder, connector)
    own = _pull(connector, found)
    assert own.status is PullStatus.COMPLETE, f"{connector.name}: {own.reason}"
    return found


# The command -----------------------------------------------------------------------------------------------------


def _one(task: tuple[str, str, str, Path]) -> Outcome:
    """One night in a process of its own."""
    name, fault_name, begin, folder = task
    connector, fault = LIVE[name], next(one for one in FAULTS if one.name == fault_name)
    calm = _CALM[name]
    after = int((folder / "asked").read_text(encoding="utf-8")) // 2 if begin == "middle" else 0
    return outcome(connector, fault, folder, calm, after)


_CALM: dict[str, Night] = {}


def main() -> int:
    """Run what is asked for; 1 where a night did not pass."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", default=list(LIVE), choices=list(LIVE))
    parser.add_argument("--fault", nargs="*", default=[fault.name for fault in FAULTS])
    parser.add_argument("--from", dest="begin", choices=("start", "middle"), default="start")
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    _bomb()
    with tempfile.TemporaryDirectory(prefix="faults") as root:
        tasks = []
        for name in asked.only:
            folder = Path(root) / name
            folder.mkdir()
            _CALM[name] = healthy(LIVE[name], folder)
            print(f"{name}: healthy, {len(_CALM[name].findings)} findings", file=sys.stderr, flush=True)
            tasks += [(name, fault, asked.begin, folder) for fault in asked.fault]
        with multiprocessing.get_context("fork").Pool(asked.workers, maxtasksperchild=1) as pool:
            outcomes = []
            for one in pool.imap(_one, tasks, chunksize=1):
                outcomes.append(one)
                mark = "" if one.passed else "  <-- DID NOT PASS"
                print(
                    f"{one.connector:16} {one.fault:24} {one.what:12} {one.seconds:5.1f} s {one.minutes:7.1f} min"
                    f" {one.megabytes:5.0f} MB  {one.said[:110]}{mark}",
                    flush=True,
                )
    failed = [one for one in outcomes if not one.passed]
    longest, largest = max(one.seconds for one in outcomes), max(one.megabytes for one in outcomes)
    print(
        f"\n{len(outcomes)} nights, {len(failed)} did not pass; {dict(Counter(one.what for one in outcomes))};"
        f" the longest took {longest:.1f} s, the largest grew by {largest:.0f} MB"
    )
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
