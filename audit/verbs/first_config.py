"""The first configuration of a state, from the exports that its clerk has: proposals, each where somebody sees it."""

from __future__ import annotations

import csv
import io
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

from audit.model.settings import ConfigError, SourceSettings
from audit.night.pull import open_source
from audit.night.run import now
from audit.night.toml import toml
from audit.people.addresses import fold_domain
from audit.verbs.exports import Export, recognize
from audit.verbs.new_files import write_new_files
from connectors import accounts_csv, agencies_csv, hr_csv, official_csv, reference
from connectors.catalog import CONNECTORS
from connectors.contract import SourceDown
from connectors.records import Person, Status

MANY_AGENCIES = 200
"""Names from which on a column probably holds units, not agencies."""
CODE_LENGTH = 24
EMPTY_WORDS = frozenset(
    ("a", "and", "of", "the", "for", "on", "department", "dept", "division", "bureau", "office", "state", "agency")
)
"""Words that tell no two agencies apart."""
TEMPLATES = {
    "hr_csv": (
        "hr-template.csv",
        hr_csv.FIELDS,
        {
            "employee_id": "000123",
            "given_name": "Jane",
            "family_name": "Doe",
            "work_email": "jane.doe@{domain}",
            "agency_code": "EXAMPLE",
            "status": "active",
            "start_date": "2020-01-31",
        },
    ),
    "agencies_csv": (
        "agencies-template.csv",
        agencies_csv.FIELDS,
        {"agency_code": "EXAMPLE", "name": "Department of Examples", "acronyms": "DOX", "handles": "x:ExampleHandle"},
    ),
    "official_csv": (
        "official-accounts-template.csv",
        official_csv.FIELDS,
        {
            "platform": "x",
            "handle": "ExampleHandle",
            "agency_code": "EXAMPLE",
            "supervisor_employee_id": "000123",
            "registered_email": "web.examples@{domain}",
            "status": "active",
            "reviewed_on": "2026-01-31",
        },
    ),
    "accounts_csv": (
        "accounts-template.csv",
        ("platform", *accounts_csv.SEARCHED, *accounts_csv.DAYS, "registration"),
        {
            "platform": "instagram",
            "handle": "example.handle",
            "registered_email": "jane.doe@{domain}",
            "registration": "verified",
            "observed_at": "2026-01-31",
        },
    ),
}
"""For what is missing: the file, its headings, and one invented row. Nothing reads them under these names."""


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


def first_config(folder: Path, postal: str, exports: Sequence[Path]) -> FirstConfig:
    """A configuration in `folder` for the state of that postal code, which reads the exports. Writes nothing.

    Raises ConfigError for a state that is none, and for an export that is not there.
    """
    state = _state(postal)
    for path in exports:
        if not path.is_file():
            raise ConfigError(f"{path}: there is no such file. Name each export after --from.")
    found = [recognize(path) for path in exports]
    people = sorted((one for one in found if one.connector == "hr_csv"), key=lambda one: -one.worth)
    directory = people[0] if people else None
    confirm: list[str] = []
    seen = _seen(directory, folder) if directory else SeenPeople()
    words = {word: status for word in seen.words if (status := _status(word))}
    mine, others = _domains(seen.domains, state["postal"], state["name"], confirm)
    agencies = _first(found, "agencies_csv")
    official = _first(found, "official_csv")
    accounts = [one for one in found if one.connector not in ("hr_csv", "agencies_csv", "official_csv", "")]
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
    written = {TEMPLATES[kind][0]: _template(kind, mine[0]) for kind in missing}
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
        "directory": _directory_table(directory, people[1:], words, seen.words, folder, confirm),
        "sources": _source_tables(accounts, folder, confirm),
    }
    written["audit.toml"] = Template(reference.text("starter/state/audit.toml")).substitute(settings)
    written["policy.toml"] = Template(reference.text("starter/state/policy.toml")).substitute(
        name=name, postal=state["postal"]
    )
    confirm.append("policy.toml: put your own policy's words where it says ADAPT")
    for one in found:
        if one.proposal.asked and one.connector:
            confirm += [f"{one.path.name}: {_question(*each)}" for each in one.proposal.asked.items()]
    return FirstConfig(
        written, tuple(_said(one, accounts, (directory, agencies, official)) for one in found), tuple(confirm)
    )


def write_first_config(folder: Path, config: FirstConfig) -> list[Path]:
    """Write the files into `folder`. Raises FileExistsError before overwriting any."""
    return write_new_files({folder / name: text.encode() for name, text in sorted(config.files.items())}, "init")


def _state(postal: str) -> dict[str, str]:
    for row in reference.table("states.csv"):
        if postal.strip().upper() == row["postal"]:
            return row
    raise ConfigError(f'--state {postal}: is no state\'s postal code of two letters; for New Hampshire it is "NH".')


