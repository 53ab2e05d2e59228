"""The first configuration of a state, from the exports that its clerk has: proposals, each where somebody sees it."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from string import Template

from audit.config import EXCEPTIONS
from audit.model.settings import ConfigError, SourceSettings
from audit.night.pull import open_source
from audit.night.run import now
from audit.night.toml import toml
from audit.verbs.exports import has_more, join_alike, recognize
from audit.verbs.new_files import write_new_files
from audit.verbs.one_export import Export
from audit.verbs.registries import to_confirm, with_removals
from audit.verbs.templates import csv_text, template
from audit.verbs.understood import leave_out_lines
from connectors import agencies_csv, hr_csv, reference
from connectors.catalog import CONNECTORS
from connectors.contract import SourceDown
from connectors.platforms import fold_domain
from connectors.records import Person, Status

MANY_AGENCIES = 200
"""Names from which on a column probably holds units, not agencies."""
SAME, A_FEW = 0.9, 5
"""Share, and number, of the people with an address at a second domain who must have the same one at the first for both
to be names of one mail system."""
SAME_PEOPLE = 0.1
"""Share of the smallest file that may stand in another, or one person: people work for two departments."""
DATED = re.compile(r"(?<!\d)(20\d\d)[-_. ]?(0[1-9]|1[0-2])(?:[-_. ]?(0[1-9]|[12]\d|3[01]))?(?!\d)")
"""A date in the name of a file: 2026-11, 2026_11_20, 20261120."""
CODE_LENGTH = 24
STRANGE = 6
"""Domains of nobody knows whom that are named one by one."""
SETTINGS = {"agencies_csv": "agencies", "official_csv": "official_accounts", EXCEPTIONS: "exceptions"}
"""The setting that is read from an export of a kind of which there is one."""
SWITCHED_OFF = ("block", "disabled", "suspended")
"""What the heading of a column has in it whose yes says that an account is switched off."""
EMPTY_WORDS = frozenset(
    ("a", "and", "of", "the", "for", "on", "department", "dept", "division", "bureau", "office", "state", "agency")
)
"""Words that tell no two agencies apart."""
NO_EXCEPTIONS = """\
# [exceptions]                                # uses that somebody has authorised on a paper: counted, and they end
# path = "exceptions.csv"                     # who, platform, handle, rule, what, granted_by, reference, until"""


@dataclass(frozen=True)
class FirstConfig:
    """The files to write, by name, and what to say of each export and of what has to be confirmed."""

    files: dict[str, str]
    said: tuple[str, ...]
    confirm: tuple[str, ...]


@dataclass
class SeenPeople:
    """What the people of the HR export say of their organization."""

    domains: Counter[str] = field(default_factory=Counter)
    agencies: Counter[tuple[str, str]] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)
    """Status words that are none of the program's own."""
    standing: Counter[str] = field(default_factory=Counter)
    employee_ids: set[str] = field(default_factory=set)
    twins: Counter[frozenset[str]] = field(default_factory=Counter)
    """People who have the same name before the @ at two domains, by these."""
    unread: str = ""
    """Why the export cannot be read as people, where it cannot."""
    leave_out: list[str] = field(default_factory=list)
    """A line of audit.toml, as a comment, where there are guests, rooms, vacancies or contractors."""

    @property
    def statuses(self) -> tuple[str, ...]:
        """Every word of the column of the status."""
        return (*self.words, *self.standing)


