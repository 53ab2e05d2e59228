"""One source, from its connector to a pull: read, parse, gate, count, and say whether it may be judged from.

Knows no ledger and no other source, so that sources can be read side by side, each in a thread of its own.
"""

from __future__ import annotations

import re
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any, Generic, cast

from audit.model.coverage import Asked, SweepPlan, SweepRecord
from audit.model.figures import Figure
from audit.model.measures import Columns
from audit.model.night import Problem, Pull, PullStatus
from audit.model.settings import SourceSettings
from audit.night.canaries import Canaries
from audit.night.columns import TELLING, filled_in, headed, judged_day, remembered_exports
from audit.night.progress import step
from audit.night.stopping import stop_if_asked
from audit.night.usable import ADDRESS_FIELDS
from audit.people.addresses import MailSystem, without_contacts
from audit.people.identity import identity_of
from connectors.bounds import bounded, bounded_account
from connectors.contract import (
    Answer,
    BadRow,
    Dropped,
    Item,
    Nexus,
    NobodysRow,
    Outcome,
    Raw,
    Record,
    RecordKind,
    Rejected,
    Remark,
    Source,
    SourceDown,
)
from connectors.files.lasting import lasting_digest
from connectors.http import MORE_TIME
from connectors.records import CLOSED, Account, OfficialAccount

REPORTED_AT_MOST = 10_000
"""Problems kept from one source; further ones are counted, and the count reported."""
HOPELESS, HALF = 100_000, 0.5
"""Items that could not be read, and the share of all, from which on nobody reads further."""
ALIKE = 100
"""Problems that differ in values alone, and are listed one by one; of a whole column of them the rest are counted."""
VALUES = re.compile(r"'[^']*'|\"[^\"]*\"|\d[\d,.]*")
NO_TIE, OUT_OF_SCOPE = "no tie to the organization", "of no kind that is asked about"
GONE = "there is no account by this declared handle: it is gone, renamed or taken down. Check the registry."


