"""The organization's agencies and the names they go by as an export, one agency a row."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from connectors import files
from connectors.agency_spelling import former_name, names_in, names_within
from connectors.contract import OWN_TABLE, Access, BadRow, Connector, Expect, ExportTable, Item, Raw, Remark, Source
from connectors.everybodys import whose_domain
from connectors.files.cells import identifier
from connectors.files.fields import QUOTED, several
from connectors.files.handles import named_in
from connectors.files.registry_remarks import cells_under
from connectors.files.row_filter import filter_fault
from connectors.placeholders import is_placeholder, says_nothing
from connectors.platforms import from_url, platform_column, platform_id
from connectors.records import Agency

FIELDS = ("agency_code", "name", "acronyms", "parent_code", "aliases", "domains", "handles")
REQUIRED = ("agency_code", "name")
MANY = ("acronyms", "aliases", "domains", "handles")
BETWEEN_SHORTS = re.compile(r"[,|;]|(?<=\w\w)(?:(?<! ) +)?/ *(?=\w\w)")
"""What stands between acronyms. Of names a comma may be a part, and so is a slash of one letter's ("A/B")."""
BETWEEN_ALIASES = re.compile(r"[;|\n]")
BETWEEN_HANDLES = re.compile(r"[,|;]\s+|;")
MEANT = {
    "acronyms": re.compile(r"\bacronym|\babbr|\binitials\b"),
    "aliases": re.compile(
        r"\balias|\b(?:short|other|common|alternat\w+|legal|former|full|long) names?\b|\ba ?k ?a\b|\bknown as\b"
    ),
    "domains": re.compile(r"\bdomains?\b"),
    "handles": re.compile(r"\bhandles?\b|\bsocial media\b"),
}
"""Words of headings under which it may stand what agencies go by."""
DOMAIN = re.compile(r"(?i)(?:https?://|@)?(?:\*\.|www\.)?((?:[\w-]+\.)+[^\W\d_]{2,})[./]*")
"""A domain as lists have it: alone, behind "@", or as the address of its site. One with a path is a page's."""


def fetch(source: Source) -> Iterator[Item]:
    """Every row of the list, with remarks on what of it was left aside or may be meant otherwise. Raises SourceDown for
    settings or files that cannot be used."""
    for item in files.rows(source, FIELDS, REQUIRED, many=MANY, entire=True):
        yield item
        if isinstance(item, Raw):
            yield from (Remark(item.where, text) for text in (*_unread_domains(item), *_doubtful_names(item)))
    for place, table in tuple(source.tables.items()):
        yield from (Remark(place, text) for text in _unread_names(source, table))


def _unread_names(source: Source, table: ExportTable) -> Iterator[str]:
    """What to say about columns that nothing reads, and that may hold what agencies go by."""
    unread = table.left_over(source.options.get("left_unread", ())).values()
    fields = {heading: field for heading in unread if (field := _field_meant(heading))}
    for heading, cells in (cells_under(source, tuple(fields)) if fields else {}).items():
        filled, quoted = sum(not says_nothing(cell) for cell in cells), json.dumps(heading, ensure_ascii=False)
        if filled and platform_column(heading):
            yield (
                f"the column {heading!r} may hold accounts of the agencies ({filled:,} cells), and nothing reads it, so"
                " they may be held against whoever keeps them. Put them into the registry of official accounts; if it"
                f" holds something else, or they stand there already, left_unread = [{quoted}]."
            )
        elif filled:
            yield (
                f"the column {heading!r} may hold {fields[heading]} ({filled:,} cells), and nothing reads it, so"
                " profiles are not looked at for them. Move them into the column of that name, or name it in"
                f" audit.toml: columns = {{ {fields[heading]} = {quoted} }}; if it holds something else, left_unread ="
                f" [{quoted}]."
            )


def _field_meant(heading: str) -> str:
    """Which field an unread heading of the list may stand for; empty for any other."""
    words = " ".join(re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading).casefold()))
    if found := platform_column(heading):
        return "handles" if found.sure else ""
    return next((field for field, says in MEANT.items() if says.search(words)), "")


def _unread_domains(raw: Raw) -> Iterator[str]:
    """What to say about domains of a row that were left out."""
    _, unread, others = _domains(raw.values.get("domains", ""))
    if unread:
        yield (
            f"domains {', '.join(unread)[:QUOTED]!r} is no domain, and was left out. Write what stands behind the @"
            " of the agency's addresses, or its site without a path (dot.example.gov)."
        )
    for domain, whose in others.items():
        yield f"domains {domain[:QUOTED]!r} is {whose}, and was left out. Write the agency's own domains alone."


