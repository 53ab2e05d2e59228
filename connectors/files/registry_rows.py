"""Registries of official accounts as they are published: rows to one account each, whatever their layout.

A registry has one account a row, or a column for each platform; its cells name several accounts, agencies and contacts,
and addresses where handles are expected. What a row becomes is decided by what stands in it, and told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from connectors import files
from connectors.contract import (
    ExportTable,
    Item,
    Raw,
    Remark,
    Source,
    SourceDown,
    unseen,
)
from connectors.files.dated import dated
from connectors.files.fields import QUOTED, same_handle
from connectors.files.handles import accounts_in, named_in, visible_text
from connectors.files.registry_remarks import (
    cells_under,
    closing_advice,
    closing_headings,
    lonely_rows,
    without_account,
)
from connectors.files.wide import account_columns, beside, field_names, filled_cells, named_columns, spread
from connectors.placeholders import is_placeholder
from connectors.platforms import (
    PlatformColumn,
    named_platforms,
    nearest_platform,
    platform_column,
    platform_id,
    platforms,
    profile,
)
from connectors.reference import table

FIELDS = (
    "platform",
    "handle",
    "account_id",
    "url",
    "agency_code",
    "supervisor_employee_id",
    "supervisor_email",
    "registered_email",
    "status",
    "reviewed_on",
)
IDENTITIES = ("handle", "account_id", "url")
MANY = ("agency_code", "supervisor_employee_id", "supervisor_email", "registered_email", "handle", "url")
"""Fields in which JSON may have a list, or an object."""
REQUIRED = ("platform", IDENTITIES)
STATES = ("active", "retired", "pending")


def state_word(text: str) -> str:
    """A word for an account's state, for comparison."""
    return " ".join(re.sub(r"[_-]", " ", text).casefold().split())


STATE_WORDS = {state_word(row["word"]): row["status"] for row in table("registry_words.csv")}
"""What registries' words for an account's state mean: active, retired or pending."""


@dataclass(frozen=True)
class _Part:
    """Files of the registry that are read alike: their settings, what they must have, and what was seen of them.

    `wide` are the columns of one platform each, by field; `lonely`: where rows of one cell stand; `titles`: the
    handle's column holds names of pages where a url says which account it is.
    """

    source: Source
    required: tuple[str | tuple[str, ...], ...]
    wide: Mapping[str, PlatformColumn] = field(default_factory=dict)
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    titles: bool = False
    retired: bool = False
    lonely: frozenset[str] = frozenset()
    remarks: tuple[Remark, ...] = ()


def registry_rows(source: Source) -> Iterator[Item]:
    """Every account of the registry, as a row of its own. Raises SourceDown for what cannot be used."""
    stated = _stated(source)
    retired = source.options.get("retired_path")
    parts = [_part(replace(source, options={**source.options, "path": retired}), stated)] if retired else []
    parts = [*(replace(part, retired=True) for part in parts), _part(source, stated)]

    def read(again: Source) -> Iterator[Item]:
        for part in parts:
            yield from _rows(replace(again, options=part.source.options), part)

    for part in parts:
        yield from part.remarks
    for item in dated(source, ("reviewed_on",), read):
        yield from _each(item) if isinstance(item, Raw) else (item,)


def _rows(source: Source, part: _Part) -> Iterator[Item]:
    fields = (*FIELDS, *part.wide)
    found = files.rows(
        source, fields, part.required, many=(*MANY, *part.wide), constants=_constants(source), synonyms=part.synonyms,
        entire=True,
    )  # fmt: skip
    for item in found:
        if not isinstance(item, Raw):
            yield item
            continue
        if not part.wide and item.where in part.lonely and (told := without_account(item.values)):
            yield Remark(item.where, told)
            continue
        raw = replace(item, options=source.options)
        if part.retired:
            raw = replace(raw, values={**raw.values, "status": "retired"})
        if part.titles and _is_title(raw.values):
            raw = replace(raw, values={**raw.values, "handle": ""})
        yield from spread(raw, part.wide, source.tables) if part.wide else (raw,)


def _stated(source: Source) -> dict[str, PlatformColumn]:
    """platform_columns of audit.toml: heading → what stands under it. Raises SourceDown for settings that are none."""
    given, words = source.options.get("platform_columns", {}), source.options.get("status_values", {})
    if not isinstance(words, Mapping) or any(word not in list(STATES) for word in words.values()):
        raise SourceDown(
            f"{source.name}: status_values in audit.toml has the registry's words on the left, and on the right one of"
            f' {", ".join(STATES)}, in small letters: status_values = {{ "Live" = "active" }}.'
        )
    if not isinstance(given, Mapping) or not all(isinstance(one, str) for one in given.values()):
        raise SourceDown(f'{source.name}: platform_columns must be a table: platform_columns = {{ "Twitter" = "x" }}.')
    found = {heading: platform_column(said) for heading, said in given.items()}
    unknown = [given[heading] for heading, one in found.items() if one is None]
    if _constants(source) and platform_id(str(source.options["platform"])) is None:
        unknown.append(str(source.options["platform"]))
    if unknown:
        near = nearest_platform(unknown[0])
        raise SourceDown(
            f"{source.name}: audit.toml names the platform {unknown[0]!r}, which platforms.csv does not know."
            f"{f' Did you mean {near!r}?' if near else ''}"
        )
    return {heading: one for heading, one in found.items() if one is not None}


