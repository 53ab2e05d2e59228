"""Headings over which a day probably stands that a field would need, and that nothing reads; and the day since when a
row of a history of jobs holds ("Effective Date"), which is no field.

Told by the words of a heading and never read for that: "Created" may be the account's day or the row's. But where such
a column holds something, that day is unknown and not absent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from connectors.contract import Dropped, ExportTable, Item, Raw, Remark, Source, folded

UNDATED = "undated"
"""The value of an account's row in which a heading stands under which its day of creation may be."""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_SAID = {
    "created_at": _set(
        "created creation joined join registered registration signup opened opening established inception enrolled"
        " founded"
    ),
    "start_date": _set(
        "hire hired rehire rehired start started begin began beginning entry appointment appointed onboard onboarding"
        " commencement commenced joining joined service"
    ),
    "end_date": _set(
        "termination terminated term separation separated exit exited leaving left departure departed resignation"
        " resigned retirement retired end ended expiry expiration expires relieving vacated death inactive inactivated"
        " inactivation deactivated deactivation"
    ),
    "effective_on": _set("effective eff action event transaction"),
    "gone_on": _set("closed closing closure deactivated deactivation deleted deletion cancelled canceled cancellation"),
}
_DAY = _set("date day on at dt datetime since time timestamp year through until thru utc")
_ALONE = {
    "created_at": _set("created joined creationdate datecreated datejoined joindate signupdate"),
    "start_date": _set("hired hiredate startdate started datehired dateofhire hiredt startdt"),
    "end_date": _set(
        "terminated separated ended left termdate termdt enddate enddt exitdate terminationdate separationdate"
        " lastdayworked employeeleavedatetime leavedate contractexpires"
    ),
    "effective_on": _set("effective effdt effdate effectivedate dateeffective effectivefrom"),
    "gone_on": _set("closeddate datedeactivated deactivateddate deactivationdate closedate"),
}
_SOMETHING_ELSE = _set(
    "by status position job title leave loa probation benefit benefits pay payroll insurance account badge license"
    " shift type reason code"
)
_OTHERS = {
    "created_at": _set(
        "by email mail address status ip source type last updated modified post posts list group page row record breach"
    ),
    "start_date": _SOMETHING_ELSE | {"time"},
    "end_date": _SOMETHING_ELSE
    | _set("password login trial certification certificate review eligible eligibility projected"),
    "effective_on": (_SOMETHING_ELSE - {"status", "position", "job", "title"})
    | _set("salary rate compensation address tax review time security training until end"),
    "gone_on": _set(
        "by email mail address ip reason type ticket case post posts page pages group list message record row"
    ),
}
"""Words by which a heading is of something else."""
_PAIRS = (
    _set("member since"),
    _set("account age"),
    _set("user registered"),
    _set("account start"),
    _set("account started"),
)
_WORK, _UNTIL = _set("worked work working employment employed"), _set("last through until thru end")
_STANDING = _set("status standing state action employment")
_GONE = _set("terminated separated deceased retired resigned dismissed left")
_NOT_STANDING = (_OTHERS["end_date"] - {"status", "position", "type"}) | _set(
    "marital tax flsa visa military retirement pension date day eligible address country province"
)
_LEFT = re.compile(
    r"(?i)(?<!\w)(?:terminat(?:ed|ion)|separat(?:ed|ion)|retired|resigned|resignation|deceased|dismissed|discharged"
    r"|vacated|withdrawn|laid off|left|former)(?!\w)"
)
_COMMENT = _set("comment comments note notes remark remarks")
_ENDED = re.compile(
    r"(?i)(?<!\w)(?:left|retired|resigned|terminated|separated|dismissed|discharged|deceased|laid off|passed away"
    r"|last day(?: worked)?|employment ended)\b[\s:,.(-]*"
    r"(?:(?:on|in|as of|since|eff|effective|was|is|state|service|the|agency|employment|date)\b[\s:,.(-]*){0,4}"
    r"(?:\d|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b|\Z)"
)
"""What a comment says of somebody who has left: with a day, or as its last word ("left a message" is neither)."""
_YES = re.compile(r"(?i)\A(?:y|yes|true|t|1|x|✓|✔)\Z")


_STATES = _set("status state standing stage phase lifecycle cycle")
_ENDS = _set("gone deleted closed deactivated suspended disabled removed terminated cancelled canceled archived")
_AT_AN_END = re.compile(
    r"(?i)\A(?:[a-z]+[ _-]){0,3}(?:deleted|removed|closed|deactivated|suspended|disabled|terminated|banned|archived"
    r"|inactive|cancell?ed)\b"
)


@lru_cache(maxsize=4096)
def end_cells(heading: str) -> re.Pattern[str] | None:
    """What to look for in cells under a heading that may speak of an account's state: what they say of one that has
    ended. None for other headings."""
    words = _words_of(heading)
    if words & (_DAY | {"by", "reason", "country", "province", "address", "count"}):
        return None
    return _YES if words & _ENDS else _AT_AN_END if words & _STATES else None


@lru_cache(maxsize=4096)
def leaver_cells(heading: str) -> re.Pattern[str] | None:
    """What to look for in cells under a heading that speaks of somebody's standing: what they say of one who has left.
    None for other headings."""
    words = _words_of(heading)
    if words & _NOT_STANDING:
        return None
    if words & _COMMENT:
        return _ENDED
    return _YES if words & _GONE else _LEFT if words & _STANDING else None


def is_comment(heading: str) -> bool:
    """Whether a heading stands over words of somebody's own, of which no field can be made."""
    return bool(_words_of(heading) & _COMMENT)