def first_config(folder: Path, postal: str, exports: Sequence[Path]) -> FirstConfig:
    """A configuration in `folder` for the state of that postal code, which reads the exports. Writes nothing.

    Raises ConfigError for a state that is none, and for an export that is not there.
    """
    state = _state(postal)
    exports = [one for path in exports for one in _meant(path)]
    for path in exports:
        if not path.is_file():
            raise ConfigError(f"{path}: there is no such file. Name each export after --from.")
    found = join_alike([recognize(path) for path in exports])
    people = sorted((one for one in found if one.connector == "hr_csv"), key=lambda one: -one.worth)
    confirm: list[str] = []
    chosen = _of_one_time(people[0], folder, confirm) if people else None
    directory, words = _switched(chosen, folder, confirm) if chosen else (None, {})
    found = [directory if directory and one is people[0] else one for one in found]
    seen = _seen(directory, folder) if directory else SeenPeople()
    if seen.unread:
        confirm.append(f"[directory]: nobody can be read yet, and domains and agencies are guesses: {seen.unread}")
    words |= _standing(directory, seen.words, words) if directory else {}
    more = _more_addresses(directory, people[1:]) if directory else None
    if directory and more:
        also = _seen(more, folder)
        seen.domains, seen.twins = seen.domains + also.domains, seen.twins + also.twins
        lacks = "work_email" not in directory.proposal.columns
        directory = replace(directory, options={"may_lack": ["work_email"]} if lacks else {}, why="")
    mine, others = _domains(seen, state["postal"], state["name"], confirm)
    lists, gone = with_removals(found)
    agencies, official, exceptions = (_first(lists, kind, confirm) for kind in SETTINGS)
    if official and gone:
        official = replace(official, options={**official.options, "retired_path": _places(gone, folder)})
        confirm.append(f"official_accounts: every account of {gone.names} counts as retired")
    accounts = [one for one in found if one.connector not in ("hr_csv", *SETTINGS, "")]
    missing = [
        kind
        for kind, there in (
            ("hr_csv", directory),
            ("agencies_csv", agencies or seen.agencies),
            ("official_csv", official),
            ("accounts_csv", accounts),
        )
        if not there
    ]
    written = dict(template(kind, mine[0]) for kind in missing)
    if not agencies and seen.agencies:
        written["agencies.csv"] = _agencies(seen.agencies, confirm)
    elif not agencies:
        confirm.append("agencies.csv: no file names an agency; agencies-template.csv has the headings")
    name = state["official"]
    settings = {
        "name": toml(name),
        "postal": state["postal"],
        "state": state["name"],
        "mail_domains": toml(mine),
        "other_domains": toml(others),
        "agencies": _inline(agencies, folder) if agencies else '"agencies.csv"',
        "official": f"official_accounts = {_inline(official, folder)}"
        if official
        else '# official_accounts = "official_accounts.csv"   # the registry, with the headings of its template',
        "directory": "\n\n".join(
            [
                _directory_table(
                    directory, [one for one in people[1:] if one is not more], words, seen, folder, confirm
                ),
                *([_addresses_table(more, directory, folder, confirm)] if directory and more else []),
            ]
        ),
        "sources": _source_tables(accounts, folder, confirm),
        "exceptions": "\n".join(_table("exceptions", exceptions, folder)) if exceptions else NO_EXCEPTIONS,
    }
    written["audit.toml"] = Template(reference.text("starter/state/audit.toml")).substitute(settings)
    written["policy.toml"] = Template(reference.text("starter/state/policy.toml")).substitute(
        name=name, postal=state["postal"]
    )
    confirm += to_confirm(official) if official else []
    confirm.append("policy.toml: put your own policy's words where it says ADAPT")
    for one in found:
        if one.proposal.asked and one.connector:
            confirm += [f"{one.names}: {_question(*each)}" for each in one.proposal.asked.items()]
    return FirstConfig(
        written,
        tuple(_said(one, accounts, (directory, more, agencies, official, gone, exceptions)) for one in found),
        tuple(confirm),
    )


def write_first_config(folder: Path, config: FirstConfig) -> list[Path]:
    """Write the files into `folder`. Raises FileExistsError before overwriting any."""
    return write_new_files({folder / name: text.encode() for name, text in sorted(config.files.items())}, "init")


def _meant(path: Path) -> list[Path]:
    """The files that a name with * or ? means, which Windows hands over as it is typed; else the path itself."""
    wild = not path.exists() and any(mark in path.name for mark in "*?")
    return sorted(one for one in path.parent.glob(path.name) if one.is_file()) or [path] if wild else [path]


def _state(postal: str) -> dict[str, str]:
    for row in reference.table("states.csv"):
        if postal.strip().upper() == row["postal"]:
            return row
    raise ConfigError(f'--state {postal}: is no state\'s postal code of two letters; for New Hampshire it is "NH".')