def _doubtful_names(raw: Raw) -> Iterator[str]:
    """What to say about names of a row that are left aside, or may be several."""
    name, aliases = " ".join(raw.values.get("name", "").split()), raw.values.get("aliases", "")
    listed = _names(aliases)
    if (former := former_name(name)) and not any(one.casefold() in former.casefold() for one in listed):
        yield (
            f"name {name[:QUOTED]!r}: {former[:QUOTED]!r} was left aside, and profiles under that name are not looked"
            " for. If people still use it, put it into aliases; if not, take it off the name."
        )
    alone = next(iter(names_within((name,), identifier(raw.values.get("agency_code", "")))[0]), name)
    if names_in(alone)[1] and not listed:
        yield (
            f"name {name[:QUOTED]!r} may be several names, or a name with a part of it, and is looked for only as it"
            " stands. Put what people call the agency into aliases."
        )
    if _is_one_value(aliases) and names_in(aliases.strip())[1]:
        yield (
            f"aliases {aliases.strip()[:QUOTED]!r} may be several names, and was taken for one. Write a semicolon"
            " between names, or at the end where it is one."
        )


def parse(raw: Raw) -> Agency:
    """One agency. Raises BadRow without code or name, and for a handle whose platform is unknown."""
    text = raw.values
    code, name = identifier(text.get("agency_code", "")), " ".join(text.get("name", "").split())
    if not code or not name:
        raise BadRow("the row needs both agency_code and name; complete it, or remove the row")
    aliases = (*_names(text.get("aliases", "")), *(one for one in names_in(name)[0] if one != name))
    names, shorts = names_within((name, *aliases), code)
    return Agency(
        agency_code=code,
        name=name,
        acronyms=tuple(dict.fromkeys((*_listed(text.get("acronyms", ""), BETWEEN_SHORTS), *shorts))),
        parent_code=text.get("parent_code", "").strip(),
        aliases=(*aliases, *names),
        domains=_domains(text.get("domains", ""))[0],
        handles=tuple(dict.fromkeys(_handle(part) for part in _listed(text.get("handles", ""), BETWEEN_HANDLES))),
    )


def _names(aliases: str) -> tuple[str, ...]:
    """The names of a cell: parted by semicolons, lines or bars; where it has none, by commas that surely part names."""
    found = _listed(aliases, BETWEEN_ALIASES)
    return names_in(found[0])[0] if _is_one_value(aliases) and found else found


def _is_one_value(cell: str) -> bool:
    """Whether nothing in a cell of names parts them for sure."""
    return not BETWEEN_ALIASES.search(cell)


def _listed(text: str, between: re.Pattern[str] | None = None) -> tuple[str, ...]:
    """The values of a cell, without what only says that there are none; parted by `between` as by semicolons."""
    if says_nothing(text):
        return ()
    return tuple(part for part in several(between.sub(";", text) if between else text) if not says_nothing(part))


def _domains(text: str) -> tuple[tuple[str, ...], list[str], dict[str, str]]:
    """The domains of a cell; what stands there and is none; and those that are somebody else's, with whose they are."""
    found, unread, others = list[str](), list[str](), dict[str, str]()
    for part in filter(None, re.split(r"[;,|\s]+", text)):
        domain = DOMAIN.fullmatch(part)
        if domain and (whose := whose_domain(domain[1])):  # else everybody there would be the State's
            others[domain[1].lower()] = whose
        elif domain:
            found.append(domain[1].lower())
        elif not is_placeholder(part):
            unread.append(part)
    return tuple(dict.fromkeys(found)), unread, others


def _handle(text: str) -> tuple[str, str]:
    """A (platform, handle) pair from "platform:handle" or from a profile's URL."""
    if "://" in text and (found := from_url(text)) is not None:
        return found
    named, _, handle = text.partition(":")
    platform, handle = platform_id(named), handle.strip().removeprefix("@").strip()
    if platform is not None and len(found_in := named_in(handle, platform).handles) == 1:
        (handle,) = found_in
    if platform is None or not handle or "://" in text:
        raise BadRow(
            f"the handle {text[:QUOTED]!r} is neither platform:handle with a known platform (x:MaineDOT) nor a "
            "profile's address; correct it"
        )
    return platform, handle


CONNECTOR = Connector(
    name="agencies_csv",
    record=Agency,
    access=Access.OWN_SYSTEM,
    summary="agencies with their acronyms, other names, domains and handles: CSV, XLSX, JSON Lines or Parquet",
    fetch=fetch,
    parse=parse,
    interface=OWN_TABLE,
    expect=Expect(unchanged_days=0),
    reads=FIELDS,
    needs=("path",),
    options=files.OPTIONS,
    fault=filter_fault,
)