@dataclass
class Pulling(Generic[RecordKind]):
    """One source being read: counts grow as `records` is consumed. Iterate `records` once, to its end.

    `before` is what its last healthy pull held.
    `key` is the sweep's key (the ledger's digest) that brought the record just yielded; "" for a list.
    """

    settings: SourceSettings
    source: Source
    read_before: int | None
    before: Columns | None = None
    plan: SweepPlan | None = None
    key: str = ""
    asked: list[Asked] = field(default_factory=list)
    read: int = 0
    kept: int = 0
    rejected: int = 0
    nobodys: int = 0
    """Of those, the rows whose id is missing, or only fills its cell."""
    problems: list[Problem] = field(default_factory=list)
    alike: Counter[str] = field(default_factory=Counter)
    """How often each problem came, its values left out."""
    unlisted: dict[str, Problem] = field(default_factory=dict)
    """Of those that came too often, the first that is not listed."""
    example: Problem | None = None
    """The first item that was rejected; `problems` begin with whatever was told first."""
    platforms: Counter[str] = field(default_factory=Counter)
    filled: Counter[str] = field(default_factory=Counter)
    figures: list[Figure] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    parsed: int = 0
    met: Counter[str] = field(default_factory=Counter)
    """Accounts that were parsed, by platform; `platforms` counts those that were kept."""
    sifted: bool = False
    """Whether rows that cannot have a tie were left out unread, so that `met` knows nothing of them."""
    brought: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    """For a sweep, the keys that brought each account (its platform, and what it is known by)."""
    unread: int = 0
    """Files and sheets that were handed in and not read; each is one of `problems`."""
    unread_items: dict[str, set[str]] = field(default_factory=dict)
    """By key, of a platform: where the items stand that could not be read. "" for one that has no name, and for all
    that may stand behind the end of a file that was cut off."""
    hidden: list[str] = field(default_factory=list)
    """Where accounts stand whose registered address is not told, although the source tells such."""
    files: str = ""
    """A digest of what its files hold, once they are read; "" where it reads none."""
    unread_rows: set[str] = field(default_factory=set)
    """Of a file: digests of the rows that could not be read, by which a later night knows them again."""

    def records(
        self, keep: Callable[[RecordKind], bool] = lambda _: True, gone: Callable[[RecordKind], None] = lambda _: None
    ) -> Iterator[RecordKind]:
        """Parse item by item and yield what `keep` lets through; everything else is only counted. What is there no
        more, as the source says, goes to `gone`.

        Raises SourceDown where the source fails. Whether what it gave is whole, audit.night.healthy says.
        """
        try:
            yield from self._records(keep, gone)
        finally:
            self._count_unlisted()

    def _records(self, keep: Callable[[RecordKind], bool], gone: Callable[[RecordKind], None]) -> Iterator[RecordKind]:
        canaries = Canaries(self.source)
        expected = len(self.plan.keys) if self.plan else self.read_before
        with step(self.settings.name, expected) as shown:
            for item in self._fetched(replace(self.source, progress=shown.at_byte)):
                if isinstance(item, Answer):
                    yield from self._answered(item, keep)
                    canaries.answered(item)
                    shown.advance(1)
                    continue
                shown.advance(item.count if isinstance(item, Dropped) else 0 if isinstance(item, Remark) else 1)
                if isinstance(item, Dropped) and item.gone is not None:
                    self._hand_on(item.gone, gone)
                record = self._parsed(item)
                if record is not None:
                    canaries.shown(record)
                    yield from self._kept(record, keep)
        if self.hidden:
            count = f"{len(self.hidden):,} accounts show" if len(self.hidden) > 1 else "1 account shows"
            self._problem(
                self.hidden[0],
                f"{count} no registered address (the first here), so nobody can tell whether it is the organization's."
                " What was known of them before stands. Where they should have one, look at them on the platform.",
            )
        if self.plan is not None and (sweep := self.settings.connector.sweep):
            for remark in sweep.unasked(self.source):
                self._problem(remark.where, remark.text)
        if fault := canaries.fault():
            raise SourceDown(f"{self.settings.name}: {fault}")

    def _hand_on(self, item: Raw, gone: Callable[[RecordKind], None]) -> None:
        """What an item is about, where that can be read: it is left out either way."""
        with suppress(BadRow):
            record = self.settings.connector.parse(bounded(item)[0])
            if record is not None:
                gone(cast("RecordKind", record))

    def _fetched(self, source: Source) -> Iterator[Item]:
        if source.ends_at is not None and monotonic() >= source.ends_at:
            raise SourceDown(f"{source.name}: not begun, for the night's time was used up. {MORE_TIME}")
        try:
            yield from self.settings.connector.fetch(source)
        except SourceDown:
            raise
        except Exception as error:
            raise self._broken(error) from error

    def _broken(self, error: Exception) -> SourceDown:
        """A file that may not be read, or a fault of ours, told without data; it costs one source's night."""
        stop_if_asked()  # then it is none
        if isinstance(error, OSError) and error.filename and error.strerror:
            return SourceDown(
                f"{self.settings.name}: {error.filename} cannot be read ({error.strerror}). Let the account of the"
                " nightly run read it, or check the disk."
            )
        place = traceback.extract_tb(error.__traceback__)[-1]
        return SourceDown(
            f"{self.settings.name}: the connector {self.settings.connector.name} failed where it should not"
            f" ({type(error).__name__}, {Path(place.filename).name}:{place.lineno}). Tell whoever looks after"
            " identity-audit."
        )

    def _answered(self, answer: Answer, keep: Callable[[RecordKind], bool]) -> Iterator[RecordKind]:
        """The records that one key of a sweep brought."""
        assert self.plan is not None, "only a connector with a sweep yields answers"
        self.key = self.plan.keys[answer.key]
        records = [record for item in answer.items if (record := self._parsed(item)) is not None]
        for record in records:
            if isinstance(record, Account) and (known := identity_of(record)):
                self.brought.setdefault((record.platform, known), set()).add(self.key)
            yield from self._kept(record, keep)
        self.asked.append(Asked(self.key, answer.outcome, len(records)))
        if answer.outcome is Outcome.NOT_FOUND and answer.key.startswith("@"):
            self._problem(answer.key, GONE)

    def _kept(self, record: RecordKind, keep: Callable[[RecordKind], bool]) -> Iterator[RecordKind]:
        self._note_hidden(record)
        if not keep(record):
            self.reasons[NO_TIE] += 1
            for name in getattr(record, "unread", ()):  # whoever stands there may be ours
                if name in ADDRESS_FIELDS[self.settings.connector.record]:
                    self.tell(record.provenance.where, (one for one in record.notes if one.startswith(name)))  # type: ignore[union-attr]
            return
        self.kept += 1
        if isinstance(record, Account | OfficialAccount):
            self.platforms[record.platform] += 1
        self._note(record)
        yield record

    def _note_hidden(self, record: RecordKind) -> None:
        """Note an account whose address is not told tonight by an interface that tells it: that is no answer, and what
        the account was known for before may hold. One that is closed may have none any more."""
        tells = "registered_email" in self.settings.connector.expect.filled and self.settings.connector.service
        if not tells or not isinstance(record, Account) or record.registered_email:
            return
        if all(piece.kind != CLOSED for piece in record.evidence):
            self.unread_items.setdefault(self.key, set()).add(record.provenance.where)
            self.hidden.append(record.provenance.where)

    def _parsed(self, item: Raw | Rejected | Dropped | Remark) -> RecordKind | None:
        if isinstance(item, Remark):
            self.unread += item.unread
            self._problem(item.where, item.text)
            return None
        self.read += item.count if isinstance(item, Dropped) else 1
        if isinstance(item, Dropped):
            if item.count:
                self.reasons[item.reason or NO_TIE] += item.count
            self.sifted |= not item.reason
            return None
        if isinstance(item, Rejected):
            self._reject(item.where, item.reason, item.digest, unnamed=item.unnamed)
            return None
        try:
            item, cut = bounded(item)
            record: RecordKind | None = self.settings.connector.parse(item)
            if isinstance(record, Account):
                account, more = bounded_account(record)
                record, cut = cast("RecordKind", account), (*cut, *more)
        except BadRow as error:
            self.nobodys += isinstance(error, NobodysRow)
            self._reject(item.where, str(error), lasting_digest(item.values))
            return None
        except SourceDown:
            raise
        except Exception as error:
            raise self._broken(error) from error
        self.tell(item.where, cut)
        if record is None:
            self.reasons[OUT_OF_SCOPE] += 1
        else:
            self.parsed += 1
            self.filled.update(self._filled_in(record))
            if isinstance(record, Account):
                self.met[record.platform] += 1
        return record

    def _filled_in(self, record: Record) -> set[str]:
        asked = (name for name in self.settings.expect.filled if getattr(record, name))
        return {*filled_in(record), *asked}

    def columns(self) -> Columns:
        """What the pull held, field by field, once its records are consumed."""
        names = TELLING[self.settings.connector.record]
        filled = {name: self.filled[name] for name in sorted(names)}
        met = {} if self.sifted else self.met
        day = judged_day(self.source)
        last = self.before.files[-1][0] if self.before and self.before.files else ""
        since = self.before.since or day if self.before and self.files == last else day
        files = remembered_exports(self.before, self.files, day)
        return Columns(
            headed(self.source.tables), self.parsed, filled, dict(met), dict(self.platforms), files,
            since if self.files else "",
        )  # fmt: skip

    def _reject(self, where: str, reason: str, digest: str, *, unnamed: bool = False) -> None:
        self.rejected += 1
        if unnamed or self.settings.connector.service:
            self.unread_items.setdefault(self.key, set()).add("" if unnamed else where)
        elif digest:
            self.unread_rows.add(digest)
        self.example = self.example or Problem(self.settings.name, where, self._shown(reason))
        if self.rejected > HOPELESS and self.rejected > self.read * max(HALF, self.settings.expect.may_reject):
            raise SourceDown(
                f"{self.settings.name}: {self.rejected:,} of the first {self.read:,} rows could not be read, so the"
                f" rest was not looked at. The first stands at {self.example.where}: {self.example.reason}"
            )
        self._problem(where, reason)

    def _note(self, record: Record) -> None:
        if notes := getattr(record, "notes", ()):
            self.tell(record.provenance.where, notes)  # type: ignore[union-attr]

    def tell(self, where: str, notes: Iterable[str]) -> None:
        """Say on Data quality what is wrong with a record that was kept."""
        for note in notes:
            self._problem(where, note)

    def _shown(self, reason: str) -> str:
        return quoting_no_contacts(reason, MailSystem("", frozenset(), frozenset(self.source.nexus.domains)))

    def _problem(self, where: str, reason: str) -> None:
        kind = VALUES.sub("", reason)
        if kind in self.alike or len(self.alike) < REPORTED_AT_MOST:
            self.alike[kind] += 1
        if kind in self.unlisted:  # of millions alike only the number is told
            return
        problem = Problem(self.settings.name, where, self._shown(reason))
        if self.alike[kind] > ALIKE:
            self.unlisted.setdefault(kind, problem)
        elif len(self.problems) < REPORTED_AT_MOST:
            self.problems.append(problem)
        elif len(self.problems) == REPORTED_AT_MOST:
            more = (
                f"more than {REPORTED_AT_MOST:,} rows have problems; the rest are counted on the Coverage sheet only."
            )
            self.problems.append(Problem(self.settings.name, "", more))

    def _count_unlisted(self) -> None:
        """Say of each problem that came too often how many more rows have it."""
        for kind, first in self.unlisted.items():
            count = self.alike[kind] - ALIKE
            rest = f" The same holds for {count - 1:,} more rows, which are not listed." if count > 1 else ""
            self.problems.append(replace(first, reason=first.reason + rest))
        self.unlisted.clear()

    def record(self) -> SweepRecord | None:
        """What the sweep did tonight, once its records are consumed; None for a list."""
        if self.plan is None:
            return None
        return SweepRecord(frozenset(self.plan.keys.values()), tuple(self.asked), self.plan.now)

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
            requests=self.source.tally,
            sweep=self.plan.count(self.asked) if self.plan else None,
            approval=str(self.settings.approval or ""),
            columns=self.columns(),
            figures=tuple(self.figures),
        )


def quoting_no_contacts(reason: str, system: MailSystem | None = None) -> str:
    """A reason whose quoted values show no way to reach a person, but state addresses where their `system` is given:
    such stand in columns where nobody expects them."""
    return VALUES.sub(lambda value: without_contacts(value[0], system), reason)


def open_source(
    settings: SourceSettings,
    folder: Path,
    now: datetime,
    read_before: int | None,
    nexus: Nexus | None = None,
    before: Columns | None = None,
    **more: Any,
) -> Pulling[Any]:
    """Prepare to read a source; nothing is touched before its records are asked for. `more` are fields of Source."""
    given = {"network": settings.network, "engine": settings.engine, "purpose": settings.purpose}
    more = {**given, "ends_at": settings.ends_at, **more}
    source = Source(settings.name, folder, settings.options, nexus or Nexus(), now, **more)
    return Pulling(settings, source, read_before, before)


def blank(settings: SourceSettings, status: PullStatus, reason: str, read_before: int | None) -> Pull:
    """The pull of a source that was not read tonight."""
    return open_source(settings, Path(), datetime.min.replace(tzinfo=UTC), read_before).pull(status, reason)
