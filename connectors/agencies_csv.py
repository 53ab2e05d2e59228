"""The organization's agencies and the names they go by as an export, one agency a row."""

from __future__ import annotations

from collections.abc import Iterator

from connectors import files
from connectors.contract import OWN_TABLE, Access, BadRow, Connector, Item, Raw, Source
from connectors.files.cells import identifier
from connectors.files.fields import QUOTED, several
from connectors.files.handles import named_in
from connectors.files.row_filter import filter_fault
from connectors.platforms import from_url, platform_id
from connectors.records import Agency

FIELDS = ("agency_code", "name", "acronyms", "parent_code", "aliases", "domains", "handles")
REQUIRED = ("agency_code", "name")
MANY = ("acronyms", "aliases", "domains", "handles")


def fetch(source: Source) -> Iterator[Item]:
    """Every row of the list. Raises SourceDown for settings or files that cannot be used."""
    yield from files.rows(source, FIELDS, REQUIRED, many=MANY, entire=True)


def parse(raw: Raw) -> Agency:
    """One agency. Raises BadRow without code or name, and for a handle whose platform is unknown."""
    text = raw.values
    code, name = identifier(text.get("agency_code", "")), " ".join(text.get("name", "").split())
    if not code or not name:
        raise BadRow("the row needs both agency_code and name; complete it, or remove the row")
    return Agency(
        agency_code=code,
        name=name,
        acronyms=several(text.get("acronyms", "")),
        parent_code=text.get("parent_code", "").strip(),
        aliases=several(text.get("aliases", "")),
        domains=tuple(part.removeprefix("@").rstrip(".").lower() for part in several(text.get("domains", ""))),
        handles=tuple(dict.fromkeys(_handle(part) for part in several(text.get("handles", "")))),
    )


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
    reads=FIELDS,
    needs=("path",),
    options=files.OPTIONS,
    fault=filter_fault,
)
