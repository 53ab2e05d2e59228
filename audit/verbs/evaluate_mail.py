"""How well the table of mail signals reads labelled examples: the part "mail" of `identity-audit evaluate`."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from connectors.mail.signals import Signals, whole_table
from connectors.records import Strength

FILE = "mail_examples.csv"
STRICT = "MACTP"
"""Grades of a strict score: real mailbox, list archive, code, the platform's template, hostile mail."""
OUTSIDE = "(other)"
"""Begins the platform of examples outside the catalogue: they must match nothing."""
SAME = {"recovery": "security", "phish_spoof": "", "": ""}
"""Our kinds by the labels' names; a spoof is a mail that matches nothing."""


@dataclass(frozen=True, slots=True)
class Miss:
    """One example that was read otherwise than labelled. `line` counts the examples from 1."""

    line: int
    platform: str
    subject: str
    kind: str
    implies: str
    read_kind: str
    read_implies: str


def score_mail(folder: Path, signals: Signals | None = None, grades: str = STRICT) -> dict[str, Any]:
    """{kind_accuracy, implication_accuracy, overclaimed, n} over mail_examples.csv; {} where the folder has none.

    Counts examples whose source has one of `grades` and whose platform is in the catalogue. `overclaimed` counts, over
    all platforms, examples labelled weak or none that are read as strong. Raises ValueError for a file without the
    columns platform, sender, subject, kind, implies_account, source.
    """
    path = folder / FILE
    if not path.exists():
        return {}
    rows = [row for row in examples(path) if row["source"][:1] in grades]
    table = signals or whole_table()
    inside = [row for row in rows if not row["platform"].startswith(OUTSIDE)]
    read = [reading(row, table) for row in inside]
    kinds = sum(kind == _kind(row["kind"]) for row, (kind, _) in zip(inside, read, strict=True))
    implied = sum(strength == row["implies_account"] for row, (_, strength) in zip(inside, read, strict=True))
    claimed = sum(
        row["implies_account"] != Strength.STRONG and reading(row, table)[1] == Strength.STRONG for row in rows
    )
    count = len(inside)
    return {
        "kind_accuracy": kinds / count if count else None,
        "implication_accuracy": implied / count if count else None,
        "overclaimed": claimed,
        "n": count,
    }


def misses(folder: Path, signals: Signals | None = None, grades: str = STRICT) -> Iterator[Miss]:
    """Every example of the score that was read otherwise than labelled, those outside the catalogue that match, too."""
    table = signals or whole_table()
    for line, row in enumerate(examples(folder / FILE), start=1):
        outside = row["platform"].startswith(OUTSIDE)
        wanted = ("", Strength.NONE.value) if outside else (_kind(row["kind"]), row["implies_account"])
        read = reading(row, table)
        if row["source"][:1] in grades and read != wanted:
            yield Miss(line, row["platform"], row["subject"], *wanted, *read)


def reading(row: Mapping[str, str], signals: Signals) -> tuple[str, str]:
    """(kind, what it implies) of an example as the table reads it, in the labels' words; ("", "none") for no match.

    The labels say what a mail implies that really is the sender's.
    """
    meaning = signals.read(row["sender"], row["subject"], proven=True)
    return (_kind(meaning.kind), meaning.strength.value) if meaning else ("", Strength.NONE.value)


def examples(path: Path) -> list[dict[str, str]]:
    """The rows of the file. Raises ValueError where a column is missing."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines, strict=True))
    wanted = {"platform", "sender", "subject", "kind", "implies_account", "source"}
    if rows and (missing := wanted - rows[0].keys()):
        raise ValueError(f"{path.name} has no column {', '.join(sorted(missing))}")
    return rows


def _kind(kind: str) -> str:
    return SAME.get(kind, kind)
