"""What the cells of a registry's columns show: states, accounts, addresses of profiles, names of pages. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from connectors.files.fields import same_handle
from connectors.files.gathered import ANY, gathered, is_gathering
from connectors.files.handles import accounts_in, named_in, visible_text
from connectors.files.wide import account_columns
from connectors.placeholders import is_placeholder
from connectors.platforms import PlatformColumn, profile
from connectors.reference import table

STATES = ("active", "retired", "pending")


def state_word(text: str) -> str:
    """A word for an account's state, for comparison."""
    return " ".join(re.sub(r"[_-]", " ", text).casefold().split())


STATE_WORDS = {state_word(row["word"]): row["status"] for row in table("registry_words.csv")}
"""What registries' words for an account's state mean: active, retired or pending."""


def wide_columns(cells: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The headings under which accounts stand, as platform_columns says it: "x", "facebook id", "any"."""
    return {heading: str(one) for heading, one in columns_found(cells).items()}


def columns_found(cells: Mapping[str, Sequence[str]]) -> dict[str, PlatformColumn]:
    """The headings that are a platform's name and have its accounts under them; and those that say no more than that
    accounts stand there ("Social media"), where one does."""
    found = account_columns(cells)
    several = {heading for heading in cells if heading not in found and is_gathering(heading)}
    found |= {heading: ANY for heading in several if any(gathered(cell).texts for cell in cells[heading])}
    return {heading: found[heading] for heading in cells if heading in found}


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


def holds_page_names(rows: Sequence[Mapping[str, str]]) -> bool:
    """Whether the handle's column holds names of pages ("Department of Health") where a url shows another handle."""
    other = [values["handle"] for values in rows if names_a_page(values)]
    return sum(" " in text.strip() for text in other) * 2 > len(other)


def names_a_page(values: Mapping[str, str]) -> bool:
    """Whether the handle's cell is not the handle that the url shows, and is not written as one."""
    said, shown = visible_text(values["handle"]), profile(visible_text(values["url"]))
    if shown is None or is_placeholder(said) or "@" in said or "://" in said:
        return False
    named = named_in(said, shown.platform)
    same_id = bool(named.account_id) and named.account_id in (shown.account_id, shown.handle)
    return not same_id and not any(same_handle(one, shown.handle) for one in named.handles)
