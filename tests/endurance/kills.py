"""Nights, reports, purges, backups and restores that are killed at any call; then a normal one, held against a twin.

    python -m tests.endurance.kills [--runs 300] [--seed 1] [--workers 2] [--phases PHASE …] [--part 3]

Each start is a process of its own, forked from one that has the modules loaded. A first, whole one counts the calls and
returns of every function, of Python and of C (each statement of SQL, each write, fsync and rename is one), phase by
phase; the others stop at the n-th, n spread over each phase, half of them where something is made to last, or after a
time of the clock. SIGKILL ends at once; SIGTERM and SIGINT must end with their own codes, a sentence, no draft of a
file, and the lock free. The normal run that follows must leave what the twin left that nobody stopped. Then copies
change in the reviews folder while it is read, and two runs start together. Prints phase × stops × differences. With
--part only so many of all that are done, others with each seed.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import logging
import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from hashlib import sha256
from itertools import cycle, islice
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from python_calamine import CalamineWorkbook

import audit.cli
import audit.verbs.backup
import audit.verbs.purge
from audit.cases.build import build_cases
from audit.ledger import Ledger
from audit.night.collect import collect, sightings
from audit.night.publish import publish
from audit.night.read_back import read_back
from audit.night.run import publish_again, run
from audit.night.stopping import heeds
from audit.verbs.backup import DRAFT
from tests.editing import Book
from tests.states import DAY, State, account, person

NIGHT, PURGED_ON = DAY + timedelta(days=2), DAY + timedelta(days=4)
VERBS = {
    "run": ["run", "--as-of", NIGHT.isoformat()],
    "report": ["report"],
    "purge": ["purge", "--yes", "--as-of", PURGED_ON.isoformat()],
    "backup": ["backup", "{folder}/kept/new.sqlite"],
    "restore": ["restore", "{folder}/kept/old.sqlite"],
}
AGAIN = {"backup": ["--replace"]}
"""What the normal one is told besides."""
TWICE = {
    "run": f"SELECT 1 FROM runs WHERE as_of = '{NIGHT.isoformat()}' AND finished_at IS NOT NULL",
    "restore": "SELECT 1 FROM events WHERE content ->> 'kind' = 'restored'",
}
"""What is done once more where it is begun again, and how the ledger shows that it was done."""
BEGINS: dict[CodeType, str] = {
    run.__code__: "inputs",
    collect.__code__: "sources",
    sightings.__code__: "judging",
    read_back.__code__: "read-back",
    build_cases.__code__: "judging",
    Ledger.record_night.__code__: "record",
    publish.__code__: "publish",
    Ledger.finish.__code__: "finish",
    publish_again.__code__: "report",
    audit.verbs.purge.remove_old.__code__: "purge",
    audit.verbs.backup.back_up.__code__: "backup",
    audit.verbs.backup.restore.__code__: "restore",
}
PHASES = tuple(dict.fromkeys(BEGINS.values()))
VERB_OF = {phase: phase if phase in VERBS else "run" for phase in PHASES}
LASTING = frozenset(
    ("execute", "executemany", "executescript", "fsync", "rename", "unlink", "symlink", "mkdir", "rmdir", "fchmod")
)
"""Functions of C before and after which the disk may be in another state."""
CODES = {signal.SIGKILL: -signal.SIGKILL, signal.SIGTERM: 143, signal.SIGINT: 130}
CHANGES, TOGETHER = ("saved", "renamed", "deleted", "half written"), "two runs at once"
AT_MOST = 120
"""Seconds after which a start is given up."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A stop in a phase, that part of it through; `lasting`: where something is made to last. Of the clock it has
    seconds, counted from the beginning of its verb."""

    phase: str
    part: float
    lasting: bool
    by: signal.Signals = signal.SIGKILL
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a process stops: at the n-th call of its verb, or after seconds where it has none."""

    verb: str
    phase: str
    call: int = 0
    seconds: float = 0.0
    by: signal.Signals = signal.SIGKILL


@dataclass
class Calls:
    """What a whole run of a verb called: how often, in which phases, and where something is made to last."""

    total: int = 0
    spans: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    lasting: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))