def _constants(source: Source) -> tuple[str, ...]:
    return ("platform",) if source.options.get("platform") else ()


def _part(source: Source, stated: Mapping[str, PlatformColumn]) -> _Part:
    """How the files that `path` names have to be read. They are looked through for their headings and the kind of
    their values; nothing of it is kept. Raises SourceDown."""
    seen = replace(source, tables={}, progress=unseen, options={**source.options, "date_format": ""})
    rows = [item.values for item in files.rows(seen, FIELDS, many=MANY, entire=True) if isinstance(item, Raw)]
    titles = _holds_titles(rows)
    heads = [one.headings[one.where["handle"]] for one in seen.tables.values() if "handle" in one.where]
    remarks = [Remark(next(iter(seen.tables)), TITLES.format(heading=heads[0]))] if titles and heads else []
    ends = closing_headings(seen.tables.values(), source.options.get("left_unread", ()))
    told = closing_advice(cells_under(source, ends)) if ends else ()
    remarks += [Remark(next(iter(seen.tables)), one) for one in told]
    empty = any(without_account(values) for values in rows)
    lonely = lonely_rows(source) if empty else frozenset[str]()
    if stated:
        wide = field_names(stated)
        columns = dict(zip(wide, stated, strict=True))
        options = {**source.options, "columns": {**source.options.get("columns", {}), **columns}}
        return _Part(
            replace(source, options=options), (tuple(wide),), wide, titles=titles, lonely=lonely, remarks=tuple(remarks)
        )
    if _constants(source) or any("platform" in table.where for table in seen.tables.values()):
        return _Part(source, REQUIRED, titles=titles, lonely=lonely, remarks=tuple(remarks))
    headings = list(dict.fromkeys(heading for one in seen.tables.values() for heading in _unread(one)))
    found, doubtful = _found_columns(source, headings)
    where = next(iter(seen.tables), "")
    remarks = [*remarks, *(Remark(where, DOUBTFUL.format(heading=one)) for one in doubtful)]
    if found:
        wide = field_names(found)
        named = ", ".join(
            f'"{" ".join(heading.split())}" = "{kind}"' for heading, kind in zip(found, wide, strict=True)
        )
        synonyms = {name: (heading,) for name, heading in zip(wide, found, strict=True)}
        remarks.append(Remark(where, FOUND.format(named=named)))
        return _Part(source, (tuple(wide),), wide, synonyms, titles, lonely=lonely, remarks=tuple(remarks))
    by_itself = any(profile(visible_text(values[name])) for values in rows for name in ("url", "handle"))
    return _Part(
        source, (("url", "handle"),) if by_itself else REQUIRED, titles=titles, lonely=lonely, remarks=tuple(remarks)
    )


DOUBTFUL = (
    "the heading {heading!r} is a platform's name, but nothing that stands under it is read as an account; it was"
    ' left unread. If it holds accounts, name it in audit.toml: platform_columns = {{ "{heading}" = … }}.'
)
TITLES = (
    "under {heading!r} stand names of pages where the url shows which account it is: the url was read, and the names"
    " were taken for no handles."
)
FOUND = (
    "no column says the platform, and these headings are the names of platforms: each row was read as one account for"
    " each of their cells. To settle it, write into the registry's table of audit.toml: platform_columns ="
    " {{ {named} }}."
)
"""The note for platform columns that were found by their headings."""


def _unread(one: ExportTable) -> list[str]:
    return [heading for place, heading in enumerate(one.headings) if heading and place not in one.where.values()]


