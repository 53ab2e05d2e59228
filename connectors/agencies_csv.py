"""The organization's agencies and the names they go by as an export, one agency a row."""

from __future__ import annotations

import re
from collections.abc import Iterator

from connectors import files
from connectors.contract import OWN_TABLE, Access, BadRow, Connector, Item, Raw, Remark, Source
from connectors.files.cells import identifier
from connectors.files.fields import QUOTED, several
from connectors.files.handles import named_in
from connectors.files.row_filter import filter_fault
from connectors.placeholders import is_placeholder, says_nothing
from connectors.platforms import from_url, platform_id
from connectors.records import Agency

FIELDS = ("agency_code", "name", "acronyms", "parent_code", "aliases", "domains", "handles")
REQUIRED = ("agency_code", "name")
MANY = ("acronyms", "aliases", "domains", "handles")
BETWEEN_SHORTS = re.compile(r"[,|;]|(?<=\w\w)(?:(?<! ) +)?/ *(?=\w\w)")
"""What stands between acronyms. Of names a comma is a part, and so is a slash of one letter's ("A/B")."""
BETWEEN_HANDLES = re.compile(r"[,|;]\s+|;")
DOMAIN = re.compile(r"(?i)(?:https?://|@)?(?:\*\.|www\.)?((?:[\w-]+\.)+[^\W\d_]{2,})[./]*")
"""A domain as lists have it: alone, behind "@", or as the address of its site. One with a path is a page's."""
TURNED = re.compile(r"(?i)([^()]+?)(?:, *| *\( *)([^(),]*\b(?:of|for|on)(?: the)?) *\)?")
"""A name sorted by its main word: "Labor, Department of", "Labor (Department of)"."""
SHORT_BEHIND = re.compile(r"(.+?)(?: *\( *| +[-–—] +)([^\W\d_]{3,10}) *\)?")
SHORT_BEFORE = re.compile(r"([^\W\d_]{3,10}) +[-–—] +(.+)")
"""A name with its acronym: "Department of Human Affairs (DHA)", "DHA - Department of Human Affairs"."""
WITH_ANOTHER = re.compile(r"(?i)(.+?) *[(,] *(?:formerly|previously|f/?k/?a|a/?k/?a)\b.*")
"""A name with a former or another one behind it, which is left aside: aliases say which of them still count."""
LONGEST_NAME = 300
"""Letters of the longest name that is looked at for this."""


def fetch(source: Source) -> Iterator[Item]:
    """Every row of the list, and a remark on each that has domains which are none. Raises SourceDown for settings or
    files that cannot be used."""
    for item in files.rows(source, FIELDS, REQUIRED, many=MANY, entire=True):
        yield item
        if isinstance(item, Raw) and (unread := _domains(item.values.get("domains", ""))[1]):
            yield Remark(
                item.where,
                f"domains {', '.join(unread)[:QUOTED]!r} is no domain, and was left out. Write what stands behind the @"
                " of the agency's addresses, or its site without a path (dot.example.gov).",
            )


def parse(raw: Raw) -> Agency:
    """One agency. Raises BadRow without code or name, and for a handle whose platform is unknown."""
    text = raw.values
    code, name = identifier(text.get("agency_code", "")), " ".join(text.get("name", "").split())
    if not code or not name:
        raise BadRow("the row needs both agency_code and name; complete it, or remove the row")
    aliases = _listed(text.get("aliases", ""))
    names, shorts = _names_within((name, *aliases), code)
    return Agency(
        agency_code=code,
        name=name,
        acronyms=tuple(dict.fromkeys((*_listed(text.get("acronyms", ""), BETWEEN_SHORTS), *shorts))),
        parent_code=text.get("parent_code", "").strip(),
        aliases=(*aliases, *names),
        domains=_domains(text.get("domains", ""))[0],
        handles=tuple(dict.fromkeys(_handle(part) for part in _listed(text.get("handles", ""), BETWEEN_HANDLES))),
    )


def _listed(text: str, between: re.Pattern[str] | None = None) -> tuple[str, ...]:
    """The values of a cell, without what only says that there are none; parted by `between` as by semicolons."""
    if says_nothing(text):
        return ()
    return tuple(part for part in several(between.sub(";", text) if between else text) if not says_nothing(part))


def _names_within(written: tuple[str, ...], code: str) -> tuple[list[str], list[str]]:
    """Further names and acronyms that names say as lists write them: behind the agency's code, sorted by the main word,
    with the acronym beside it."""
    names, shorts = list[str](), list[str]()
    for name in (one for one in written if len(one) <= LONGEST_NAME):
        found = _without_code(name, code).rstrip(" *†‡")
        found = both[1] if (both := WITH_ANOTHER.fullmatch(found)) else found
        found = _turned(found)
        for pattern, short, rest in ((SHORT_BEHIND, 2, 1), (SHORT_BEFORE, 1, 2)):
            both = pattern.fullmatch(found)
            if both and _is_short_for(both[short], alone := _turned(both[rest])):
                shorts.append(both[short])
                found = alone
                break
        if found not in ("", *written, *names):
            names.append(found)
    return names, shorts


def _without_code(name: str, code: str) -> str:
    """A name without the agency's code before it; letters that merely begin alike stay."""
    rest = name.removeprefix(code)
    return name if rest[:1].isalnum() else rest.lstrip(" :.–—-")


def _turned(name: str) -> str:
    """A name that is sorted by its main word as one says it; any other as it is."""
    found = TURNED.fullmatch(name)
    return f"{found[2].strip()} {found[1]}" if found else name


def _is_short_for(short: str, name: str) -> bool:
    """Whether a word is a name's acronym: its capitals are first letters of the name's words, in their order; one for
    the State may stand before them ("MDOT")."""
    capitals = [letter.casefold() for letter in short if letter.isupper()]
    firsts = [word[0].casefold() for word in re.findall(r"[^\W\d_]+", name)]

    def in_order(letters: list[str]) -> bool:
        rest = iter(firsts)
        return len(letters) > 2 and all(letter in rest for letter in letters)

    return in_order(capitals) or in_order(capitals[1:])


def _domains(text: str) -> tuple[tuple[str, ...], list[str]]:
    """The domains of a cell, and what stands there and is none."""
    found, unread = list[str](), list[str]()
    for part in filter(None, re.split(r"[;,|\s]+", text)):
        domain = DOMAIN.fullmatch(part)
        if domain and platform_id(f"https://{domain[1]}") is None:  # else the platform would be the State's
            found.append(domain[1].lower())
        elif not is_placeholder(part):
            unread.append(part)
    return tuple(dict.fromkeys(found)), unread


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
