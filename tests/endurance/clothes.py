"""The sample state, each of its files written in many other ways: a second night must find what the first one found.

    python -m tests.endurance.clothes [--only FILE …] [--clothes NAME …] [--workers 2]

Nobody who hands in a file thinks about how it is written: what a spreadsheet, a portal or a script makes of the same
rows (tests/endurance/wardrobe.py) must lead to the same findings under the same ids, with the same people, tiers and
reasons, none of them new or resolved. Where something was lost on the way (an id shown as 1.00E+17), a difference is
right where it is told. Prints what differs and what is told, and how many nights should be otherwise.
"""

from __future__ import annotations

import argparse
import atexit
import csv
import json
import multiprocessing
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

from audit.cli import FAULTS
from audit.config import load
from audit.model.finding import Finding
from audit.model.night import Night
from audit.night.run import run
from tests.endurance.wardrobe import CLOTHES, FILES, Clothes, Files, Table, as_csv
from tests.paths import ROOT
from tests.states import DAY, NOON

SAMPLE = ROOT / "data" / "sample"
NEXT = DAY + timedelta(1)


@dataclass(frozen=True)
class Outcome:
    """What became of one night: `lost` and `gained` are findings that only one of the two nights has, `told` what this
    one alone tells, `refused` why there was none."""

    file: str
    clothes: str
    lossy: bool
    lost: int = 0
    gained: int = 0
    example: str = ""
    told: tuple[str, ...] = ()
    refused: str = ""

    @property
    def same(self) -> bool:
        """Whether the night was the plain one's."""
        return not (self.lost or self.gained or self.refused)

    @property
    def passed(self) -> bool:
        """Whether it is as it should be: the same, or told where something was lost on the way."""
        return self.same or (self.lossy and bool(self.told or self.refused))


def tried() -> Iterator[tuple[str, Clothes]]:
    """Every file in all its clothes."""
    for file in FILES:
        yield from ((file, one) for one in CLOTHES if not one.only or file in one.only)


def plain_state(folder: Path) -> Path:
    """The sample state in a folder; its audit.toml."""
    (folder / "accounts").mkdir(parents=True)
    for name in ("hr.csv", "official_accounts.csv", "agencies.csv", "policy.toml", "accounts/registration_export.xlsx"):
        shutil.copy(SAMPLE / name, folder / name)
    (folder / FILES["accounts"]).write_bytes(as_csv(table_of("accounts"))["export.csv"])
    config = folder / "audit.toml"
    config.write_text((SAMPLE / "audit.toml").read_text(encoding="utf-8").replace("../../out", "out"), encoding="utf-8")
    return config


def dress(config: Path, file: str, files: Files) -> None:
    """Hand in one of a state's files otherwise."""
    here = config.parent / "handed_in"
    here.mkdir()
    for name, content in files.items():
        (here / name).write_bytes(content)
    path = f"handed_in/{next(iter(files))}" if len(files) == 1 else "handed_in"
    config.write_text(
        config.read_text(encoding="utf-8").replace(f'"{FILES[file]}"', json.dumps(path)), encoding="utf-8"
    )


def table_of(file: str) -> Table:
    """The rows of one of the sample's files, but for the one that ends in its middle."""
    with (SAMPLE / FILES[file]).open(encoding="utf-8", newline="") as lines:
        headings, *rows = csv.reader(lines)
    return [headings, *(row for row in rows if len(row) == len(headings))]


def findings_of(night: Night) -> dict[str, str]:
    """Of each finding's id what it says, but for the place in which it was read and its letter case."""
    return {one.finding_id: _in_words(one).casefold() for one in night.findings}


def _in_words(one: Finding) -> str:
    return f"{one.status} {one.tier} {one.employee_name} {one.platform} {one.handle}: {one.because}"


def told_in(night: Night) -> set[str]:
    """What is told, without places and numbers."""
    return {
        re.sub(r"\S*\.\w+:\S+|\S*handed_in\S*|\d[\d,]*", "…", f"{one.source}: {one.reason}") for one in night.problems
    }


@lru_cache(maxsize=1)
def plain() -> tuple[Path, dict[str, str], set[str]]:
    """A folder with the state after the first night, and what a second one of the same files finds and tells."""
    folder = Path(tempfile.mkdtemp(prefix="clothes-"))
    atexit.register(shutil.rmtree, folder)
    first, second = folder / "first", folder / "second"
    run(load(plain_state(first)), DAY, clock=lambda: NOON)
    shutil.copytree(first, second, symlinks=True)
    night = run(load(second / "audit.toml"), NEXT, clock=lambda: NOON + timedelta(1))
    return first, findings_of(night), told_in(night)


def fared(file: str, clothes: Clothes) -> Outcome:
    """A second night in other clothes."""
    first, expected, always = plain()
    with tempfile.TemporaryDirectory() as made:
        config = shutil.copytree(first, Path(made) / "state", symlinks=True) / "audit.toml"
        dress(config, file, clothes.write(table_of(file)))
        try:
            night = run(load(config), NEXT, clock=lambda: NOON + timedelta(1))
        except tuple(kind for kind, _ in FAULTS) as refusal:
            return Outcome(file, clothes.name, clothes.lossy, refused=str(refusal))
    found = findings_of(night)
    told = tuple(sorted(told_in(night) - always))
    lost = [text for one, text in expected.items() if text != found.get(one)]
    gained = [text for one, text in found.items() if text != expected.get(one)]
    example = " ".join([f"- {text}" for text in lost[:1]] + [f"+ {text}" for text in gained[:1]])
    return Outcome(file, clothes.name, clothes.lossy, len(lost), len(gained), example, told)


def _fared(key: tuple[str, str]) -> Outcome:
    return fared(key[0], next(one for one in CLOTHES if one.name == key[1]))


def main() -> int:
    """Try all of them, and print what differs."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--only", nargs="+", choices=sorted(FILES), default=sorted(FILES))
    asked.add_argument("--clothes", nargs="+", help="names, or beginnings of names")
    asked.add_argument("--workers", type=int, default=2)
    chosen = asked.parse_args()
    keys = [
        (file, one.name)
        for file, one in tried()
        if file in chosen.only and (not chosen.clothes or one.name.startswith(tuple(chosen.clothes)))
    ]
    failed = 0
    with multiprocessing.get_context("spawn").Pool(chosen.workers) as pool:
        for found in pool.imap(_fared, keys):
            failed += not found.passed
            if not found.passed or found.told or found.refused:
                word = "ok, told" if found.passed else "DIFFERS"
                print(f"{word}: {found.file}, {found.clothes}: -{found.lost} +{found.gained} {found.example[:500]}")
                for told in (found.refused, *found.told)[:3]:
                    print(f"    {told[:300]}" if told else "", end="\n" if told else "", flush=True)
    print(f"{len(keys)} nights, {failed} that should be otherwise")
    return int(failed > 0)


if __name__ == "__main__":
    raise SystemExit(main())