def wide_columns(cells: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The headings that are a platform's name and have its accounts under them, as platform_columns says it: "x",
    "facebook id"."""
    return {heading: str(one) for heading, one in account_columns(cells).items()}


def shows_profiles(cells: Sequence[str]) -> bool:
    """Whether most of what stands in a column are addresses of profiles."""
    filled = [cell for cell in cells if not is_placeholder(visible_text(cell))]
    found = [any(profile(one.url) for one in accounts_in(cell, "x") if one.url) for cell in filled]
    return sum(found) * 2 > len(found)


def shows_accounts(cells: Sequence[str]) -> bool:
    """Whether most of what stands in a column is written as an account: its address, or a word without a space."""
    filled = [seen for cell in cells if not is_placeholder(seen := visible_text(cell))]
    return sum(profile(cell) is not None or " " not in cell for cell in filled) * 2 > len(filled)


def known_states(cells: Sequence[str]) -> bool:
    """Whether most of what stands in a column are words for an account's state."""
    filled = [word for cell in cells if (word := state_word(cell))]
    return sum(word in STATE_WORDS for word in filled) * 2 > len(filled)


def _found_columns(source: Source, headings: Sequence[str]) -> tuple[dict[str, PlatformColumn], list[str]]:
    """The headings that are a platform's name and have its accounts under them; and those that surely are one, or stand
    beside such, and have something else."""
    named = named_columns(headings)
    cells = cells_under(source, tuple(named)) if named else {}
    found = account_columns(cells)
    doubtful = (heading for heading, one in named.items() if one.sure or (found and filled_cells(cells[heading])))
    return found, [heading for heading in doubtful if heading not in found]


def _holds_titles(rows: Sequence[Mapping[str, str]]) -> bool:
    """Whether the handle's column holds names of pages ("Department of Health") where a url shows another handle."""
    other = [values["handle"] for values in rows if _is_title(values)]
    return sum(" " in text.strip() for text in other) * 2 > len(other)


def _is_title(values: Mapping[str, str]) -> bool:
    """Whether the handle's cell is not the handle that the url shows, and is not written as one."""
    said, shown = visible_text(values["handle"]), profile(visible_text(values["url"]))
    if shown is None or is_placeholder(said) or "@" in said or "://" in said:
        return False
    named = named_in(said, shown.platform)
    same_id = bool(named.account_id) and named.account_id in (shown.account_id, shown.handle)
    return not same_id and not any(same_handle(one, shown.handle) for one in named.handles)


def _each(raw: Raw) -> Iterator[Raw]:
    """The row, once for each account that it names: for each address of its url, for each platform ("FB & IG"), and for
    each handle of a cell ("@A / @B") where nothing else says which."""
    for one in (again for row in _by_address(raw) for again in _by_platform(row)):
        text = one.values
        platform = platform_id(text.get("platform", ""))
        handles = named_in(text.get("handle", ""), platform).handles if platform else ()
        if len(handles) < 2 or not all(is_placeholder(text.get(name, "")) for name in ("account_id", "url")):
            yield one
        else:
            yield from (replace(one, values={**text, "handle": handle}) for handle in handles)


def _by_address(raw: Raw) -> Iterator[Raw]:
    """The row, once for each address in its url; a handle that none of them shows is an account of its own, an id of
    nobody knows which."""
    text = dict(raw.values)
    found = [one for one in accounts_in(text.get("url", ""), "x") if one.url]
    if len(found) == 1 and profile(found[0].url) is not None and found[0].beside:
        yield replace(raw, values={**text, "url": found[0].url, "told": f"url: {beside(found[0].beside)}"})
        return
    if len(found) < 2:
        yield raw
        return
    shown = [profile(one.url) for one in found]
    ids = "" if is_placeholder(text.get("account_id", "")) else text["account_id"]
    for one, known in zip(found, shown, strict=True):
        own = {"handle": "", "account_id": "", "ids": ids, "url": one.url}
        own |= {"platform": known.platform} if known else {}
        own |= {"told": f"url: {beside(one.beside)}"} if one.beside else {}
        yield replace(raw, values={**text, **own})
    names = [known.handle for known in shown if known]
    written = accounts_in(text.get("handle", ""), next((known.platform for known in shown if known), "x"))
    if any(not any(same_handle(one.handle, name) for name in names) for one in written if one.handle):
        yield replace(raw, values={**text, "account_id": "", "url": ""})


def _by_platform(raw: Raw) -> Iterator[Raw]:
    """The row, once for each platform in its cell. An address goes to the platform that it is of; where none is named,
    or another one beside an address alone, it says which. An id is one platform's, and nobody knows which: it goes to
    none."""
    written = raw.values.get("platform", "").strip() or str(raw.options.get("platform", ""))
    text = {**raw.values, "platform": written}
    named = named_platforms(written)
    shown = {name: found.platform for name in ("url", "handle") if (found := profile(visible_text(text.get(name, ""))))}
    if len(named) < 2:
        said = next(iter(shown.values()), "")
        alone = "handle" in shown or is_placeholder(visible_text(text.get("handle", "")))
        if (said and not named) or (said and said not in named and alone):
            text |= {"platform": said}
            if not is_placeholder(written):
                other = f"and not on {platforms()[named[0]].name}" if named else "and the word is unknown"
                told = (
                    f"the row says {written[:QUOTED]!r}; its address is on {platforms()[said].name}, {other}, so that"
                )
                told = f"{told} was taken. Correct the row."
                text["told"] = f"{text.get('told', '')} {told}".strip()
        yield replace(raw, values=text)
        return
    handle = text.get("handle", "") if not is_placeholder(text.get("handle", "")) else ""
    for platform in named:
        own = {name: "" for name, of in shown.items() if of != platform}
        own = {**own, "account_id": "", "platform": platform, "ids": text.get("account_id", "")}
        yield replace(raw, values={**text, "handle": handle, **own})
