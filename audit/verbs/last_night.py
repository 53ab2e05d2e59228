"""What the ledger remembers of the last night, for doctor to hold the present files against. Only reads."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from audit.ledger import Ledger
from audit.model.measures import Columns, Remembered
from audit.model.night import PullStatus
from audit.verbs.surroundings import Surrounding

LATE = 2
"""Days after a night from which on the next one is missed."""


@dataclass(frozen=True)
class NotJudged:
    """A source that was not judged in the last night: why, and on which day it last was (None: never)."""

    source: str
    reason: str
    last_judged: date | None


@dataclass(frozen=True)
class LastNight:
    """The last finished night. `shares` are of the directory, by the names of its figures; `rows` and `columns` are
    those of the last healthy pull of each source."""

    as_of: date
    started_at: datetime
    people: int
    shares: Mapping[str, float] = field(default_factory=dict)
    roster: frozenset[Remembered] = frozenset()
    rows: Mapping[str, int | None] = field(default_factory=dict)
    columns: Mapping[str, Columns | None] = field(default_factory=dict)
    not_judged: tuple[NotJudged, ...] = ()
    left_out: tuple[str, ...] = ()
    """Sources that were not read on purpose."""
    whole: tuple[date, datetime] | None = None
    """The last night in which every source was judged, and when it ended."""


def last_night(ledger: Ledger, directory: str, sources: Collection[str]) -> LastNight | None:
    """What a ledger says of its last finished night, and of these sources; None before one."""
    last = ledger.last_run()
    if last is None:
        return None
    started_at, stored = ledger.run(last.run_id)
    pulls = ledger.sources.pulls(last.run_id)
    return LastNight(
        last.as_of,
        started_at,
        stored.people,
        {one.key: one.share for one in stored.measured if one.source == directory},
        ledger.roster(),
        {name: ledger.sources.read_before(name) for name in sources},
        {name: ledger.measures.columns_of(name) for name in sources},
        tuple(
            NotJudged(pull.source, pull.reason, ledger.sources.last_complete(pull.source))
            for pull in pulls
            if pull.status is PullStatus.NOT_JUDGED
        ),
        tuple(pull.source for pull in pulls if pull.status is PullStatus.SKIPPED),
        ledger.last_whole_night(),
    )


def successes(last: LastNight | None, as_of: date) -> Iterator[Surrounding]:
    """When a night last succeeded, and what it did not judge."""
    if last is None:
        yield Surrounding("last night", "note", "there has been none yet")
        return
    ago = _ago(as_of, last.as_of)
    if last.whole and last.whole[0] == last.as_of:
        late = (as_of - last.as_of).days > LATE
        asks = ". Does its schedule still run?" if late else ""
        said = f"{last.as_of.isoformat()} ({ago}); every source was judged{asks}"
        verdict = "note" if late else "ok"
        yield Surrounding("last night", verdict, said, {"as_of": last.as_of.isoformat(), "whole": True})
        return
    since = f"{last.whole[0].isoformat()} ({_ago(as_of, last.whole[0])})" if last.whole else "never"
    said = f"{last.as_of.isoformat()} ({ago}); not all was judged. The last night in which all was: {since}"
    whole_on = last.whole[0].isoformat() if last.whole else ""
    yield Surrounding(
        "last night", "note", said, {"as_of": last.as_of.isoformat(), "whole": False, "last_whole": whole_on}
    )
    for one in last.not_judged:
        day = one.last_judged
        before = f"last judged on {day.isoformat()} ({_ago(as_of, day)})" if day else "never judged so far"
        yield Surrounding(
            "last night",
            "note",
            f"{one.source} was not judged in the last night, {before}: {one.reason}",
            {"source": one.source, "last_judged": day.isoformat() if day else ""},
        )
    if last.left_out:
        yield Surrounding("last night", "note", f"not asked for in the last night: {', '.join(last.left_out)}")


def _ago(as_of: date, day: date) -> str:
    days = (as_of - day).days
    return "today" if days == 0 else f"{days:,} day{'' if days == 1 else 's'} ago" if days > 0 else "after today"
