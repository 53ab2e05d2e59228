"""One source, from its connector to a pull: read, parse, gate, count, and say whether it may be judged from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from audit.config import SourceSettings
from audit.night import Problem, Pull, PullStatus
from audit.progress import step
from connectors.contract import BadRow, Dropped, Expect, Nexus, Raw, Record, Rejected, Source, SourceDown

REPORTED_AT_MOST = 10_000
"""Problems kept from one source; further ones are counted, and the count reported."""
NO_TIE, OUT_OF_SCOPE = "no tie to the organization", "of no kind that is asked about"


@dataclass
class Reading:
    """One source being read: counts grow as `records` is consumed. Iterate `records` once, to its end."""

    settings: SourceSettings
    source: Source
    read_before: int | None
    read: int = 0
    kept: int = 0
    rejected: int = 0
    problems: list[Problem] = field(default_factory=list)
    platforms: Counter[str] = field(default_factory=Counter)
    filled: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    parsed: int = 0

    def records(self, keep: Callable[[Record], bool] = lambda _: True) -> Iterator[Record]:
        """Parse item by item and yield what `keep` lets through; everything else is only counted.

        Raises SourceDown where the source fails, or, at the end, where the pull is outside its expectations.
        """
        with step(self.settings.name, self.read_before) as shown:
            for item in self.settings.connector.fetch(replace(self.source, progress=shown.at_byte)):
                count = item.count if isinstance(item, Dropped) else 1
                self.read += count
                shown.advance(count)
                record = self._parsed(item)
                if record is None:
                    continue
                if keep(record):
                    self.kept += 1
                    self.platforms[getattr(record, "platform", "")] += 1
                    self._note(record)
                    yield record
                else:
                    self.reasons[NO_TIE] += 1
        fault = unexpected(self)
        if fault:
            raise SourceDown(fault)

    def _parsed(self, item: Raw | Rejected | Dropped) -> Record | None:
        if isinstance(item, Dropped):
            self.reasons[item.reason or NO_TIE] += item.count
            return None
        if isinstance(item, Rejected):
            self._reject(item.where, item.reason)
            return None
        try:
            record = self.settings.connector.parse(item)
        except BadRow as error:
            self._reject(item.where, str(error))
            return None
        if record is None:
            self.reasons[OUT_OF_SCOPE] += 1
        else:
            self.parsed += 1
            self.filled.update(name for name in self.settings.expect.filled if getattr(record, name))
        return record

    def _reject(self, where: str, reason: str) -> None:
        self.rejected += 1
        self._problem(where, reason)

    def _note(self, record: Record) -> None:
        for note in getattr(record, "notes", ()):
            self._problem(record.provenance.where, note)  # type: ignore[union-attr]

    def _problem(self, where: str, reason: str) -> None:
        if len(self.problems) < REPORTED_AT_MOST:
            self.problems.append(Problem(self.settings.name, where, reason))
        elif len(self.problems) == REPORTED_AT_MOST:
            more = (
                f"more than {REPORTED_AT_MOST:,} rows have problems; the rest are counted on the Coverage sheet only."
            )
            self.problems.append(Problem(self.settings.name, "", more))

    def pull(self, status: PullStatus = PullStatus.COMPLETE, reason: str = "") -> Pull:
        """How the source fared, once its records are consumed."""
        return Pull(
            source=self.settings.name,
            connector=self.settings.connector.name,
            access=self.settings.connector.access,
            status=status,
            read=self.read,
            kept=self.kept,
            dropped=self.read - self.kept - self.rejected,
            rejected=self.rejected,
            reason=reason,
            read_before=self.read_before,
            kept_by_platform=tuple(sorted((name, count) for name, count in self.platforms.items() if name)),
            dropped_by_reason=tuple(self.reasons.most_common()),
        )


def open_source(
    settings: SourceSettings, folder: Path, now: datetime, read_before: int | None, nexus: Nexus | None = None
) -> Reading:
    """Prepare to read a source; nothing is touched before its records are asked for."""
    return Reading(settings, Source(settings.name, folder, settings.options, nexus or Nexus(), now), read_before)


def unexpected(reading: Reading) -> str:
    """Why the pull is not what a healthy one looks like, in a sentence with what to do; empty where it is."""
    expect, read = reading.settings.expect, reading.read
    name = reading.settings.name
    if read < expect.at_least:
        return f"{name}: {read:,} rows read; at least {expect.at_least:,} are expected. Check that the export is whole."
    if expect.at_most is not None and read > expect.at_most:
        return (
            f"{name}: {read:,} rows read; at most {expect.at_most:,} are expected. Check that it is the right export."
        )
    if reading.read_before and read < reading.read_before * (1 - expect.may_shrink):
        return (
            f"{name}: {read:,} rows were read, {reading.read_before:,} the last time. Check that the export is whole;"
            f" if so many are really gone, set expect = {{ may_shrink = 1.0 }} for one night."
        )
    if reading.rejected > read * expect.may_reject:
        example = reading.problems[0]
        return (
            f"{name}: {reading.rejected:,} of {read:,} rows could not be read, the first at {example.where}:"
            f" {example.reason}"
        )
    return _underfilled(reading, expect)


def _underfilled(reading: Reading, expect: Expect) -> str:
    for name, share in expect.filled.items():
        if reading.parsed and reading.filled[name] < share * reading.parsed:
            return (
                f"{reading.settings.name}: {name} is filled in {reading.filled[name]:,} of {reading.parsed:,} rows;"
                f" at least {share:.0%} are expected. Check the export, or the column names in audit.toml."
            )
    return ""


def blank(settings: SourceSettings, status: PullStatus, reason: str, read_before: int | None) -> Pull:
    """The pull of a source that was not read tonight."""
    return open_source(settings, Path(), datetime.min.replace(tzinfo=UTC), read_before).pull(status, reason)