def _first(found: Iterable[Export], connector: str, confirm: list[str]) -> Export | None:
    """The export of a kind of which one is read: the one of most files, the first of these."""
    of_kind = sorted((one for one in found if one.connector == connector), key=lambda one: -len(one.paths))
    if not of_kind:
        return None
    first, *others = of_kind
    setting = SETTINGS[connector]
    if len(first.paths) > 1:
        confirm.append(
            f"{setting}: {first.names} have the same headings and are read together; if one lists what is gone,"
            " name it in retired_path"
        )
    for one in others:
        confirm.append(
            f"{setting}: read from {first.names}; {one.names} is NOT: its headings are others, and one mapping reads"
            " all files of a setting. To read both, give them the same headings"
        )
    return first


def _of_one_time(people: Export, folder: Path, confirm: list[str]) -> Export:
    """The files of people that can be read together: where the same people stand in two of them, one is an older export
    of the other, whose leavers would count as employed, and the newest file alone is read."""
    if len(people.paths) == 1:
        return people
    each = (_seen(replace(people, path=path, more=()), folder).employee_ids for path in people.paths)
    ids = [one for one in each if one]
    again = sum(map(len, ids)) - len(set[str]().union(*ids))
    if again <= max(1, SAME_PEOPLE * min(map(len, ids), default=0)):
        confirm.append(
            f"[directory]: {people.names} have the same headings and are read together, as one file a department; an"
            " older export of the same people must not be among them"
        )
        return people
    newest, why = _newest(people.paths)
    confirm.append(
        f"[directory]: {again:,} people stand in more than one of {people.names}, as in an older and a newer export of"
        f" the same; {newest.name}, the newest {why}, is read, and no other. Files of different departments: name them"
        " in a list"
    )
    return replace(people, path=newest, more=())


def _newest(paths: Sequence[Path]) -> tuple[Path, str]:
    """The newest of some files, and by what: by the dates in their names, where each has one and they differ, since
    copying a file makes it new; else by when they were changed."""
    dates = {path: DATED.findall(path.name) for path in paths}
    if all(len(found) == 1 for found in dates.values()) and len({str(found) for found in dates.values()}) == len(paths):
        return max(paths, key=lambda path: dates[path]), "by the date in its name"
    return max(paths, key=lambda path: path.stat().st_mtime), "file, by when it was changed last"


def _switched(directory: Export, folder: Path, confirm: list[str]) -> tuple[Export, dict[str, str]]:
    """A directory that has no status, with the column that says whether an account is switched on in its place, and
    what its words mean; the directory as it is where there is none, or a word of it is not known.

    Who signs in is taken for employed. A switched-off account proves nothing: unknown, and its owner's are leads.
    """
    asked = directory.proposal.asked
    headings = [heading for heading, fields in asked.items() if fields == ("status",)]
    if "status" in directory.proposal.columns:
        return directory, {}
    for heading in headings:
        proposal = replace(
            directory.proposal,
            columns={**directory.proposal.columns, "status": heading},
            asked={one: fields for one, fields in asked.items() if one != heading},
        )
        tried = replace(directory, proposal=proposal)
        words = _seen(tried, folder).statuses
        found = {word: _switch(heading, word) for word in words}
        if words and all(found.values()):
            confirm.append(
                f"[directory] status: {heading!r} tells whether an account is switched on, not whether somebody is"
                " employed: whoever is switched off stays unknown, and their accounts are leads at most. An HR report"
                " that names leavers is better"
            )
            return tried, found
    return directory, {}


def _switch(heading: str, word: str) -> str:
    """What a word means in a column that says whether an account is switched on, or off; empty where nobody knows."""
    status = _meaning(word, "switch")
    if any(part in heading.casefold() for part in SWITCHED_OFF):
        return {Status.ACTIVE: Status.UNKNOWN, Status.UNKNOWN: Status.ACTIVE}[Status(status)].value if status else ""
    return status or _meaning(word, "account")


