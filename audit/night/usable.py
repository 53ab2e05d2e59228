"""What of the night's inputs was usable, in figures against bounds and against last night. Pure.

A file that is read without a fault may still say nothing: its addresses lie under a domain with a typing error, its
status words are nobody's, its ids have lost their zeros. Each figure is a share; one below its bound says what to map.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import floor
from typing import Any

from audit.model.figures import MEASURED, Figure
from audit.model.measures import Remembered
from audit.model.organization import Organization
from audit.night.headings import meaning_of, meant
from audit.night.toml import take_out, to_expect, toml
from audit.people.addresses import MailSystem, is_state_domain, state_mailbox
from audit.people.directory import Directory, remembered_as
from audit.people.identity import bare_id
from connectors.contract import Expect, ExportTable, Record
from connectors.files.unread_days import is_comment
from connectors.platforms import fold_domain
from connectors.records import Account, OfficialAccount, Person, Status

BOUNDS: Mapping[str, tuple[float, float]] = {
    "address": (0.5, 0.8),
    "status": (0.5, 0.9),
    "name": (0.0, 0.9),
    "agency": (0.0, 0.5),
    "supervisors": (0.5, 0.8),
    "same_id": (0.8, 0.95),
    "still_there": (0.8, 0.9),
    "once": (0.5, 0.5),
}
"""What is measured of a directory: the share below which it is refused, and the share below which it is told."""
AGAINST_LAST_NIGHT = ("address", "status", "name", "agency")
"""Shares that must not fall much overnight; the others compare two nights already."""
OF_ONE_NIGHT = ("same_id", "still_there")
"""Shares for which audit.toml has another bound on the night after a change alone."""
A_FEW = 3
"""People or ids: fewer than this never refuse a directory by their share, which is then told only."""
FEW_SUPERVISORS = 5
ENOUGH = 10
"""People from which a share is compared with last night's."""
QUOTED = 8
ADDRESS_FIELDS: Mapping[type[Record], tuple[str, ...]] = {
    Account: ("registered_email", "emails"),
    Person: ("work_email", "other_emails"),
    OfficialAccount: ("registered_email",),
}


PROFILE_FIELDS = ("display_name", "bio", "links")
"""What a profile says of itself: where it is not read, nobody can say that an account shows no tie."""


@dataclass
class PeopleCounts:
    """Counts of the people of one pull; they grow while `counted` is consumed."""

    system: MailSystem
    agency_codes: frozenset[str]
    rows: int = 0
    addressed: int = 0
    ours: int = 0
    known_status: int = 0
    named: int = 0
    placed: int = 0
    domains: Counter[str] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)

    def counted(self, people: Iterable[Person]) -> Iterator[Person]:
        """The same people, counted as they pass."""
        for person in people:
            self._count(person)
            yield person

    def _count(self, person: Person) -> None:
        self.rows += 1
        addresses = [text for text in (person.work_email, *person.other_emails) if text]
        self.addressed += bool(addresses)
        ours = any(state_mailbox(text, self.system) for text in addresses)
        self.ours += ours
        if not ours:
            self.domains.update({fold_domain(text.rpartition("@")[2].rstrip(">")) for text in addresses if "@" in text})
        known = person.status is not Status.UNKNOWN or person.status_open
        self.known_status += known
        if not known:
            self.words[person.status_word] += 1
        names = (person.given_name, person.preferred_name, person.family_name)
        self.named += any(any(letter.isalpha() for letter in name) and "@" not in name for name in names)
        self.placed += person.agency_code in self.agency_codes


