"""Whether a pull is what a healthy one looks like: its rows, its look-ups, its columns, and what of it was usable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import replace
from datetime import date
from math import floor
from typing import Any

from audit.model.coverage import TOLD
from audit.model.figures import MEASURED, READ_AGAIN, Figure
from audit.model.measures import Columns
from audit.model.night import Problem
from audit.night.columns import judged_day, lost, platforms_lost
from audit.night.older_exports import note_files
from audit.night.pull import NO_TIE, Pulling
from audit.night.toml import take_out, to_expect
from audit.night.usable import (
    ADDRESS_FIELDS,
    PROFILE_FIELDS,
    QUOTED,
    address_column_advice,
    profile_column_advice,
    unread_addresses,
    unread_profiles,
)
from connectors.contract import Expect, KeyedOn, Outcome, RecordKind, SourceDown
from connectors.files.row_filter import LEFT_OUT
from connectors.mail.doors import DOORS
from connectors.mail.scan import UNDELIVERED, UNLISTED
from connectors.records import Account, Agency, OfficialAccount

MAIL_LOGS = frozenset(name for door in DOORS for name in door.connectors)
"""Connectors that read mail logs."""
HALF = 0.5
"""From this share of failed look-ups on, a sweep of any size is not judged; beyond it, refused ones count, too, which
can be about single keys (an account that is suspended)."""
MOST_NOBODYS = 0.5
"""The share of rows that may be nobody's."""
ONE = 1
"""A look-up that fails while others are answered: what its key showed before stands, and is asked for again."""
A_FEW = 3
"""Look-ups that found something before: fewer than this may find nothing any more, whatever share they are."""
FEW_UNDELIVERED, FEW_UNLISTED = 10, 1_000
"""Of a mail log: fewer mails of platforms than this may all have been held back, and fewer mails of others may be all
that came; a log that has as many, and shows no mail of a platform in a mailbox, is another log."""
ARRIVED, FROM_PLATFORMS = "arrived", "platform_mails"
"""The keys of the figures that say so."""
FEW_ALIKE = 2
"""Look-ups of different people that may bring one account: more than these, and more than a share, are a fault."""


def healthy_records(
    reading: Pulling[RecordKind],
    keep: Callable[[RecordKind], bool] = lambda _: True,
    gone: Callable[[RecordKind], None] = lambda _: None,
) -> Iterator[RecordKind]:
    """The records of a source that `keep` lets through; `gone` takes those of which it says that they are no more.

    Raises SourceDown where the source fails, or, at the end, where the pull is outside its expectations.
    """
    yield from reading.records(keep, gone)
    if fault := unexpected(reading):
        raise SourceDown(f"{reading.settings.name}: {fault}")
    reading.tell("audit.toml", filter(None, [_needless(reading)]))
    _look_at_age(reading)


def told_unread(reading: Pulling[Any], read: int, missing: int, meaning: str) -> tuple[Figure, ...]:
    """The figure that says how many of before may stand in rows that could not be read; nothing where none do."""
    if not missing:
        return ()
    advice = (
        f"{missing:,} of before may stand in the {reading.rejected:,} rows that could not be read, and are not"
        " rechecked until these are corrected or gone; see the sheet Data quality."
    )
    return (Figure(reading.settings.name, READ_AGAIN, meaning, read, read + missing, held=False, advice=advice),)


def unexpected(reading: Pulling[Any]) -> str:
    """Why the pull is not what a healthy one looks like, in a sentence with what to do; empty where it is."""
    counts = _unexpected_sweep(reading) if reading.plan else _unexpected_count(reading)
    if counts:
        return counts
    if _rejects_too_many(reading):
        example = reading.example
        assert example is not None, "what is rejected is kept"
        return (
            f"{reading.rejected:,} of {reading.read:,} rows could not be read, the first at {example.where}:"
            f" {example.reason}"
        )
    return note_files(reading) or _lost(reading) or _underfilled(reading, reading.settings.expect) or _unusable(reading)