def _seen(directory: Export, folder: Path) -> SeenPeople:
    """What the people say, read as the night reads them; of a file that cannot be read, only why."""
    seen, connector = SeenPeople(), CONNECTORS["hr_csv"]
    paths = [str(path.resolve()) for path in directory.paths]
    options: dict[str, object] = {"path": paths, "columns": directory.columns, "may_lack": list(hr_csv.MAY_LACK)}
    reading = open_source(SourceSettings("directory", connector, options, connector.expect), folder, now(), None)
    try:
        for person in reading.records():
            if isinstance(person, Person):
                if person.employee_id:
                    seen.employee_ids.add(person.employee_id)
                addresses = (person.work_email, *person.other_emails)
                at = {(one.partition("@")[0].casefold(), fold_domain(one.rpartition("@")[2])) for one in addresses}
                seen.domains.update({domain for _, domain in at if domain})
                seen.twins.update({frozenset((a, b)) for n, a in at for m, b in at if n == m and a < b})
                if person.agency_code or person.agency:
                    seen.agencies[person.agency_code, person.agency] += 1
                if person.status is Status.UNKNOWN and person.status_word:
                    seen.words[person.status_word] += 1
                elif person.status is not Status.UNKNOWN:
                    seen.standing[person.status.value] += 1
    except SourceDown as fault:
        return SeenPeople(unread=str(fault))
    seen.leave_out = leave_out_lines(reading.source)
    return seen


def _standing(directory: Export, seen: Iterable[str], known: Collection[str]) -> dict[str, str]:
    """What status words mean that have one meaning: in every system, or in the one that calls their column so."""
    column = directory.proposal.columns.get("status", "").strip().casefold()
    found = {word: _meaning(word, "person") or _meaning(word, column) for word in seen if word not in known}
    return {word: status for word, status in found.items() if status}


def _meaning(word: str, of: str) -> str:
    """What a status word means in every system that is known; empty where it does not mean one thing."""
    known = {row["word"]: row["status"] for row in reference.table("status_words.csv") if row["of"] == of}
    return known.get(" ".join(word.casefold().replace("-", " ").split()), "")


def _domains(people: SeenPeople, postal: str, state: str, confirm: list[str]) -> tuple[list[str], list[str]]:
    """The mail domains and the other state domains that the addresses of HR show.

    The commonest one of the State's is the mail system; a part of it ("dot.nh.gov") needs no mention. Another name is
    taken for somebody else's system, which never ties anybody wrongly, until somebody says that it is the same, or
    nearly everybody who has an address there has the same one at the first.
    """
    seen = people.domains
    own = [domain for domain, _ in seen.most_common() if _of_state(domain, postal.lower(), state)]
    if not own:
        first, count = next(iter(seen.most_common(1)), ("", 0))
        common = _is_public(first) and count > seen.total() / 2
        guess = first if common else f"{postal.lower()}.gov"
        confirm.append(f"mail_domains: no address shows a domain that is surely the State's; {guess} is a guess")
        return [guess], []
    roots: list[str] = []
    for domain in sorted(own, key=len):
        if not any(domain == root or domain.endswith(f".{root}") for root in roots):
            roots.append(domain)
    roots.sort(key=lambda root: -sum(n for one, n in seen.items() if one == root or one.endswith(f".{root}")))
    first, *others = roots
    confirm.append(f"mail_domains: {first} is the commonest domain of the State's in HR ({seen.total():,} addresses)")
    same = [one for one in others if people.twins[frozenset((first, one))] >= max(SAME * seen[one], A_FEW)]
    if same:
        confirm.append(
            f"mail_domains: {', '.join(same)} is another name of the same mail system: nearly everybody who has an"
            f" address there has the same one at {first}"
        )
    others = [one for one in others if one not in same]
    strange = [(domain, count) for domain, count in seen.most_common() if domain not in own and _is_public(domain)]
    if strange:
        named = ", ".join(f"{domain} ({count:,})" for domain, count in strange[:STRANGE])
        more = f" and {len(strange) - STRANGE:,} more" if len(strange) > STRANGE else ""
        confirm.append(
            f"mail_domains: nobody said whose {named}{more} is; until it stands in mail_domains (a name of the same"
            " mail system) or other_domains (a state domain of another one), accounts under it are tied to nobody"
        )
    if others:
        confirm.append(f"other_domains: {', '.join(others)}: a second name of your own mail belongs into mail_domains")
    return [first, *same], others


def _more_addresses(directory: Export, others: Sequence[Export]) -> Export | None:
    """The first export of people that has addresses which the directory lacks, and says by id or address whose."""
    lacks = {"work_email", "other_emails"} - directory.proposal.columns.keys()
    keyed = (one for one in others if {"employee_id", "work_email"} & one.proposal.columns.keys())
    return next((one for one in keyed if lacks & one.proposal.columns.keys()), None)


