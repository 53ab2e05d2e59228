"""What a run that was killed leaves behind, and for whom what a run makes is open."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from audit.cli import main
from audit.config import load
from audit.night.lock import SCRATCH, only_run_in
from audit.night.rehearsal import FOLDER as REHEARSAL
from audit.workbook.whole_file import make_folder
from connectors.files.scratch import FORGOTTEN, PREFIX, nameless, scratch, scratch_below
from tests.paths import ROOT
from tests.states import DAY, State

pytestmark = pytest.mark.skipif(os.name != "posix", reason="SIGKILL and modes are a thing of POSIX")

PRIVATE = "ada.private.kayaker@example.org"
BIO = f"Planner at MaineDOT, zanzibar kayak diary, write to {PRIVATE}"
FORKS = """
import json, os, signal, sys
import audit.cli, audit.night.publish, audit.night.rehearsal, connectors.files
from connectors.files import bulk

read, open_copy = connectors.files._read, audit.night.rehearsal.open_copy

def kill(*args, **more):
    os.kill(os.getpid(), signal.SIGKILL)

def begin(moment, temporary, words):
    os.environ["TMPDIR"] = temporary
    if moment == "spooled":
        connectors.files.SMALL = 0
        bulk._placed = kill
    elif moment == "unpacked":
        connectors.files._read = lambda path, *args: kill() if path.name == "export.csv" else read(path, *args)
    elif moment == "written":
        audit.night.publish.report.jsonl = kill
    elif moment == "copied":
        audit.night.rehearsal.open_copy = lambda *args: (open_copy(*args), kill())
    elif moment == "as nobody":
        audit.cli.main([word.replace("audit.toml", "warm.toml") for word in words])  # loads what nobody may not read
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)

for line in sys.stdin:
    moment, temporary, *words = json.loads(line)
    child = os.fork()
    if not child:
        os.umask(0o077)
        begin(moment, temporary, words)
        os._exit(audit.cli.main(words))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), file=sys.__stdout__, flush=True)
"""
"""Starts each command in a process of its own, with a second of imports spent once."""


@pytest.fixture(scope="module")
def forks() -> Iterator[subprocess.Popen[str]]:
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", FORKS], env=env, stdin=pipe, stdout=pipe, text=True) as running:
        yield running
        assert running.stdin
        running.stdin.close()


Start = Callable[..., int]


@pytest.fixture
def start(forks: subprocess.Popen[str], tmp_path: Path) -> Start:
    """Runs a command that meets something at a moment of its own; its exit code."""
    (tmp_path / "temporary").mkdir()

    def started(moment: str, *words: str) -> int:
        assert forks.stdin
        assert forks.stdout
        forks.stdin.write(json.dumps([moment, str(tmp_path / "temporary"), *words]) + "\n")
        forks.stdin.flush()
        for line in forks.stdout:  # what the command itself says comes first
            if line.strip().lstrip("-").isdecimal():
                return int(line)
        raise AssertionError("it ended")

    return started


@pytest.fixture
def config(state: State) -> Path:
    rows = [{"platform": "x", "handle": f"busybirch{at}", "bio": BIO, "emails": PRIVATE} for at in range(40)]
    state.accounts["export"] = [{**rows[0], "registered_email": "ada.thibodeau@maine.gov"}, *rows[1:]]
    return state.write()


def holding(folder: Path, words: str) -> list[str]:
    """The files below a folder that hold these words as they stand."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return sorted(path.relative_to(folder).as_posix() for path in files if words.encode() in path.read_bytes())


@pytest.mark.parametrize(
    ("moment", "held"),
    [("spooled", []), ("unpacked", [f"{SCRATCH}/*/export.csv"]), ("written", ["*/.findings.jsonl.*.tmp"])],
)
def test_what_a_killed_night_leaves_is_gone_with_the_next(
    config: Path, tmp_path: Path, start: Start, moment: str, held: list[str]
) -> None:
    """Rows that wait to be read once more have no file's name; copies of what is packed, and drafts, wait for the next
    night below the output, also where that is of another day."""
    out = config.parent / "out"
    if moment == "unpacked":
        plain = config.parent / "export.csv"
        (config.parent / "export.csv.gz").write_bytes(gzip.compress(plain.read_bytes()))
        plain.unlink()
        config.write_text(config.read_text().replace('"export.csv"', '"export.csv.gz"'))
    assert start(moment, "run", "--config", str(config), "--as-of", DAY.isoformat()) == -signal.SIGKILL
    assert list((tmp_path / "temporary").iterdir()) == []
    for words in (PRIVATE, "zanzibar kayak diary"):
        found = [path for path in holding(out, words) if not any(Path(path).match(one) for one in held)]
        assert found == []
    assert all(any(out.glob(one)) for one in held)
    assert main(["run", "--config", str(config), "--as-of", "2026-11-21"]) == 0
    assert [path for path in out.rglob("*") if path.name.endswith(".tmp") or SCRATCH in path.parts] == []
    assert holding(out, PRIVATE) == []