def people_figures(
    source: str, people: PeopleCounts, expect: Expect, before: Mapping[str, float], tables: Mapping[str, ExportTable]
) -> list[Figure]:
    """The figures of one directory by itself, against the bounds and against the shares of the last night."""
    whole = people.rows
    found = {
        "address": (people.ours, people.addressed, _address_advice(people, tables)),
        "status": (people.known_status, whole, status_advice(people.words, tables)),
        "name": (people.named, whole, _map_advice("given_name", tables).strip()),
        "agency": (
            people.placed,
            whole,
            f"Add the missing ones to the agencies file.{_map_advice('agency_code', tables, 'agency')}",
        ),
    }
    figures = []
    for key, (part, of, advice) in found.items():
        share = part / of if of else 1.0
        told = bounds(key, expect)[1]
        fell = key in before and of >= ENOUGH and before[key] - share > expect.may_fall
        since = f" (at the last run {before[key]:.0%})" if fell else ""
        held = share >= told and not fell
        figures.append(Figure(source, key, MEASURED[key] + since, part, of, held, "" if held else advice))
    return figures


def bounds(key: str, expect: Expect) -> tuple[float, float]:
    """(Share below which a directory is refused, share below which it is told); what audit.toml says is both."""
    given = expect.usable.get(key)
    return BOUNDS[key] if given is None else (given, given)


def refused(figures: Collection[Figure], expect: Expect, before: Mapping[str, float], usual: Expect) -> str:
    """Why the directory cannot be judged from, as a sentence with what to do; empty where it can. `expect` is what
    audit.toml expects of it, `usual` what counts for its connector."""
    for one in figures:
        if one.held or not one.whole:
            continue
        least = bounds(one.key, expect)[0]
        few = {"still_there": A_FEW, "supervisors": FEW_SUPERVISORS}.get(one.key, 1)
        fell = (
            one.key in AGAINST_LAST_NIGHT
            and one.key != "agency"
            and one.whole >= ENOUGH
            and before.get(one.key, 0.0) - one.share > expect.may_fall
        )
        if (one.share < least and one.whole - one.part >= few) or fell:
            night = " for one night" if fell or one.key in OF_ONE_NIGHT else ""
            more: dict[str, Any] = {"usable": {one.key: floor(100 * one.share) / 100}} | (
                {"may_fall": 1.0} if fell else {}
            )
            return (
                f"{one}; at least {least:.0%} are expected{', and no sudden fall' if fell else ''}. {one.advice}"
                f" If it is right as it is, set {to_expect(one.source, expect, usual, **more)}{night}."
            )
    return ""


def needless(
    figures: Collection[Figure], expect: Expect, before: Mapping[str, float], usual: Expect, source: str
) -> str:
    """What to say of bounds that were lowered for one night, where tonight's figures hold without; else empty."""
    fall = usual.may_fall if expect.may_fall >= 1.0 else expect.may_fall
    lasting = {key: share for key, share in expect.usable.items() if key not in OF_ONE_NIGHT or key in usual.usable}
    everyday = replace(expect, may_fall=fall, usable=lasting)
    compared = before or any(one.key in OF_ONE_NIGHT and one.whole for one in figures)
    anew = [replace(one, held=False) for one in figures]  # whether they held was told by the lowered bounds
    if everyday == expect or not compared or refused(anew, everyday, before, usual):
        return ""
    return take_out(expect, everyday, source)


def supervisors_figure(
    source: str, official: Iterable[OfficialAccount], directory: Directory, expect: Expect
) -> Figure:
    """Of the live registry's supervisors, those whom the directory knows."""
    named = {entry.supervisor_employee_id for entry in official if entry.live} - {""}
    known = sum(employee_id in directory.employees for employee_id in named)
    held = not named or known / len(named) >= bounds("supervisors", expect)[1] or len(named) - known < A_FEW
    advice = "" if held else "Check that registry and HR write employee ids in the same way."
    return Figure(source, "supervisors", MEASURED["supervisors"], known, len(named), held, advice)


def keepers_figure(source: str, official: Collection[OfficialAccount]) -> Figure:
    """Of the registry's entries, those that say who keeps them: a list in which none does may be of anybody's accounts,
    and each of them counts as official."""
    said = sum(bool(entry.agency_code or entry.supervisor_employee_id) for entry in official)
    held = said * 2 >= len(official)
    advice = (
        "Is it the list of the organization's own accounts? What stands in it counts as official. Add agency_code or"
        " supervisor_employee_id, or name the right file in audit.toml."
    )
    meaning = "entries of the registry name an agency or a supervisor"
    return Figure(source, "keepers", meaning, said, len(official), held, "" if held else advice)