def _of_state(domain: str, postal: str, state: str) -> bool:
    """Whether a domain is surely the State's: nh.gov, newhampshire.gov, state.nh.us, or below one of them."""
    written = re.sub(r"[^a-z]", "", state.lower())
    return re.search(rf"(?:^|\.)(?:(?:{postal}|{written})\.gov|state\.{postal}\.us)$", domain) is not None


def _is_public(domain: str) -> bool:
    """Whether a domain is one of governments."""
    return domain.endswith((".gov", ".us"))


def _agencies(seen: Counter[tuple[str, str]], confirm: list[str]) -> str:
    """An agencies file of the agencies that HR names: its codes, or codes made of the names where it has none."""
    names: dict[str, Counter[str]] = {}
    taken: dict[str, str] = {}
    for (code, name), count in sorted(seen.items()):
        names.setdefault(code or _code(name, taken), Counter())[name or code] += count
    rows = []
    for code, called in names.items():
        first, *more = [name for name, _ in called.most_common()]
        rows.append({"agency_code": code, "name": first, "aliases": ";".join(more)})
    how = "codes made of the names" if taken else "codes as in HR"
    confirm.append(
        f"agencies.csv: {len(rows):,} agencies as HR names them, {how}; add acronyms, other names, domains and handles"
    )
    if len(rows) > MANY_AGENCIES:
        confirm.append(f"agencies.csv: {len(rows):,} are many; perhaps that column holds units, and another the agency")
    return csv_text(agencies_csv.FIELDS, rows)


def _code(name: str, taken: dict[str, str]) -> str:
    """A code made of an agency's name ("HEALTH-HUMAN-SERVICES"), the same for the same name, another's for none."""
    if name in taken:
        return taken[name]
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    words = re.findall(r"[A-Za-z0-9]+", plain.replace("'", ""))
    telling = [word for word in words if word.casefold() not in EMPTY_WORDS] or words or ["AGENCY"]
    code = base = "-".join(telling).upper()[:CODE_LENGTH].strip("-")
    number = 1
    while code in taken.values():
        number += 1
        code = f"{base}-{number}"
    taken[name] = code
    return code


def _place(path: Path, folder: Path) -> str:
    """A path as audit.toml in `folder` names it: from there where it lies in it or beside it, else whole."""
    whole, start = path.resolve(), folder.resolve()
    if whole.is_relative_to(start.parent):
        return Path(os.path.relpath(whole, start)).as_posix()
    return whole.as_posix()


def _places(export: Export, folder: Path) -> str | list[str]:
    """The option `path` of an export: its file, or the list of them."""
    first, *more = [_place(path, folder) for path in export.paths]
    return [first, *more] if more else first


def _inline(export: Export, folder: Path) -> str:
    table: dict[str, object] = {"connector": export.connector, "path": _places(export, folder)}
    return toml(table | export.options | ({"columns": export.columns} if export.columns else {}))


def _table(heading: str, export: Export, folder: Path, *more: str) -> list[str]:
    lines = [f"[{heading}]", f"connector = {toml(export.connector)}", f"path = {toml(_places(export, folder))}"]
    lines += [f"columns = {toml(export.columns)}   # CONFIRM"] if export.columns else []
    lines += [f"{name} = {toml(given)}" for name, given in export.options.items()]
    lines += more
    proposal = export.proposal
    lines += [f"# {_question(*each)}" for each in proposal.asked.items()]
    lines += [f"# {heading!r} may be {name} as well; one column is read" for heading, name in proposal.others.items()]
    lines += [f"# {heading!r} is left unread: {why}" for heading, why in proposal.left.items()]
    lines += [f"# nothing is known of {', '.join(map(repr, proposal.unknown))}"] if proposal.unknown else []
    return lines


def _question(heading: str, fields: Collection[str]) -> str:
    either = " or ".join(fields)
    return f"is {heading!r} {either}{', or neither' if len(fields) > 1 else ', or not'}? If it is, add it to columns."


