"""What a connector must say of itself, and may not: held before a package's connector takes part, and by the tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connectors import http
from connectors.contract import REVIEW, Access, Connector, Covers, Interface, KeyedOn
from connectors.platforms import platform_id
from connectors.records import Account, Agency, Exemption, OfficialAccount, Person

RECORDS = (Person, Account, Agency, OfficialAccount, Exemption)


def connector_faults(connector: Connector[Any]) -> list[str]:
    """What a connector lacks, or says of itself that cannot be: a sentence each, without its full stop."""
    return [*_of_its_words(connector), *_of_its_title(connector), *_of_its_network(connector)]


def _of_its_words(connector: Connector[Any]) -> Iterator[str]:
    if not connector.name.isidentifier():
        yield f"its name {connector.name!r} is none that stands in audit.toml: letters, digits and _"
    if not connector.summary or "\n" in connector.summary:
        yield "summary is not one line"
    if connector.record not in RECORDS:
        yield f"record is none of {', '.join(one.__name__ for one in RECORDS)}"
    if not isinstance(connector.access, Access):
        yield "access is no Access"
    if not connector.reads:
        yield "reads does not name what it takes up of an item"
    if not all(key.isidentifier() and line and "\n" not in line for key, line in connector.options.items()):
        yield "an option has no line of help, or a name that cannot stand in audit.toml"
    if missing := set(connector.needs) - connector.options.keys():
        yield f"it needs {', '.join(sorted(missing))}, which is none of its options"
    if unknown := [one for one in connector.platforms if platform_id(one) != one]:
        yield f"it names platforms that nobody knows: {', '.join(unknown)}"
    yield from _of_its_interface(connector.interface)


def _of_its_interface(known: Interface) -> Iterator[str]:
    if not known.version or "\n" in known.version or not known.source:
        yield "interface does not say which version it speaks, and where that is described"
    if known.read_on is None:
        return
    if not known.source.startswith("https://"):
        yield "interface.source is no address (https://)"
    if known.ends_on is not None and known.ends_on <= known.read_on:
        yield "interface.ends_on lies before the day on which it was read"
    assert known.good_until in (known.ends_on, known.read_on + REVIEW)


def _of_its_title(connector: Connector[Any]) -> Iterator[str]:
    """Whether who is asked for, and who is covered, fit the title under which it is read."""
    employees = connector.sweep is not None and connector.sweep.keyed_on is KeyedOn.EMPLOYEES
    if employees != (connector.covers is Covers.THOSE_ASKED):
        yield "it covers those who were asked for if, and only if, it is keyed on employees (covers, sweep.keyed_on)"
    if connector.access is Access.PUBLIC and employees:
        yield "a public search is never keyed on employees"
    if connector.access is Access.PUBLIC and connector.covers is not Covers.NOBODY:
        yield "a public search covers nobody"
    if employees and connector.access is Access.APPROVAL and not (connector.sweep and connector.sweep.discloses):
        yield "sweep.discloses does not say what a request tells the platform about an employee"
    if connector.access is Access.EXPORT_ONLY and (connector.service or connector.sweep):
        yield "what is export only has no network"
    if connector.sweep is not None and connector.service is None:
        yield "a sweep asks a service"
    if not connector.platforms and connector.covers is not Covers.NOBODY:
        yield "it covers people on no platform"


def _of_its_network(connector: Connector[Any]) -> Iterator[str]:
    if connector.service is None:
        return
    if not connector.credentials:
        yield "credentials does not say what to obtain, where, and with which permission"
    if not connector.terms or not (connector.terms.startswith("https://") or not connector.service.url):
        yield "terms does not name the terms to read"
    if missing := set(http.OPTIONS) - connector.options.keys():
        yield f"options lacks those of every session (http.OPTIONS): {', '.join(sorted(missing))}"
    if not connector.platforms and connector.record is not Person:
        yield "platforms is empty"