def once_figures(source: str, directory: Directory, tables: Collection[str], expect: Expect) -> list[Figure]:
    """Of a directory's files or sheets those two that hold most people alike, row for row: as two months' exports do,
    of which the older one still employs who has left since. A mere copy, or a sheet of one agency's people beside one
    of everybody, says nothing else, and is let be."""
    found = []
    for (one, other), alike in directory.alike.items():
        fewer = min(directory.rows_of[one], directory.rows_of[other])
        if {one, other} <= set(tables) and ENOUGH <= alike < fewer:
            found.append((alike / fewer, alike, fewer, one, other))
    if not found:
        return []
    _, alike, fewer, one, other = max(found)
    advice = (
        f"{one} and {other} have {alike:,} people alike, row for row: an older export lies beside the newer one, and"
        " whoever has left in one of them is employed in the other. Leave the newest there alone, or name it in path."
    )
    held = (fewer - alike) / fewer >= bounds("once", expect)[1]
    return [Figure(source, "once", MEASURED["once"], fewer - alike, fewer, held, "" if held else advice)]


def domains_figure(before: Collection[str], organization: Organization) -> Figure:
    """Of the State's domains of the last run, those that are the State's still."""
    now = set(map(fold_domain, organization.domains))
    gone = [domain for domain in before if fold_domain(domain) not in now]
    advice = (
        f"No longer there: {', '.join(gone)}. Accounts that are registered there, or show it, count as nobody's now,"
        " and what was found about them ends. If they are the State's still, put them back into mail_domains or"
        " other_domains, or into the agencies file."
    )
    meaning = "state domains of the last run are named still"
    return Figure("audit.toml", "domains", meaning, len(before) - len(gone), len(before), not gone, advice * bool(gone))


def roster_of(directory: Directory) -> frozenset[Remembered]:
    """The people of a night in digests, to compare the next night with."""
    mailbox = {ids[0]: box for box, ids in directory.owners.items() if len(ids) == 1 and box not in directory.aliases}
    return frozenset(
        Remembered(
            remembered_as(employee_id), remembered_as(bare_id(employee_id)), remembered_as(mailbox.get(employee_id, ""))
        )
        for employee_id in directory.employees
    )


def is_remembered(employee_id: str, roster: Collection[Remembered]) -> bool:
    """Whether an employee id, zeros aside, was in a night's directory."""
    return remembered_as(bare_id(employee_id)) in {one.bare for one in roster}


def overnight_figures(
    source: str, before: Collection[Remembered], now: Collection[Remembered], expect: Expect
) -> list[Figure]:
    """Against the people of the last night: whose mailbox has another id now, and who has vanished."""
    if not before:
        return []
    by_mailbox = {one.mailbox: one for one in now if one.mailbox}
    ids, bare = {one.employee_id for one in now}, {one.bare for one in now}
    both = [(one, by_mailbox[one.mailbox]) for one in before if one.mailbox in by_mailbox]
    changed = [(old, new) for old, new in both if old.employee_id != new.employee_id]
    by_zeros = sum(old.bare == new.bare for old, new in changed)
    there = sum(
        one.employee_id in ids or one.mailbox in by_mailbox or (not one.mailbox and one.bare in bare) for one in before
    )
    return [
        _same_id(source, len(both), len(changed), by_zeros, expect),
        _still_there(source, there, len(before), expect),
    ]