def _first(found: Iterable[Export], connector: str) -> Export | None:
    return next((one for one in found if one.connector == connector), None)


def _seen(directory: Export, folder: Path) -> SeenPeople:
    """What the people say, read as the night reads them; of a file that cannot be read, nothing: doctor says why."""
    seen, connector = SeenPeople(), CONNECTORS["hr_csv"]
    options = {"path": str(directory.path.resolve()), "columns": directory.columns}
    reading = open_source(SourceSettings("directory", connector, options, connector.expect), folder, now(), None)
    try:
        for person in reading.records():
            if isinstance(person, Person):
                addresses = (person.work_email, *person.other_emails)
                seen.domains.update({fold_domain(one.rpartition("@")[2]) for one in addresses if "@" in one})
                if person.agency_code or person.agency:
                    seen.agencies[person.agency_code, person.agency] += 1
                if person.status is Status.UNKNOWN and person.status_word:
                    seen.words[person.status_word] += 1
    except SourceDown:
        return SeenPeople()
    return seen


def _status(word: str) -> str:
    """What a status word means in every system that is known; empty where it does not mean one thing."""
    known = {row["word"]: row["status"] for row in reference.table("status_words.csv")}
    return known.get(" ".join(word.casefold().replace("-", " ").split()), "")


def _domains(seen: Counter[str], postal: str, state: str, confirm: list[str]) -> tuple[list[str], list[str]]:
    """The mail domains and the other state domains that the addresses of HR show.

    The commonest one of the State's is the mail system; a part of it ("dot.nh.gov") needs no mention. Another name is
    taken for somebody else's system, which never ties anybody wrongly, until somebody says that it is the same.
    """
    own = [domain for domain, _ in seen.most_common() if _of_state(domain, postal.lower(), state)]
    if not own:
        first, count = next(iter(seen.most_common(1)), ("", 0))
        common = first.endswith((".gov", ".us")) and count > seen.total() / 2
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
    if others:
        confirm.append(f"other_domains: {', '.join(others)}: a second name of your own mail belongs into mail_domains")
    return [first], others


def _of_state(domain: str, postal: str, state: str) -> bool:
    """Whether a domain is surely the State's: nh.gov, newhampshire.gov, state.nh.us, or below one of them."""
    written = re.sub(r"[^a-z]", "", state.lower())
    return re.search(rf"(?:^|\.)(?:(?:{postal}|{written})\.gov|state\.{postal}\.us)$", domain) is not None


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
    return _csv(agencies_csv.FIELDS, rows)


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


def _template(kind: str, domain: str) -> str:
    _, headings, row = TEMPLATES[kind]
    return _csv(headings, [{name: text.replace("{domain}", domain) for name, text in row.items()}])


def _csv(headings: Sequence[str], rows: Iterable[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, headings, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _place(path: Path, folder: Path) -> str:
    """A path as audit.toml in `folder` names it: from there where it lies in it or beside it, else whole."""
    whole, start = path.resolve(), folder.resolve()
    if whole.is_relative_to(start.parent):
        return Path(os.path.relpath(whole, start)).as_posix()
    return whole.as_posix()


def _inline(export: Export, folder: Path) -> str:
    table: dict[str, object] = {"connector": export.connector, "path": _place(export.path, folder)}
    return toml(table | ({"columns": export.columns} if export.columns else {}))


def _table(heading: str, export: Export, folder: Path, *more: str) -> list[str]:
    lines = [f"[{heading}]", f"connector = {toml(export.connector)}", f"path = {toml(_place(export.path, folder))}"]
    lines += [f"columns = {toml(export.columns)}   # CONFIRM"] if export.columns else []
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
    seen: Counter[str],
    folder: Path,
    confirm: list[str],
) -> str:
    if directory is None:
        confirm.append("[directory]: no export of people was among the files; hr-template.csv has its headings")
        return '[directory]\nconnector = "hr_csv"\npath = "hr.csv"   # hr-template.csv has its headings and an example'
    more = [f"status_values = {toml(words)}   # CONFIRM"] if words else []
    confirm += [f"[directory] status: {word!r} was taken for {status}" for word, status in words.items()]
    unknown = [word for word, _ in seen.most_common() if word not in words]
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
        lines += ["#", f"# {one.path.name} has people, too. One directory is read; to read this one instead:"]
        lines += [f"# {line.removeprefix('# ')}" for line in _table("directory", one, folder)]
    return "\n".join(lines)


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
    read = not one.connector or one in accounts or any(one is each for each in chosen)
    aside = "" if read else "; NOT READ: another file of this kind is, and one is read"
    return f"{one.path.name}: {one.said}{mapped}{asked}{aside}{f'. {one.why}' if one.why else ''}"