def made(folder: Path) -> Path:
    """A state with two nights behind it, changed since, and three copies waiting; the path of audit.toml."""
    state = State(folder)
    state.people = [person(f"1{n:04}", f"Pat{n}", "Fernsby", agency_code=("17", "16")[n % 2]) for n in range(6)]
    state.agencies = [
        {"agency_code": "17", "name": "Department of Transportation", "acronyms": "MaineDOT"},
        {"agency_code": "16", "name": "Department of Public Safety", "acronyms": "DPS"},
    ]
    state.official = [
        {"platform": "x", "handle": "MaineDOT1", "account_id": "555", "agency_code": "17", "status": "active",
         "supervisor_employee_id": "10001"}
    ]  # fmt: skip
    state.accounts["export"] = [account(f"birch{n}", registered_email=f"pat{n}.fernsby@maine.gov") for n in range(6)]
    state.accounts["other"] = [
        account("MaineDOTNews", display_name="MaineDOT News", bio="Official news of the Department of Transportation"),
        account("moth", registered_email="nobody.known@maine.gov"),
        account("teal", display_name="Pat1 Fernsby", bio="I work for the Maine Department of Public Safety"),
    ]
    state.options["other"] = '[output]\nfolder = "out"\nreviews = "reviews"\nretention_days = 2'
    config = state.write()
    warm(config, ["run", "--as-of", DAY.isoformat()])
    state.accounts["export"].pop()
    state.write()
    code = started(config, ["run", "--as-of", (DAY + timedelta(days=1)).isoformat()])
    assert code == 0, _said(folder)
    state.accounts["export"][:1] = [account("new", registered_email="pat5.fernsby@maine.gov")]
    state.write()
    for number, night in enumerate((DAY, DAY + timedelta(days=1), DAY + timedelta(days=1))):
        book = Book.of(folder / "out" / night.isoformat() / "audit.xlsx")
        ids = sorted(finding_id for finding_id, _ in book.words({"note"}) if finding_id[:2] in ("E-", "U-"))
        for finding_id in ids[number::2]:
            book.type(finding_id, "Note", f"word {number} about {finding_id}")
            book.type(finding_id, "Reviewer", f"Reviewer {number}")
            book.type(finding_id, "Disposition", "confirmed" if number else "not an issue")
        os.utime(book.save(folder / "reviews" / f"copy {number}.xlsx"), (1_790_000_000 + number,) * 2)
    (folder / "kept").mkdir()
    assert started(config, ["backup", "{folder}/kept/old.sqlite"]) == 0, _said(folder)
    return config


def warm(config: Path, words: list[str]) -> None:
    """A night in this very process: what is read and compiled once, those that are forked from it have already."""
    _fix_the_clock(words)
    with contextlib.redirect_stdout(io.StringIO()):
        logging.disable()
        assert audit.cli.main([*words, "--config", str(config)]) == 0