def _same_id(source: str, both: int, changed: int, by_zeros: int, expect: Expect) -> Figure:
    share = (both - changed) / both if both else 1.0
    held = not by_zeros and (changed < A_FEW or share >= bounds("same_id", expect)[1])
    if expect.usable.get("same_id") is not None:
        held = share >= bounds("same_id", expect)[1]
    many = "all" if by_zeros == changed else f"{by_zeros:,}"
    zeros = f", {many} of them only by zeros or “.0”" if by_zeros else ""
    advice = (
        f"{changed:,} employee ids changed overnight{zeros}. Export employee_id as text, as it was: a spreadsheet drops"
        " leading zeros."
    )
    part = both - changed
    return Figure(source, "same_id", MEASURED["same_id"], part, both, held, "" if held else advice)


def _still_there(source: str, there: int, before: int, expect: Expect) -> Figure:
    least, told = bounds("still_there", expect)
    held = there / before >= (told if before - there >= A_FEW else least)
    advice = f"{before - there:,} people of the last run are missing. Check that the export is whole."
    return Figure(source, "still_there", MEASURED["still_there"], there, before, held, "" if held else advice)


def rows_figure(source: str, read: int, before: int | None, places: Collection[str], expect: Expect) -> Figure:
    """Against the number of rows that the last night read, for a list of which nobody is known again."""
    before = before or 0
    figure = (
        _still_there(source, min(read, before), before, expect) if before else Figure(source, "still_there", "", 0, 0)
    )
    advice = f"Rows fewer than at the last run: {before - read:,}. Check that {', '.join(places) or 'it'} is whole."
    return replace(
        figure, meaning="rows of the last run are still there, by their number", advice=advice * (not figure.held)
    )


def unread_addresses(
    tables: Mapping[str, ExportTable], domains: Collection[str], left_unread: Collection[str]
) -> Iterator[tuple[str, str, int, int]]:
    """(place, heading, cells with a state address, rows) of each column that holds state addresses and is not read.

    `domains` are folded; columns that audit.toml leaves unread on purpose are passed over.
    """
    system = MailSystem("", frozenset(), frozenset(domains))
    accepted = {heading.strip().casefold() for heading in left_unread}
    for place, table in tables.items():
        for position, found in sorted(table.unread.items()):
            heading = table.headings[position]
            count = sum(times for domain, times in found.items() if is_state_domain(fold_domain(domain), system))
            if count and heading.casefold() not in accepted:
                yield place, heading, count, table.looked_at


def unread_profiles(
    tables: Mapping[str, ExportTable], reads: Collection[str], options: Mapping[str, Any]
) -> Iterator[tuple[str, str, str]]:
    """(place, heading, field) of each column that may hold what profiles say of themselves, and that nothing reads,
    where the field has no other column. `reads` are the fields that the connector reads, `options` those of the source.
    """
    for place, table in tables.items():
        for heading in table.left_over(options.get("left_unread", ())).values():
            meaning = meaning_of(heading, Account)
            free = [name for name in meaning.fields if name not in table.where and name not in options]
            told = len(free) == 1 and free[0] in PROFILE_FIELDS and free[0] in reads and not meaning.or_none
            if told:
                yield place, heading, free[0]


def profile_column_advice(heading: str, name: str) -> str:
    """What to say of a column in which profiles may speak, and that no field reads."""
    return (
        f"the column {heading!r} may be what profiles say of themselves, and no field reads it. If it is {name}, name"
        f" it in audit.toml: columns = {{ {name} = {toml(heading)} }}; if not, say so: left_unread = [{toml(heading)}]."
    )


def address_column_advice(
    place: str, heading: str, count: int, record: type[Record], taken: Collection[str] = ()
) -> str:
    """What to say of a column of state addresses that no field reads; `taken` are fields with a column of their own."""
    names = ADDRESS_FIELDS.get(record, ())
    meaning, said = meaning_of(heading, record), f"left_unread = [{toml(heading)}]"
    if meaning.known and not meaning.fields:
        return (
            f"{place}: the column {heading!r} holds {count:,} addresses under the organization's mail domains, and no"
            f" field reads it ({meaning.note}). If that is right, say so in audit.toml: {said}."
        )
    first = meant(heading, record)
    left = meaning_of(heading, record)
    name = first if first in names else names[-1] if left.known and not left.fields else names[0]
    name = next((one for one in (name, *names) if one not in taken), names[-1])
    return (
        f"{place}: the column {heading!r} holds {count:,} addresses under the organization's mail domains, and no field"
        f" reads it. If it is {' or '.join(names)}, name it in audit.toml: columns = {{ {name} = {toml(heading)} }};"
        f" if it is neither, say so: {said}."
    )