def test_copies_of_a_killed_rehearsal_are_gone_with_the_next_night(config: Path, start: Start) -> None:
    words = ["run", "--config", str(config), "--as-of", DAY.isoformat()]
    assert main(words) == 0
    assert start("copied", *words, "--rehearse") == -signal.SIGKILL
    place = config.parent / "out" / REHEARSAL
    assert (place / "ledger.sqlite").exists()
    with only_run_in(place):
        assert main(words) == 0
    assert (place / "ledger.sqlite").exists(), "a rehearsal that is at work keeps them"
    assert main(words) == 0
    assert list(place.glob("ledger*")) == []


def test_nothing_of_others_is_taken_for_a_draft(config: Path) -> None:
    out = load(config).output.folder
    make_folder(out / "reviews")
    others = [
        out / "reviews" / name for name in (".notes.tmp", "~WRL0001.tmp", "a.0123abcd.tmp", ".a.0123abcd.tmp.xlsx")
    ]
    for path in others:
        path.write_text("x")
    with only_run_in(out):
        assert all(path.exists() for path in others)


def test_scratch_lies_where_the_run_says_and_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    system, own = tmp_path / "system", tmp_path / "own"
    system.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(system))
    old, young = system / f"{PREFIX}old", system / f"{PREFIX}young"
    for folder in (old, young, own / "left"):
        folder.mkdir(parents=True)
    os.utime(old, (0, time.time() - FORGOTTEN - 60))
    with scratch_below(own):
        assert not (own / "left").exists()
        with scratch() as folder, nameless() as file:
            file.write(b"x")
            assert folder.parent == own
            assert stat.S_IMODE(folder.stat().st_mode) == stat.S_IMODE(own.stat().st_mode) == 0o700
            assert [path for path in own.rglob("*") if path.is_file()] == []
    assert not own.exists()
    assert [path.name for path in system.iterdir()] == [young.name]
    with scratch() as folder:
        assert folder.parent == system


@contextmanager
def masking(umask: int) -> Iterator[None]:
    """The process's umask for the block."""
    before = os.umask(umask)
    try:
        yield
    finally:
        os.umask(before)


def modes(output: Path) -> dict[str, int]:
    """Folders and files that have another mode than 0750 and 0640."""
    every = [output, *(path for path in output.rglob("*") if not path.is_symlink())]
    found = {path.relative_to(output).as_posix(): stat.S_IMODE(path.stat().st_mode) for path in every}
    return {name: mode for name, mode in found.items() if mode != (0o750 if (output / name).is_dir() else 0o640)}


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
def test_what_a_night_makes_is_for_its_owner_and_group(config: Path, umask: int) -> None:
    out = config.parent / "deep" / "out"
    config.write_text(config.read_text() + '\n[output]\nfolder = "deep/out"\n')
    more = (["run", "--rehearse"], ["about", "00017"], ["dossier"]) if umask == 0o077 else ()
    with masking(umask):
        for words in (["run", "--as-of", DAY.isoformat()], *more):
            assert main([*words, "--config", str(config)]) == 0
    assert {"ledger.sqlite", ".lock", "audit.xlsx"} <= {path.name for path in out.rglob("*")}
    assert modes(out.parent) == {}


def closed_to_others() -> bool:
    """Whether the checkout lies in a folder that another user may not enter."""
    return not all(folder.stat().st_mode & stat.S_IXOTH for folder in ROOT.resolve().parents)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can be somebody else")
@pytest.mark.skipif(closed_to_others(), reason="the checkout lies where another user may not read")
def test_another_user_makes_them_alike(config: Path, start: Start) -> None:
    with tempfile.TemporaryDirectory() as folder:
        mine = Path(shutil.copytree(config.parent, Path(folder) / "mine"))
        for path in (Path(folder), mine, *mine.rglob("*")):
            os.chown(path, 65534, 65534)
        named = (mine / "audit.toml").read_text()
        (mine / "warm.toml").write_text(named + '\n[output]\nfolder = "warm"\n')
        assert start("as nobody", "run", "--config", str(mine / "audit.toml"), "--as-of", DAY.isoformat()) == 0
        assert modes(mine / "out") == {}


def test_a_new_folder_keeps_the_group_that_is_handed_on(tmp_path: Path) -> None:
    tmp_path.chmod(0o2755)
    make_folder(tmp_path / "a" / "b")
    assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("a", "a/b")] == [0o2750, 0o2750]
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o2755