def _look_at_age(reading: Pulling[Any]) -> None:
    """Tell files that are the same for so long that perhaps nobody delivers them any more."""
    most, since = reading.settings.expect.unchanged_days, reading.columns().since
    days = (date.fromisoformat(judged_day(reading.source)) - date.fromisoformat(since)).days if since else 0
    if not most or days <= most:
        return
    export, name = _export(reading), reading.settings.name
    advice = (
        f"{export} holds the same as on {since}, {days:,} days ago: what changed since then is not known here. See to"
        f" it that it is delivered; if it changes more rarely, set {_to_expect(reading, unchanged_days=2 * days)}."
    )
    meaning = f"files have changed within {most:,} days"
    reading.figures.append(Figure(name, "unchanged", meaning, 0, max(1, len(reading.source.tables)), False, advice))
    reading.tell("", (advice,))


def _needless(reading: Pulling[Any]) -> str:
    """What to say of a setting that lets a loss pass for one night, where nothing was lost; else empty."""
    expect, usual = reading.settings.expect, reading.settings.connector.expect
    shrink = usual.may_shrink if expect.may_shrink >= 1.0 else expect.may_shrink
    everyday = replace(expect, may_shrink=shrink, may_lose=usual.may_lose)
    if everyday == expect or (reading.before is None and not reading.read_before):
        return ""
    as_ever = copy(reading)
    as_ever.settings = replace(reading.settings, expect=everyday)
    counts = _unexpected_sweep(as_ever) if reading.plan else _unexpected_count(as_ever)
    return "" if counts or _lost(as_ever) else take_out(expect, everyday, reading.settings.name)


def _rejects_too_many(reading: Pulling[Any]) -> bool:
    """Whether so many rows could not be read that the others cannot be relied upon. Rows of which nobody says whose
    they are count only once they are more than half of all, unless audit.toml says how many may be unreadable."""
    expect, usual = reading.settings.expect, reading.settings.connector.expect
    share = expect.may_reject if expect.may_reject != usual.may_reject else max(MOST_NOBODYS, usual.may_reject)
    others = reading.rejected - reading.nobodys
    return others > reading.read * expect.may_reject or reading.rejected > reading.read * share


def _unexpected_count(reading: Pulling[Any]) -> str:
    expect, read, export = reading.settings.expect, reading.read, _export(reading)
    counted = read - sum(count for reason, count in reading.reasons.items() if reason.startswith(LEFT_OUT))
    if counted < expect.at_least:
        return f"{counted:,} rows read; at least {expect.at_least:,} are expected. Check that {export} is whole."
    if expect.at_most is not None and counted > expect.at_most:
        return f"{counted:,} rows read; at most {expect.at_most:,} are expected. Check that {export} is the right one."
    if reading.read_before and read < reading.read_before * (1 - expect.may_shrink):
        more: dict[str, Any] = {}
        if reading.settings.connector.record in (Agency, OfficialAccount):  # of which a figure is told beside it
            more = {"usable": {"still_there": floor(100 * read / reading.read_before) / 100}}
        return (
            f"{read:,} rows were read, {reading.read_before:,} the last time. Check that {export} is whole;"
            f" if so many are really gone, set {_to_expect(reading, may_shrink=1.0, **more)} for one night."
        )
    return ""


def _to_expect(reading: Pulling[Any], **more: Any) -> str:
    settings = reading.settings
    return to_expect(settings.name, settings.expect, settings.connector.expect, **more)


def _export(reading: Pulling[Any]) -> str:
    """What to call what was read: its tables, where it has any."""
    names = list(reading.source.tables)
    more = f" and {len(names) - QUOTED:,} more" if len(names) > QUOTED else ""
    return f"{', '.join(names[:QUOTED])}{more}" if names else "the export"


def _unexpected_sweep(reading: Pulling[Any]) -> str:
    """A sweep is not bounded by its rows, which change with the keys of the night, but by how its keys fared."""
    plan, expect, asked = reading.plan, reading.settings.expect, reading.asked
    assert plan is not None
    if not plan.keys:
        return "there is nothing to ask for. Name terms or handles in audit.toml, or fill the agencies file."
    # Keys that were limited go on another night: they neither failed nor were answered.
    outcomes = Counter(one.outcome for one in asked if one.outcome is not Outcome.LIMITED)
    failed, tried = outcomes[Outcome.FAILED], outcomes.total()
    wrong = failed + outcomes[Outcome.REFUSED]
    many = failed > max(ONE, tried * expect.may_reject) or wrong > tried * max(HALF, expect.may_reject)
    if many or (failed and failed >= tried * HALF):
        return f"{wrong:,} of {tried:,} look-ups failed or were refused. Try again the next night."
    if plan.keyed_on == str(KeyedOn.EMPLOYEES) and (fault := _one_answer_for_all(reading)):
        return fault
    known = [one for one in asked if one.outcome in TOLD and (last := plan.last.get(one.key)) and last.found]
    gone = sum(not one.found for one in known)
    if gone >= A_FEW and gone > len(known) * expect.may_shrink:
        return (
            f"{gone:,} of {len(known):,} look-ups that found something before find nothing now. Check the platform; if"
            f" so many are really gone, set {_to_expect(reading, may_shrink=1.0)} for one night."
        )
    return ""


