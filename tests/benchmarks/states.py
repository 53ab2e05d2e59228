"""Made states to measure on: the inputs of each night made once, and laid into one folder before each night."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path

from tests.benchmarks.spent import NotMeasured, done
from tests.paths import ROOT

MAKERS = ROOT / "data" / "sample"
EXPORT = "accounts/monitoring_export.csv"
READ = ("hr.csv", "agencies.csv", "official_accounts.csv", EXPORT)
"""What a reader of CSV can read of a night's inputs; the list of registrations is a workbook."""
FIRST = date(2026, 11, 20)


@dataclass(frozen=True)
class Size:
    """How large a state is, and how it changes before each night but the first: see Shape in make_state.py."""

    people: int
    accounts: int
    agencies: int = 32
    findings: float | None = None
    accents: float | None = None
    edits: float = 0.01
    changes: int = 0
    mails: int = 0
    subjects: int = 0

    def __str__(self) -> str:
        said = f"{short(self.accounts)} accounts, {short(self.people)} people"
        return f"{said}, {short(self.mails)} mails" if self.mails else said


def short(number: int) -> str:
    """13k, 2.2M."""
    if number >= 1_000_000:
        return f"{number / 1e6:g}M"
    return f"{number / 1e3:g}k" if number >= 1_000 else str(number)


@dataclass(frozen=True)
class MadeState:
    """A state in `folder`: `inputs/NIGHT` are made, `state` is what a night runs on."""

    folder: Path
    size: Size

    @property
    def config(self) -> Path:
        return self.folder / "state" / "audit.toml"

    @property
    def output(self) -> Path:
        return self.folder / "state" / "out"

    @property
    def ledger(self) -> Path:
        return self.output / "ledger.sqlite"

    def inputs(self, night: int, *, edited: bool = True) -> Path:
        """The folder of the inputs of a night, made where they are not there yet. Raises NotMeasured."""
        folder = self.folder / "inputs" / (str(night) if edited else f"{night} unchanged")
        words, finished = asdict(self.size), folder / "made.json"
        if finished.exists() and json.loads(finished.read_text(encoding="utf-8")) == words:
            return folder
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        self._make(folder, night, self.size.edits if edited else 0)
        (folder / "truth.csv").unlink()
        finished.write_text(json.dumps(words), encoding="utf-8")
        return folder

    def _make(self, folder: Path, night: int, edits: float) -> None:
        size = self.size
        order = ["--people", size.people, "--accounts", size.accounts, "--agencies", size.agencies, "--night", night]
        order += ["--changes", size.changes, "--edits", edits]
        order += ["--findings", size.findings] if size.findings is not None else []
        order += ["--accents", size.accents] if size.accents is not None else []
        ran(MAKERS / "make_state.py", folder, *order)
        if size.mails:
            ran(MAKERS / "make_mail.py", folder, "--rows", size.mails, "--format", "enhanced", *self._mails())
            config = folder / "audit.toml"
            log = '[sources.mail]\nconnector = "exchange_trace"\npath = "mail/enhanced.csv"\n\n[output]'
            config.write_text(config.read_text(encoding="utf-8").replace("[output]", log), encoding="utf-8")

    def _mails(self) -> list[object]:
        """One account on a platform for each two people, however many mails there are."""
        return ["--subjects", self.size.subjects, "--members", self.size.people // 2]

    def lay(self, night: int, *, edited: bool = True) -> None:
        """Lay the inputs of a night into `state`: no byte is copied."""
        source, target = self.inputs(night, edited=edited), self.folder / "state"
        for path in source.rglob("*"):
            laid = target / path.relative_to(source)
            if path.is_dir():
                laid.mkdir(parents=True, exist_ok=True)
            else:
                laid.parent.mkdir(parents=True, exist_ok=True)
                laid.unlink(missing_ok=True)
                os.link(path, laid)

    def forget(self, night: int) -> None:
        """Take the inputs of a night away."""
        shutil.rmtree(self.folder / "inputs" / str(night), ignore_errors=True)

    def keep_output(self) -> None:
        """Keep what the night wrote, to start again from."""
        shutil.rmtree(self.folder / "kept", ignore_errors=True)
        shutil.copytree(self.output, self.folder / "kept", symlinks=True)

    def back_to_kept(self) -> None:
        """The output as it was kept."""
        self.no_output()
        shutil.copytree(self.folder / "kept", self.output, symlinks=True)

    def no_output(self) -> None:
        """As before the first night."""
        shutil.rmtree(self.output, ignore_errors=True)


def day(night: int) -> str:
    """The day of a night, counted from 1."""
    return (FIRST + timedelta(days=night - 1)).isoformat()


def ran(*order: object) -> None:
    """Run a maker. Raises NotMeasured."""
    ended = subprocess.run([sys.executable, *map(str, order)], capture_output=True, text=True, check=False)
    if ended.returncode:
        lines = ended.stderr.strip().splitlines()
        raise NotMeasured(f"{order[0]} ended with {ended.returncode}: {lines[-1] if lines else 'no word'}")


def modules_of_a_night(folder: Path) -> list[str]:
    """What two nights of a small state import, in its order."""
    state = MadeState(folder, Size(300, 1_000, mails=1_000))
    state.no_output()
    for night in (1, 2):
        state.lay(night)
        told = done("night", state.config, day(night), learn=True)
    return [name for name in told["modules"] if name != "__main__"]