def started(config: Path, words: list[str], watch: Callable[[], None] = lambda: None, seconds: float = 0) -> int:
    """The exit code of a command in a process of its own (-9 where it was killed); what it says goes to said.txt.

    `watch` is called in it before it begins. After `seconds` SIGKILL ends it.
    """
    words = [word.format(folder=config.parent) for word in words]
    child = os.fork()
    if not child:
        code = 70
        try:
            said = os.open(config.parent / "said.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
            os.dup2(said, 1)
            os.dup2(said, 2)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            _fix_the_clock(words)
            signal.alarm(AT_MOST)
            watch()
            code = audit.cli.main([*words, "--config", str(config)])
            sys.setprofile(None)
            sys.stdout.flush()
        except SystemExit as stopped:
            code = int(stopped.code or 0)
        except BaseException as fault:
            sys.setprofile(None)
            print("TRACEBACK", repr(fault), file=sys.stderr, flush=True)
        finally:
            os._exit(code)
    clock = threading.Timer(seconds, os.kill, (child, signal.SIGKILL))
    if seconds:
        clock.start()
    _, status = os.waitpid(child, 0)
    clock.cancel()
    return os.waitstatus_to_exitcode(status)


def _fix_the_clock(words: list[str]) -> None:
    day = date.fromisoformat(words[words.index("--as-of") + 1]) if "--as-of" in words else NIGHT
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    for verb in (run, publish_again):
        verb.__kwdefaults__["clock"] = lambda: noon
    vars(audit.cli)["now"] = lambda: noon


def counted(config: Path, verb: str) -> Calls:
    """Run a verb whole, and count."""
    there = config.parent / "calls.json"
    assert started(config, VERBS[verb], partial(_count, verb, there)) == 0
    calls, phase = Calls(), verb if verb != "run" else "inputs"
    for place, name in json.loads(there.read_text()):
        if name.startswith("phase "):
            phase = name.removeprefix("phase ") if verb == "run" else verb
            calls.spans[phase].append(place)
        elif name == "end":
            calls.total = place
        elif phase in calls.spans:
            calls.lasting[phase].append(place)
    there.unlink()
    return calls


def _count(verb: str, there: Path) -> None:
    count, marks = 0, []

    def seen(frame: FrameType, event: str, what: Any) -> None:
        nonlocal count
        count += 1
        if event == "call" and frame.f_code in BEGINS:
            marks.append((count, f"phase {BEGINS[frame.f_code]}"))
        elif event[:2] == "c_" and what.__name__ in LASTING:
            marks.append((count, what.__name__))

    def main(words: list[str], inner: Callable[..., int] = audit.cli.main) -> int:
        sys.setprofile(seen)
        code = inner(words)
        sys.setprofile(None)
        there.write_text(json.dumps([*marks, (count, "end")]))
        return code

    vars(audit.cli)["main"] = main


def _stop_at(stop: Stop, mark: Path) -> None:
    """Let this process stop itself, having made a mark; one that is stopped by the clock is stopped by its parent."""

    def end() -> None:
        if heeds():
            mark.touch()
        os.kill(os.getpid(), stop.by)

    if stop.call:
        _at_call(stop.call, end)


def _at_call(number: int, do: Callable[[], object]) -> None:
    """Let this process do something at the n-th call or return."""
    count = 0

    def seen(frame: FrameType, event: str, what: Any) -> None:
        nonlocal count
        count += 1
        if count == number:
            do()

    def main(words: list[str], inner: Callable[..., int] = audit.cli.main) -> int:
        sys.setprofile(seen)
        return inner(words)

    vars(audit.cli)["main"] = main


def planned(phases: Sequence[str], runs: int, chance: random.Random) -> list[Planned]:
    """So many stops, spread over the phases and in each over its calls: half of them where something is made to last,
    one in four by the clock; of those that are not, one in six by SIGTERM, and one in six by SIGINT."""
    share = Counter(islice(cycle(phases), runs))
    by = cycle((signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGKILL, signal.SIGKILL, signal.SIGINT))
    found = []
    for phase in phases:
        first = chance.randrange(4)
        for number in range(share[phase]):
            part, kind = (number + chance.random()) / share[phase], (first + number) % 4
            if kind == 3:
                found.append(Planned(phase, part, lasting=False, seconds=0.02 + chance.random() * 0.8))
            else:
                found.append(Planned(phase, part, lasting=kind != 1, by=next(by)))
    return found


def placed(one: Planned, calls: dict[str, Calls], chance: random.Random) -> Stop:
    """The call at which it stops."""
    verb = VERB_OF[one.phase]
    if one.seconds:
        return Stop(verb, f"{verb}, by the clock", seconds=one.seconds)
    spans, lasting = _places(calls[verb], one.phase), calls[verb].lasting[one.phase]
    if one.lasting and lasting:
        return Stop(verb, one.phase, lasting[int(one.part * len(lasting))] + chance.randrange(2), by=one.by)
    at = int(one.part * sum(end - start for start, end in spans))
    for start, end in spans:
        if at < end - start:
            break
        at -= end - start
    return Stop(verb, one.phase, start + min(at, end - start - 1), by=one.by)


def _places(calls: Calls, phase: str) -> list[tuple[int, int]]:
    starts = sorted(place for places in calls.spans.values() for place in places)
    following = dict(zip(starts, [*starts[1:], calls.total], strict=True))
    return [(place, following[place]) for place in calls.spans[phase]]


def left(folder: Path) -> dict[str, Any]:
    """What a state's folder holds in the end: rows of the ledger, lines, cells, digests of the archive, names of files.

    A run that was begun again has sealed its tables once more, and so has a purge, and its run.json, which says where
    the chain ends, has another digest in the chain; where the rows of such events, or
    the rows that say what a workbook showed, stand in their tables is no part of it.
    """
    out = folder / "out"
    found: dict[str, Any] = held(out / "ledger.sqlite")
    found["reviews"] = sorted(path.name for path in (folder / "reviews").iterdir())
    for path in (folder / "kept").iterdir():
        found[f"kept {path.name}"] = held(path) if path.is_file() else "a folder"
    for path in sorted(path for path in out.rglob("*") if path.suffix not in (".sqlite-wal", ".sqlite-shm")):
        name = path.relative_to(out).as_posix()
        if path.is_symlink():
            found[name] = str(path.readlink())
        elif path.suffix == ".xlsx" and not name.startswith("reviews read"):
            book = CalamineWorkbook.from_path(path)
            found[name] = [(sheet, book.get_sheet_by_name(sheet).to_python()) for sheet in book.sheet_names]
        elif path.name == "run.json":
            said = json.loads(path.read_text("utf-8"))
            found[name] = {key: value for key, value in said.items() if key not in ("chain", "files")}
        elif path.is_file() and path.name not in ("ledger.sqlite", ".lock") and path.suffix != ".parquet":
            found[name] = sha256(path.read_bytes()).hexdigest()
        elif path.name != ".lock":
            found[name] = "there"
    return found


def held(path: Path) -> dict[str, Any]:
    """The rows of each table of a ledger's file."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as ledger:
        names = [name for (name,) in ledger.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {f"table {name}": rows_of(ledger, name) for name in names if not name.startswith("sqlite_")}


def rows_of(ledger: sqlite3.Connection, table: str) -> list[Any]:
    """The rows of a table, sorted, without what only says where they stand."""
    match table:
        case "events":
            rows = ledger.execute(
                "SELECT run_id, json_remove(content, '$.run_json') FROM events WHERE content ->> 'tables' IS NULL"
            )
        case "written":
            rows = ledger.execute("SELECT finding_id, words FROM written")
        case "shown":
            rows = ledger.execute("SELECT DISTINCT run_id FROM shown")
        case _:
            rows = ledger.execute(f"SELECT * FROM {table}")
    return sorted(rows, key=repr)


def drafts(folder: Path) -> list[str]:
    """What a command leaves that was stopped kindly, and should not: drafts, spilled data, a held lock."""
    below = [path for name in ("out", "kept") for path in (folder / name).rglob("*")]
    return sorted(path.name for path in below if path.suffix in (".tmp", ".arrow") or path.name.startswith(DRAFT))


def tried(stop: Stop, before: Path, twins: dict[str, dict[str, Any]]) -> list[str]:
    """Stop a verb on a copy of the state `before`, run it again, and say how it differs from its twin: the one that ran
    once, or, where the stop came when the night was finished, twice."""
    with tempfile.TemporaryDirectory(prefix="kills-") as place:
        folder = Path(place) / "state"
        shutil.copytree(before, folder, symlinks=True)
        config = folder / "audit.toml"
        code = started(config, VERBS[stop.verb], partial(_stop_at, stop, folder / "stopped"), stop.seconds)
        faults = []
        reached = (folder / "stopped").exists()  # near the end of a verb the calls are not the same every time
        if reached and code != CODES[stop.by]:
            faults.append(f"ended with {code}: {_said(folder)}")
        twin = twins[f"{stop.verb} twice" if _finished(stop.verb, folder) else stop.verb]
        backup = folder / "kept" / "new.sqlite"
        if backup.exists() and held(backup) != twin[f"kept {backup.name}"]:
            faults.append("half a backup bears the name of a whole one")
        if reached and stop.by != signal.SIGKILL:
            faults += [f"left {name}" for name in drafts(folder)]
            said = (folder / "said.txt").read_text("utf-8", "replace")
            if f"stopped by {stop.by.name}" not in said or any(word in said for word in ("Traceback", "Exception")):
                faults.append(f"said {said!r}")
        code = started(config, VERBS[stop.verb] + AGAIN.get(stop.verb, []))
        if code:
            return [*faults, f"the normal one ended with {code}: {_said(folder)}"]
        return faults + differences(left(folder), twin)


def changed_while_read(how: str, part: float, calls: Calls, before: Path) -> list[str]:
    """A night during which a copy is saved again, renamed, deleted or half written; then a quiet one. What its words
    should be by then, and are not."""
    with tempfile.TemporaryDirectory(prefix="kills-") as place:
        folder = Path(place) / "state"
        shutil.copytree(before, folder, symlinks=True)
        config, path = folder / "audit.toml", folder / "reviews" / "copy 1.xlsx"
        book = Book.of(path)
        finding_id = min(name for (name, _), said in book.words({"note"}).items() if said[0].startswith("word 1 "))
        book.type(finding_id, "Note", "typed while it was read")
        later = book.save(folder / "later.xlsx").read_bytes()
        words = f"word 1 about {finding_id}"

        def change() -> None:
            if how == "saved":
                path.write_bytes(later)
            elif how == "half written":
                path.write_bytes(later[: len(later) // 2])
            elif how == "renamed":
                path.rename(path.with_name("another name.xlsx"))
            else:
                path.unlink()

        (start, end), *_ = _places(calls, "read-back")
        at = start + int(part * (end - start))
        code = started(config, VERBS["run"], partial(_at_call, at, change))
        faults = [f"the night ended with {code}: {_said(folder)}"] if code else []
        if how in ("saved", "half written"):
            path.write_bytes(later)  # the office program is through
            words = "typed while it was read"
        code = started(config, ["run", "--as-of", (NIGHT + timedelta(days=1)).isoformat()])
        faults += [f"the next night ended with {code}: {_said(folder)}"] if code else []
        with closing(sqlite3.connect(folder / "out" / "ledger.sqlite")) as ledger:
            asked = ledger.execute("SELECT note FROM findings WHERE finding_id = ?", (finding_id,)).fetchone()
            digests = [digest for (digest,) in ledger.execute("SELECT file_sha256 FROM reviews")]
        archived = {name.stem for name in (folder / "out" / "reviews read").glob("[!.]*.xlsx")}
        if asked[0] != words and not (how == "deleted" and asked[0] == ""):
            faults.append(f"the ledger holds {asked[0]!r}, and not {words!r}")
        if not set(digests) <= archived:
            faults.append("a copy was taken from, and is not in the archive")
        return faults


def together(before: Path, twin: dict[str, Any]) -> list[str]:
    """Two runs that start at the same moment: one does the night, the other says that it is at work."""
    with tempfile.TemporaryDirectory(prefix="kills-") as place:
        folder = Path(place) / "state"
        shutil.copytree(before, folder, symlinks=True)
        opens, gate = os.pipe()
        codes = []
        for _ in range(2):
            child = os.fork()
            if not child:
                os.close(gate)
                os.read(opens, 1)
                os._exit(started(folder / "audit.toml", VERBS["run"]) & 0xFF)
            codes.append(child)
        os.close(gate)
        ended = sorted(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in codes)
        os.close(opens)
        if ended == [0, 0]:  # the first was through before the second had begun
            return []
        faults = [] if ended == [0, 75] else [f"ended with {ended}: {_said(folder)}"]
        return faults + differences(left(folder), twin)


def _finished(verb: str, folder: Path) -> bool:
    """Whether what a verb does twice, where it is begun again, has been done once."""
    path = folder / "out" / "ledger.sqlite"
    if verb not in TWICE or not path.exists():
        return False
    with closing(sqlite3.connect(path)) as ledger:
        return ledger.execute(TWICE[verb]).fetchone() is not None


def _said(folder: Path) -> str:
    return (folder / "said.txt").read_text("utf-8", "replace").strip()[-400:]


def differences(found: dict[str, Any], twin: dict[str, Any]) -> list[str]:
    """What one holds otherwise than the other: a line each."""
    told = []
    for name in sorted(found.keys() | twin.keys()):
        if found.get(name) != twin.get(name):
            here, there = (repr(one.get(name, "nothing")) for one in (found, twin))
            at = next((n for n, (a, b) in enumerate(zip(here, there, strict=False)) if a != b), 0)
            told.append(f"{name}: …{here[max(at - 60, 0) : at + 60]}… and not …{there[max(at - 60, 0) : at + 60]}…")
    return told


def todo(phases: Sequence[str], runs: int, part: int, seed: int) -> list[Planned | str]:
    """The stops; and for each twelve of them two nights in which a copy changes in some way, and two runs at once. Of
    them all only a part, another with each seed, where one is asked for."""
    chance = random.Random(seed)
    rest = max(runs // 12, 1)
    ways = islice(cycle(CHANGES), seed, seed + 2 * rest)
    every: list[Planned | str] = [*planned(phases, runs, chance), *ways, *[TOGETHER] * rest]
    return list(islice(cycle(every), seed * part, (seed + 1) * part)) if part else every


def main() -> int:
    """Print the table, and each difference; 1 where there is one."""
    words = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    words.add_argument("--runs", type=int, default=300)
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--workers", type=int, default=2)
    words.add_argument("--phases", nargs="+", choices=PHASES, default=PHASES)
    words.add_argument("--part", type=int, default=0)
    asked = words.parse_args()
    chosen = todo(asked.phases, asked.runs, asked.part, asked.seed)
    with tempfile.TemporaryDirectory(prefix="kills-") as place:
        before, after = Path(place) / "before", Path(place) / "after run"
        before.mkdir()
        config = made(before).name
        shutil.copytree(before, after, symlinks=True)
        calls = {"run": counted(after / config, "run")}
        twins = {"run": left(after)}
        for verb in {VERB_OF[one.phase]: None for one in chosen if isinstance(one, Planned)}:
            folder = shutil.copytree(after, Path(place) / verb, symlinks=True)
            if verb != "run":
                calls[verb] = counted(folder / config, verb)
                twins[verb] = left(folder)
            if verb in TWICE:
                assert started(folder / config, VERBS[verb]) == 0
                twins[f"{verb} twice"] = left(folder)
        chance = random.Random(asked.seed)
        jobs: list[tuple[Stop | str, Callable[[], list[str]]]] = []
        for at, one in enumerate(chosen):
            if isinstance(one, Planned):
                stop = placed(one, calls, chance)
                jobs.append((stop, partial(tried, stop, before if stop.verb == "run" else after, twins)))
            elif one == TOGETHER:
                jobs.append((one, partial(together, before, twins["run"])))
            else:
                jobs.append(
                    (f"copy {one}", partial(changed_while_read, one, (at + 0.5) / len(chosen), calls["run"], before))
                )
        with multiprocessing.get_context("fork").Pool(asked.workers) as pool:
            found = []
            for what, under_way in [(what, pool.apply_async(do)) for what, do in jobs]:
                found.append((what, under_way.get()))
                if len(found) % 25 == 0:
                    differ = sum(bool(faults) for _, faults in found)
                    print(f"{len(found)} done, {differ} differ", file=sys.stderr, flush=True)
    faults = told(found)
    print(f"{faults} differences")
    return int(faults > 0)


def told(found: list[tuple[Stop | str, list[str]]]) -> int:
    """Print it; how many differences there are."""
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for what, faults in found:
        phase, by = (what.phase, what.by.name) if isinstance(what, Stop) else (what, "no stop")
        table[phase].update([by, *("differences" for fault in faults[:1])])
        for fault in faults:
            print(f"DIFFERENCE {what}: {fault}")
    heads = ("SIGKILL", "SIGTERM", "SIGINT", "no stop", "differences")
    print(f"{'phase':24}" + "".join(f"{head:>13}" for head in heads))
    for phase, row in table.items():
        print(f"{phase:24}" + "".join(f"{row[head]:>13}" for head in heads))
    return sum(len(faults) for _, faults in found)


if __name__ == "__main__":
    sys.exit(main())