def _one_answer_for_all(reading: Pulling[Any]) -> str:
    """Why answers to look-ups of different people cannot be their own: they are one and the same account."""
    found = sum(bool(one.found) for one in reading.asked)
    most = max(map(len, reading.brought.values()), default=0)
    if most <= max(FEW_ALIKE, found * reading.settings.expect.may_reject):
        return ""
    return (
        f"{most:,} of {found:,} look-ups brought one and the same account, so the answers are not those of the people"
        " asked for. Look for a cache between here and the platform that sends everybody one stored reply."
    )


def _underfilled(reading: Pulling[Any], expect: Expect) -> str:
    for name, share in expect.filled.items():
        if reading.parsed and reading.filled[name] < share * reading.parsed:
            return (
                f"{name} is filled in {reading.filled[name]:,} of {reading.parsed:,} rows;"
                f" at least {share:.0%} are expected. Check the export, or the column names in audit.toml."
            )
    return ""


def _unusable(reading: Pulling[Any]) -> str:
    """Why nothing that was read can be judged from; what is amiss without that is noted as a problem and a figure."""
    if reading.example and reading.rejected == reading.read:
        where, why = reading.example.where, reading.example.reason
        return f"none of {reading.read:,} rows is usable, for example {where}: {why}"
    record, tables = reading.settings.connector.record, reading.source.tables
    if reading.asked:
        told = sum(one.outcome in TOLD for one in reading.asked)
        advice = "" if told else "The platform answered none of them tonight; see the sheet Coverage."
        meaning = "look-ups of tonight were answered"
        reading.figures.append(
            Figure(reading.settings.name, "answered", meaning, told, len(reading.asked), told > 0, advice)
        )
    names = ADDRESS_FIELDS.get(record, ())
    fault = ""
    left_unread = reading.source.options.get("left_unread", ())
    for place, heading, count, rows in unread_addresses(tables, reading.source.nexus.domains, left_unread):
        said = address_column_advice(place, heading, count, record, tables[place].where)
        meaning = f"rows of {place} have no state address in the unread column {heading!r}"
        reading.figures.append(
            Figure(reading.settings.name, "address_columns", meaning, rows - count, rows, held=False, advice=said)
        )
        reading.problems.append(Problem(reading.settings.name, place, said.removeprefix(f"{place}: ")))
        if not any(name in tables[place].where for name in names):
            fault = fault or said
    if record is Account:
        _note_unread_profiles(reading)
    if tables or reading.unread:
        parts = len(tables) or 1  # of a system that is asked, what answered is one
        handed_in = parts + reading.unread
        advice = "The others are named on the sheet Data quality." if reading.unread else ""
        reading.figures.append(
            Figure(
                reading.settings.name,
                "read",
                "files and sheets handed in were read" if tables else "parts that the source names were read",
                parts,
                handed_in,
                not reading.unread,
                advice,
            )
        )
    if record is Account and tables:
        found = reading.filled["registered_email"]
        meaning = "rows bring the address that the account was registered with"
        reading.figures.append(Figure(reading.settings.name, "registered", meaning, found, reading.parsed))
    if reading.settings.connector.name in MAIL_LOGS and not reading.kept:
        reading.figures += [_nobodys_mail(reading)] if reading.parsed else _no_mail(reading)
    return fault