def day_column_advice(place: str, heading: str, name: str, filled: int) -> str:
    """What to say of a column of the directory in which a day of the employment may be, and which no field reads."""
    means = "since when somebody is employed" if name == "start_date" else "that somebody has left"
    return (
        f"{place}: the column {heading!r} may say {means} ({_rows(filled)}), and no field reads it. If it is {name},"
        f" name it in audit.toml: columns = {{ {name} = {toml(heading)} }}; if not, say so: left_unread ="
        f" [{toml(heading)}]."
    )


def leaver_column_advice(place: str, heading: str, count: int) -> str:
    """What to say of a column of the directory that seems to say of somebody to have left, and no field reads."""
    if is_comment(heading):
        return (
            f"{place}: the column {heading!r}, which no field reads, says in {_rows(count)} that somebody has left, and"
            " these people count as status and end_date say. Look at these rows, and correct HR where it is so; if not,"
            f" say so in audit.toml: left_unread = [{toml(heading)}]."
        )
    return (
        f"{place}: the column {heading!r}, which no field reads, says in {_rows(count)} that somebody has left. If it"
        f" is the one that counts, name it in audit.toml: columns = {{ status = {toml(heading)} }}; if not, say so:"
        f" left_unread = [{toml(heading)}]."
    )


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"


def status_advice(words: Mapping[str, int], tables: Mapping[str, ExportTable]) -> str:
    """What to say of status words that nobody explained. It never fills in a meaning: a word of leavers would become
    one of people employed."""
    named = sorted((word for word in words if word), key=lambda word: (-words[word], word))
    shown = ", ".join(f"{word!r} ({words[word]:,} row{'' if words[word] == 1 else 's'})" for word in named[:QUOTED])
    more = f" and {len(named) - QUOTED} more" if len(named) > QUOTED else ""
    if named:
        example = toml(named[0])
        return (
            f"Status words that nobody explained: {shown}{more}. Say in audit.toml what each means:"
            f" status_values = {{ {example} = … }}, where … is one of “terminated”, “leave”, “active”."
        )
    if tables and not any("status" in table.where for table in tables.values()):
        return f"No column is read for the status.{_map_advice('status', tables)}"
    return (
        'The status is empty. Have it filled in HR, or say in audit.toml what an empty one means: status_values = { ""'
        f" = … }}, where … is one of “terminated”, “leave”, “active”.{_map_advice('status', tables)}"
    )


def _address_advice(people: PeopleCounts, tables: Mapping[str, ExportTable]) -> str:
    seen = ", ".join(f"{domain} ({count:,})" for domain, count in people.domains.most_common(3))
    ours = ", ".join(sorted(people.system.all)[:QUOTED])
    others = list(unread_addresses(tables, people.system.all, ()))
    columns = f" Or is it the column {others[0][1]!r}, which is not read?" if others else ""
    return (
        f"Their addresses lie under {seen or 'no domain'}; mail_domains and other_domains are {ours}. Correct the"
        f" domains in audit.toml, or name the column that holds the address: columns = {{ work_email = … }}.{columns}"
    )


def _map_advice(name: str, tables: Mapping[str, ExportTable], *others: str) -> str:
    """Which column to name for a field: one that other systems call so, where the tables have it."""
    if not tables:
        return " Check the directory."
    for table in tables.values():
        for text in table.left_over().values():
            if (field := meant(text, Person)) in (name, *others):
                return f" Perhaps its column is {text!r}: columns = {{ {field} = {toml(text)} }}."
    return f" Name its column in audit.toml: columns = {{ {name} = … }}."
