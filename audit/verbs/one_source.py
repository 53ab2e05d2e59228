"""`sources NAME`: one source with a table for audit.toml, all of it TOML: what explains it stands in comments. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from textwrap import wrap
from typing import Any

from audit.extensions import origin
from audit.verbs.interfaces import interface_in_words, price_in_words
from connectors.contract import PURPOSES, Access, Connector, Purpose, may_be_for_work
from connectors.records import Account, Agency, Exemption, OfficialAccount, Person

WIDTH = 110
AGENCIES, REGISTRY = "organization.agencies", "organization.official_accounts"
_PLACES = {Person: "directory", Agency: AGENCIES, OfficialAccount: REGISTRY, Exemption: "exceptions"}
_INSTEAD = {
    Person: "In the place of the table [directory] that is there.",
    Agency: "In the place of the line agencies = … under [organization].",
    OfficialAccount: "In the place of the line official_accounts = … under [organization].",
    Exemption: "The register of exceptions has one table, which need not name its connector.",
    Account: "A source may have any name: [sources.NAME]. Several may read in the same way.",
}
_SECRET, _SHOWN, _ADDRESS = "{ env =", re.compile(r'for example (".*?")'), re.compile(r"(?:https|ldaps)://[^\s;,)]+")
_USUAL = re.compile(r"\((\d+|true|false)\)")
_FILL_IN = '"…"'
_APPROVAL = """
# Who has approved it, when, on what paper, until when: fill it in. The source is not opened before, nor after.
[{place}.approval]
by = "…"
on = 2000-01-01
reference = "…"
expires = 2000-01-01"""


def as_toml(connector: Connector[Any]) -> str:
    """What one source reads and wants, as a part of audit.toml: needed settings with what to fill in, others as
    comments."""
    place = _PLACES.get(connector.record, f"sources.{connector.name}")
    settings = {name: _setting(name, meaning, connector) for name, meaning in connector.options.items()}
    lines = [
        *_comments(connector),
        "",
        f"[{place}]",
        f'connector = "{connector.name}"',
        *(settings[name] for name in settings if name in connector.needs),
        *_purpose(connector),
        *(f"# {line.replace(_FILL_IN, '…', 1)}" for name, line in settings.items() if name not in connector.needs),
    ]
    if connector.access is Access.APPROVAL:
        lines.append(_APPROVAL.format(place=place))
    return "\n".join(lines)


def _comments(connector: Connector[Any]) -> Iterator[str]:
    told = {
        "Reads": f"{connector.summary} ({connector.access})",
        "Made by": origin("connector", connector.name),
        "Needs": connector.credentials,
        "Terms to read": connector.terms,
        "Interface": interface_in_words(connector.interface),
        "Price": price_in_words(connector.price) if connector.price else "",
        "Asked by": f"{connector.sweep.keyed_on}, key by key" if connector.sweep else "",
        "Platforms": ", ".join(connector.platforms),
        "Where": _INSTEAD[connector.record],
    }
    for what, words in told.items():
        if words:
            yield from (f"# {line}" for line in _wrapped(f"{what}: {words}"))


def _wrapped(words: str) -> list[str]:
    """Lines in which no address is broken."""
    return wrap(words, WIDTH, subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)


def _purpose(connector: Connector[Any]) -> Iterator[str]:
    """What its accounts are for: a line to choose where audit.toml must say it, a comment where it may."""
    if connector.purpose is None:
        yield "# What its accounts are for, only you can know: keep this line, or put the one below it in its place."
        yield PURPOSES[Purpose.WORK]
        yield f"# {PURPOSES[Purpose.PUBLIC]}"
    elif may_be_for_work(connector):
        other = Purpose.PUBLIC if connector.purpose is Purpose.WORK else Purpose.WORK
        yield f"# {PURPOSES[other]}; left out, they are taken to be {connector.purpose}"


def _setting(name: str, meaning: str, connector: Connector[Any]) -> str:
    return f"{name} = {_value(name, meaning, connector)}  # {meaning}"


def _value(name: str, meaning: str, connector: Connector[Any]) -> str:
    """What may stand there: what the meaning shows, else something to fill in."""
    shown = re.search(rf"(?<!\w){name} = (\[.*?\]|\{{.*?\}}|\"[^\"]*\"|\w+)", meaning) or _SHOWN.search(meaning)
    if shown:
        return shown[1]
    if name == "path":
        return f'"{connector.name}.csv"'
    if _SECRET in meaning:
        return f'{{ env = "{connector.name.upper()}_{name.upper()}" }}'
    usual = _USUAL.search(meaning)
    if usual:
        return usual[1]
    address = _ADDRESS.search(meaning)
    return f'"{address[0]}"' if address and name.endswith("url") else _FILL_IN