def _note_unread_profiles(reading: Pulling[Any]) -> None:
    """Take down which columns that may hold what profiles say are not read."""
    settings, tables = reading.settings, reading.source.tables
    found = list(unread_profiles(tables, settings.connector.reads, reading.source.options))
    for place, heading, name in found:
        said = profile_column_advice(heading, name)
        read = sum(one in tables[place].where for one in PROFILE_FIELDS)
        whole = read + sum(one == place for one, *_ in found)
        meaning = f"columns of {place} with what profiles say are read"
        reading.figures.append(Figure(settings.name, "profile_columns", meaning, read, whole, held=False, advice=said))
        reading.problems.append(Problem(settings.name, place, said))


def _nobodys_mail(reading: Pulling[Any]) -> Figure:
    """That platforms' mails reached mailboxes, and not one of the organization's: the log, or a domain, is wrong."""
    advice = (
        "Platforms' mails reached mailboxes in this log, and none of them lies under mail_domains or other_domains."
        " Check both in audit.toml, and that this is the log of the organization's own mailboxes."
    )
    meaning = "mailboxes with mails of platforms are the organization's"
    return Figure(reading.settings.name, "mailboxes", meaning, 0, reading.parsed, held=False, advice=advice)


def _no_mail(reading: Pulling[Any]) -> list[Figure]:
    """That a log shows no mail of a platform in any mailbox though it has enough lines to: it is another log. Empty
    where it may be so."""
    undelivered, others = reading.reasons[UNDELIVERED], reading.reasons[UNLISTED]
    if reading.plan:
        return []
    if undelivered >= FEW_UNDELIVERED:
        advice = (
            f"The log has {undelivered:,} deliveries of platforms' mails, and says of none that it arrived."
            " Check that it is the log of the system that has the mailboxes, with its lines of deliveries, and no list"
            " of mails that were held back."
        )
        return _none_of(reading, ARRIVED, undelivered, advice)
    if others >= FEW_UNLISTED and not undelivered:
        advice = (
            f"None of {others:,} mails in the log is a platform's. Check that it is the log of mails that came in, and"
            " that its senders are those who wrote, not what a gateway made of them."
        )
        return _none_of(reading, FROM_PLATFORMS, others, advice)
    return []


def _none_of(reading: Pulling[Any], key: str, mails: int, advice: str) -> list[Figure]:
    """The figure that none of so many mails is such, where audit.toml does not say that this is right."""
    if not reading.settings.expect.usable.get(key, 1.0):
        return []
    accept = f" If it is right as it is, set {_to_expect(reading, usable={key: 0.0})}."
    return [Figure(reading.settings.name, key, MEASURED[key], 0, mails, False, advice + accept)]


def _lost(reading: Pulling[Any]) -> str:
    if reading.before is None:
        return ""
    expect, connector, now = reading.settings.expect, reading.settings.connector, reading.columns()

    def setting(*names: str) -> str:
        return _to_expect(reading, may_lose=names)

    swept, tables = reading.plan is not None, reading.source.tables

    def told(column: str) -> str:
        noted = (one for one in list(reading.problems) if one.reason.startswith(column))
        first = next(noted, None)
        return f"The first of what is told of it, at {first.where}: {first.reason}" if first else ""

    aside = reading.settings.options.get("left_unread", ())
    fault = lost(
        reading.before, now, tables, expect.may_lose, connector.record,
        swept=swept, setting=setting, left_unread=aside, told=told,
    )  # fmt: skip
    if fault or swept or connector.adds_up:
        return fault
    if tables:
        return platforms_lost(reading.before, now, expect.may_lose, setting)
    return _left_out(reading, reading.before) if connector.service else ""


def _left_out(reading: Pulling[Any], before: Columns) -> str:
    """Why a list that is as long as ever is no healthy one: what it shows of its items was enough at the last healthy
    pull, and tonight most of them are left out for the lack of it, by a fixed phrase of the connector."""
    allowed = before.rows * (1 - reading.settings.expect.may_shrink)
    if before.rows - reading.parsed < A_FEW or reading.parsed >= allowed:
        return ""
    reason = next((f" ({reason})" for reason, _ in reading.reasons.most_common() if reason != NO_TIE), "")
    return (
        f"{reading.parsed:,} of {reading.read:,} items were of use, at the last healthy pull {before.rows:,}; the"
        f" others were left out{reason}. Check what the platform still shows; if so many are really gone, set"
        f" {_to_expect(reading, may_shrink=1.0)} for one night."
    )
