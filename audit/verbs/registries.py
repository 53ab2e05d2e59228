"""Which registry of official accounts an export is, by its headings and by what stands under them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from audit.night.headings import Proposal, propose
from audit.verbs.one_export import Export
from connectors.contract import Source, folded
from connectors.files import registry_cells, registry_layout
from connectors.files.gathered import ANY
from connectors.files.registry_remarks import cells_under
from connectors.platforms import profile
from connectors.records import OfficialAccount, Person

REMOVED = re.compile(r"(?:(?:date|day|when) )?(?:deleted|removed|retired|closed|archived)(?: (?:on|at|date))?")
"""The heading of a column that only a list of removals has."""
IDENTITIES = {"handle", "account_id", "url"}
NAMES = {"given_name", "family_name", "full_name"}


def as_registry(export: Export, source: Source, *, known: bool) -> Export:
    """The export as a registry of official accounts, with what its table of audit.toml needs, where it is one: with a
    column for each platform, with addresses of profiles, or without headings; else as it is. `known`: as another kind.

    Raises SourceDown.
    """
    own = propose(export.headings, OfficialAccount, registry_layout.FIELDS)
    people = propose(export.headings, Person, ())
    if _is_of_people(people) and export.connector != "official_csv":
        return export
    if any(profile(heading) for heading in export.headings):
        return export if known else _headless(export, source)
    cells = cells_under(source, export.headings)
    wide = registry_cells.wide_columns(cells) if "platform" not in own.columns else {}
    url = own.columns.get("url", "")
    alone = not wide and "platform" not in own.columns and bool(url) and registry_cells.shows_profiles(cells[url])
    whose = {"agency_code", "supervisor_employee_id", "supervisor_email"}
    placed = whose & own.columns.keys() or any(whose & set(fields) for fields in own.asked.values())
    if export.connector != "official_csv" and "work_email" in people.columns and not _has_agencies(own, cells):
        return export
    if export.connector != "official_csv" and (known or not (wide or (alone and placed))):
        return export
    gone = any(REMOVED.fullmatch(folded(heading).replace("_", " ")) for heading in export.headings)
    options: dict[str, object] = {"platform_columns": wide} if wide else {}
    return replace(
        export, connector="official_csv", why="", proposal=_by_cells(own, cells, wide), options=options, gone=gone
    )


def _is_of_people(people: Proposal) -> bool:
    """Whether rows are persons: by an employee id, or an address beside a name."""
    named = people.columns.keys() | {name for fields in people.asked.values() for name in fields}
    return "employee_id" in people.columns or ("work_email" in people.columns and not NAMES.isdisjoint(named))


def _has_agencies(own: Proposal, cells: Mapping[str, list[str]]) -> bool:
    """Whether the rows are agencies, each once: then an address in them is the agency's. People share their agency."""
    headings = [heading for heading, fields in own.asked.items() if "agency_code" in fields]
    heading = own.columns.get("agency_code", next(iter(headings), ""))
    named = [cell.strip().casefold() for cell in cells.get(heading, []) if cell.strip()]
    return bool(named) and len(set(named)) == len(named)


def _by_cells(own: Proposal, cells: Mapping[str, list[str]], wide: Mapping[str, str]) -> Proposal:
    """The proposal, corrected by what stands in the columns: contacts that are addresses, states that are none,
    accounts where no column is surely theirs; in a registry with a column for each platform no other is a handle."""
    columns, asked, left = dict(own.columns), dict(own.asked), dict(own.left)
    for heading, fields in own.asked.items():
        holds = sum("@" in cell for cell in cells[heading]) * 2 > sum(bool(cell.strip()) for cell in cells[heading])
        if holds and {"supervisor_employee_id", "supervisor_email"} & set(fields) and "supervisor_email" not in columns:
            columns["supervisor_email"] = heading
            del asked[heading]
        elif "handle" in fields and not IDENTITIES & columns.keys() and registry_cells.shows_accounts(cells[heading]):
            columns["handle"] = heading
            del asked[heading]
        elif "status" in fields and "status" not in columns and registry_cells.known_states(cells[heading]):
            columns["status"] = heading
            del asked[heading]
    status = columns.get("status", "")
    if status and not registry_cells.known_states(cells[status]) and status.casefold() != "status":
        del columns["status"]
        left[status] = "no words for an account's state stand in it"
    if wide:
        for name in ("platform", "handle", "account_id", "url"):
            if (heading := columns.pop(name, "")) and heading not in wide:
                left[heading] = "the accounts stand in the columns of their platforms"
        if (heading := columns.pop("registered_email", "")) and heading.casefold() != "registered_email":
            asked[heading] = ("supervisor_email", "registered_email")  # the agency's: whose it is, nobody said
        asked = {
            heading: fields
            for heading, fields in asked.items()
            if heading not in wide and not {"handle", "account_id"} & set(fields)
        }
    others = {heading: name for heading, name in own.others.items() if heading not in wide}
    left = {heading: why for heading, why in left.items() if heading not in wide}
    unknown = tuple(heading for heading in own.unknown if heading not in wide)
    return Proposal(columns, asked, others, left, unknown)


def _headless(export: Export, source: Source) -> Export:
    """A registry without headings: the column with addresses of profiles is the url, the others get numbers."""
    names = [f"column {number}" for number in range(1, len(export.headings) + 1)]
    again = replace(source, options={**source.options, "headings": names})
    cells = cells_under(again, names)
    url = next((name for name in names if registry_cells.shows_profiles(cells[name])), "")
    if not url:
        return export
    headings = ["url" if name == url else name for name in names]
    return replace(export, connector="official_csv", why="", proposal=Proposal(), options={"headings": headings})


def with_removals(found: Sequence[Export]) -> tuple[list[Export], Export | None]:
    """The exports, and the list of removals that one of them is of a registry among them; it is then taken out."""
    registries = [one for one in found if one.connector == "official_csv"]
    live = next((one for one in registries if not one.gone), None)
    gone = next((one for one in registries if one.gone), None)
    if live is None or gone is None or live.columns != gone.columns:
        return list(found), None
    return [one for one in found if one is not gone], gone


def _in_words(kind: str) -> str:
    return "any platform that a cell names" if kind == str(ANY) else kind.replace(" id", ", by their ids")


def to_confirm(official: Export) -> Iterator[str]:
    """What has to be confirmed of a registry."""
    for heading, kind in dict(official.options.get("platform_columns", {})).items():  # type: ignore[call-overload]
        yield f"official_accounts: the accounts under {heading!r} are on {_in_words(kind)}"
    if "headings" in official.options:
        yield (
            f"official_accounts: {official.names} has no headings; say in headings which column is agency_code,"
            " supervisor_email, status …"
        )
    for name, heading in official.columns.items():
        yield f"official_accounts: {name} is {heading!r}"