def _directory_table(
    directory: Export | None,
    others: Sequence[Export],
    words: dict[str, str],
    seen: SeenPeople,
    folder: Path,
    confirm: list[str],
) -> str:
    if directory is None:
        confirm.append("[directory]: no export of people was among the files; hr-template.csv has its headings")
        return '[directory]\nconnector = "hr_csv"\npath = "hr.csv"   # hr-template.csv has its headings and an example'
    more = [f"status_values = {toml(words)}   # CONFIRM"] if words else []
    confirm += [
        f"[directory] status: {word!r} was taken for {status}" for word, status in words.items() if word in seen.words
    ]
    more += seen.leave_out
    confirm += ["[directory]: some rows may be nobody employed: see leave_out"] if seen.leave_out else []
    unknown = [word for word, _ in seen.words.most_common() if word not in words]
    if unknown:
        spelled = ", ".join(f"{toml(word)} = …" for word in unknown)
        more.append(f"# status_values = {{ {spelled} }}   # … is one of “terminated”, “leave”, “active”")
        confirm.append(
            f"[directory] status: say what {', '.join(map(repr, unknown))} mean; until then they are unknown"
        )
    if directory.why:
        confirm.append(f"[directory]: {directory.why}")
    confirm += [f"[directory]: {name} is {heading!r}" for name, heading in directory.columns.items()]
    lines = ["# The HR directory.", *_table("directory", directory, folder, *more)]
    for one in others:
        confirm.append(
            f"[directory]: people are read from {directory.names}, which has {has_more(directory, one)}; {one.names},"
            " which has not, is NOT read (its table stands in comments)"
        )
        lines += ["#", f"# {one.names} has people, too. One directory is read; to read this one instead:"]
        lines += [f"# {line.removeprefix('# ')}" for line in _table("directory", one, folder)]
    return "\n".join(lines)


def _addresses_table(more: Export, directory: Export, folder: Path, confirm: list[str]) -> str:
    confirm.append(
        f"[addresses]: {more.names} adds its state addresses to the people of {directory.names}, by employee id, else"
        " by address; nobody becomes an employee by standing there"
    )
    confirm += [f"[addresses]: {name} is {heading!r}" for name, heading in more.columns.items()]
    return "\n".join(["# More addresses of the same people.", *_table("addresses", more, folder)])


def _source_tables(accounts: Sequence[Export], folder: Path, confirm: list[str]) -> str:
    if not accounts:
        confirm.append("[sources.export]: no accounts and no mail log were among the files")
        return (
            "# accounts-template.csv has the headings of an export and an example.\n"
            '[sources.export]\nconnector = "accounts_csv"\npath = "accounts/*.csv"'
        )
    tables, taken = [], set[str]()
    for one in accounts:
        more = []
        if one.connector == "accounts_csv":
            if "platform" not in one.proposal.columns:
                more.append('# platform = "…"   # of every row: no column says it')
                confirm.append(f"{one.path.name}: {one.why or 'say which column is the platform, or platform = …'}")
            more.append('# registration = "verified"   # did the platform confirm these addresses? Else leads at most')
            confirm += [f"{one.path.name}: {name} is {heading!r}" for name, heading in one.columns.items()]
        tables.append("\n".join(_table(f"sources.{_named(one, taken)}", one, folder, *more)))
    return "\n\n".join(tables)


def _named(export: Export, taken: set[str]) -> str:
    """A name for a source: its file's, in letters that TOML takes bare."""
    base = re.sub(r"[^a-z0-9]+", "_", export.path.name.split(".")[0].lower()).strip("_") or "source"
    base = f"{base}_accounts" if base in ("directory", "agencies", "official_accounts") else base
    name, number = base, 1
    while name in taken:
        number += 1
        name = f"{base}_{number}"
    taken.add(name)
    return name


def _said(one: Export, accounts: Collection[Export], chosen: Collection[Export | None]) -> str:
    mapped = f"; {len(one.columns)} headings mapped" if one.columns else ""
    asked = f", {len(one.proposal.asked)} to ask" if one.proposal.asked else ""
    read = not one.connector or one in accounts or any(each is not None and one.path == each.path for each in chosen)
    aside = "" if read else "; NOT READ: another file of this kind is, and one is read"
    return f"{one.names}: {one.said}{mapped}{asked}{aside}{f'. {one.why}' if one.why else ''}"
