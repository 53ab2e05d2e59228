"""Whether an export is older than what the last run read: its files are those of an earlier night, byte for byte, or
it shows accounts as they were seen earlier. Such is put in again by mistake, and would undo what was found since."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from audit.model.figures import MEASURED, Figure
from audit.model.measures import SeenAgain
from audit.model.night import Problem
from audit.night.columns import judged_day
from audit.night.pull import Pulling
from audit.night.toml import to_expect
from connectors.contract import RecordKind, Source, SourceDown
from connectors.files import paths
from connectors.records import Account, Person
from connectors.spark.places import on_cluster

KEY = "newer"
FEWEST = 100
"""Rows from which an export is not the same twice by chance. Of a shorter one it is told, as of lists that are kept by
hand: somebody may have taken a change back."""
ALIKE = 10
"""Rows that two files must have in common to be two versions of one list."""
A_FEW = 3
"""Accounts: that fewer than this are seen earlier than before may be somebody's correction."""


def note_files(reading: Pulling[RecordKind]) -> str:
    """Note which files were read, and say why they are not to be judged from: an earlier night read the very same, and
    a later one others. Empty where they are; of a short list, and one that is kept by hand, it is told only."""
    reading.files = digest_of_files(reading.source)
    before = reading.before.files if reading.before else ()
    last_on = _read_before(reading.files, before, judged_day(reading.source))
    if not last_on or _allowed(reading) or reading.settings.connector.adds_up:  # old rows of a log change nothing
        return ""
    told = (
        f"{', '.join(reading.source.tables)} is the same, byte for byte, as on {last_on}, and another one was read"
        f" since, last on {before[-1][1]}: an older export may lie there again. Put the newest there"
    )
    if reading.settings.connector.record in (Person, Account) and reading.read >= FEWEST:
        return f"{told}; if it is right, set {_allowing(reading)} for one night."
    reading.figures.append(Figure(reading.settings.name, KEY, MEASURED[KEY], 0, 1, held=False, advice=f"{told}."))
    reading.problems.append(Problem(reading.settings.name, "", f"{told}; if it is right, there is nothing to do."))
    return ""


def seen_earlier(reading: Pulling[RecordKind], again: Sequence[SeenAgain]) -> str:
    """Why accounts that an export shows again are not to be judged from: on some platform more of them were seen
    earlier than what the last run read than later. Empty where they are."""
    for one in again:
        if one.earlier >= A_FEW and one.earlier > one.later and not _allowed(reading):
            return (
                f"{one.earlier:,} accounts on {one.platform} are shown as they were seen a day or more before what the"
                f" last run read, {one.later:,} as later (the newest on {one.newest[:10]}, at the last run"
                f" {one.newest_before[:10]}): this is an older export. Put the newest there; if it is right, set"
                f" {_allowing(reading)} for one night."
            )
    return ""


def note_versions(reading: Pulling[RecordKind], alike: Sequence[tuple[str, str, int, int, int]]) -> None:
    """Tell two files or sheets of a list of which half of the shorter one stands in the other, row for row: two
    versions of it. Accounts that are gone from the newer one stand as the older one shows them."""
    for one, other, rows, fewer, more in alike:
        one_book, other_book = (place.lower().partition(".xlsx:")[0] for place in (one, other))
        in_one_book = one_book == other_book  # a sheet of all, and one of each platform
        if rows == more or (in_one_book and rows == fewer) or not {one, other} <= reading.source.tables.keys():
            continue
        if rows >= ALIKE and 2 * rows >= fewer:
            told = (
                f"{one} and {other} show {rows:,} accounts alike, row for row: an older export lies beside the newer"
                " one, and what the newer one shows no more stands as in the older. Leave the newest there alone, or"
                " name it in path."
            )
            meaning = "accounts of the shorter of two files stand there alone, or otherwise"
            name = reading.settings.name
            reading.figures.append(Figure(name, "once", meaning, fewer - rows, fewer, held=False, advice=told))
            reading.problems.append(Problem(name, other, told))
            return


def digest_of_files(source: Source) -> str:
    """A digest of what stands in all of a source's files, whatever they are called; "" where it reads none."""
    if "path" not in source.options or on_cluster(source.options) or not source.tables:
        return ""
    digests = []
    try:
        for path in paths(source):
            with path.open("rb") as file:
                digests.append(hashlib.file_digest(file, "sha256").hexdigest())
    except (OSError, SourceDown):  # taken away since it was read
        return ""
    return hashlib.sha256("\n".join(sorted(digests)).encode()).hexdigest()[:32]


def _read_before(digest: str, before: Sequence[tuple[str, str]], day: str) -> str:
    """The last day on which the export with this digest was read, where another one was read on a day since; else "".
    Whoever runs a day again puts something right."""
    if not digest or not before or before[-1][0] == digest or before[-1][1] >= day:
        return ""
    return dict(before).get(digest, "")


def _allowed(reading: Pulling[RecordKind]) -> bool:
    return reading.settings.expect.usable.get(KEY, 1.0) < 1.0


def _allowing(reading: Pulling[RecordKind]) -> str:
    settings = reading.settings
    return to_expect(settings.name, settings.expect, settings.connector.expect, usable={KEY: 0.0})