@lru_cache(maxsize=4096)
def days_meant(heading: str) -> tuple[str, ...]:
    """The days of which a heading seems to speak: the fields created_at, start_date, end_date; effective_on, the day
    since when a row holds; gone_on, the day since when there is no such account any more. None for most."""
    words = _words_of(heading)
    whole = re.sub(r"[^a-z]", "", folded(heading))
    of_day = {name: bool(words & said and words & _DAY) for name, said in _SAID.items()}
    of_day["created_at"] |= any(pair <= words for pair in _PAIRS)
    of_day["start_date"] |= {"employed", "since"} <= words
    of_day["end_date"] |= bool(words & _WORK and words & _UNTIL)
    return tuple(n for n, said in of_day.items() if whole in _ALONE[n] or (said and words.isdisjoint(_OTHERS[n])))


def unread_days(table: ExportTable, left_unread: Iterable[str] = ()) -> Iterator[tuple[str, str, int]]:
    """(field, heading, cells that hold something) of each column that may hold a field's day, while no column is read
    for that field. What audit.toml leaves unread on purpose is passed over."""
    for position, heading in table.left_over(left_unread).items():
        for name in table.days.get(position, ()):
            if name not in table.where:
                yield name, heading, table.days_filled[position]


def leavers_unread(table: ExportTable, left_unread: Iterable[str] = ()) -> Iterator[tuple[str, int]]:
    """(heading, cells) of each column that nothing reads and in which cells say that somebody has left."""
    for position, heading in table.left_over(left_unread).items():
        if count := table.leavers_met[position]:
            yield heading, count


def _words_of(heading: str) -> set[str]:
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading)
    return set(re.findall(r"[a-z]+", re.sub(r"(?i)\bsign(?:ed)?[ _-]?up\b", "signup", apart).casefold()))


def with_age(source: Source, items: Iterable[Item]) -> Iterator[Item]:
    """The items; a row of accounts that stands beside a column in which the day of creation may be, and that nothing
    reads, says so under UNDATED. Such a column is told once, and so is one that may say which accounts are gone."""
    told: set[str] = set()
    rows = 0
    left_unread = source.options.get("left_unread", ())
    known: dict[tuple[str, int], str] = {}
    for item in items:
        rows += item.count if isinstance(item, Dropped) else isinstance(item, Raw)
        place = item.where.rpartition(":")[0] if isinstance(item, Raw) else ""
        table, heading = source.tables.get(place), ""
        if table:  # of JSON Lines the headings grow
            met = (place, len(table.headings))
            heading = known[met] if met in known else known.setdefault(met, _age_column(table, left_unread))
        if isinstance(item, Raw) and heading:
            if heading not in told:
                told.add(heading)
                yield Remark(item.where, _advice(heading))
            yield replace(item, values={**item.values, UNDATED: heading})
        else:
            yield item
    yield from _gone_unread(source.tables, left_unread, rows)
    yield from _ends_unread(source.tables, left_unread)


def _gone_unread(tables: Mapping[str, ExportTable], left_unread: Iterable[str], rows: int) -> Iterator[Remark]:
    """What to say of columns that may say which accounts are gone, and that nothing reads, where a cell of them holds
    something, or not all of the `rows` were looked at for it."""
    whole = rows <= sum(table.looked_at for table in tables.values())
    for place, table in tables.items():
        for name, heading, filled in unread_days(table, left_unread):
            if name == "gone_on" and (filled or not whole):
                quoted = json.dumps(heading, ensure_ascii=False)
                yield Remark(
                    place,
                    f"the column {heading!r} may say of some accounts since when they are closed, and nothing reads it:"
                    " such accounts are held against people as if they were open. If accounts with a day there are"
                    f" gone, set in the source's table of audit.toml columns = {{ deleted_at = {quoted} }}, and they"
                    f" are left out; if they may come back or it is something else, left_unread = [{quoted}].",
                )


def _ends_unread(tables: Mapping[str, ExportTable], left_unread: Iterable[str]) -> Iterator[Remark]:
    """What to say of columns in which cells say that an account has ended, and that nothing reads."""
    for place, table in tables.items():
        for position, heading in table.left_over(left_unread).items():
            if count := table.ends_met[position]:
                quoted = json.dumps(heading, ensure_ascii=False)
                name = "disabled" if table.ends[position] is _YES else "account_status"
                yield Remark(
                    place,
                    f"the column {heading!r} may say of some accounts ({count:,} cells) that they are closed or"
                    " switched off, and nothing reads it: they are held against people as if they stood. If it says so,"
                    f" set in the source's table of audit.toml columns = {{ {name} = {quoted} }}; if it is something"
                    f" else, left_unread = [{quoted}].",
                )


def unread_age(values: Mapping[str, str]) -> bool:
    """Whether the day of creation of a row's account may stand where nothing reads it."""
    return bool(values.get(UNDATED))


def _age_column(table: ExportTable, left_unread: Iterable[str]) -> str:
    return next((heading for name, heading, _ in unread_days(table, left_unread) if name == "created_at"), "")


def _advice(heading: str) -> str:
    quoted = json.dumps(heading, ensure_ascii=False)
    return (
        f"the column {heading!r} may say when the accounts were created, and nothing reads it. Until that is known, an"
        " account may be older than the employment of whom it is tied to, and is a lead at most where HR says since"
        f" when people are employed. If it is that day, set in the source's table of audit.toml columns = {{ created_at"
        f" = {quoted} }}; if not, left_unread = [{quoted}]."
    )
