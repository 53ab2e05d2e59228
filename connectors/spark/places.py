"""What of a source lies on a cluster: a table of its catalogue, or a folder of Parquet on its storage. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.contract import Source, SourceDown

TABLE, PATH = "table", "path"
OPTIONS = {
    TABLE: 'on the cluster of [engine], in the place of path: a table ("main.audit.profiles") or a list of them; path'
    ' takes folders of Parquet there, too: "s3://bucket/profiles"'
}
"""The option of every connector that reads on a cluster."""
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:/")
"""How an address on a cluster's storage begins: s3://, abfss://, dbfs:/. One letter is a drive of Windows."""
_NAME = re.compile(r"(?:[^.`\s]+|`[^`]+`)(?:\.(?:[^.`\s]+|`[^`]+`)){0,3}")


@dataclass(frozen=True, slots=True)
class Place:
    """A table, by its name, or a folder of Parquet (`stored`), by its address."""

    name: str
    stored: bool


def on_cluster(options: Mapping[str, Any]) -> bool:
    """Whether the options of a source name something on a cluster."""
    return TABLE in options or any(_ADDRESS.match(one) for one in _listed(options.get(PATH)))


def places_fault(options: Mapping[str, Any]) -> str:
    """What is wrong with the options that name something on a cluster, as a sentence without its full stop; empty for
    nothing."""
    tables, paths = _listed(options.get(TABLE)), _listed(options.get(PATH))
    if TABLE in options and (not tables or not all(_NAME.fullmatch(name) for name in tables)):
        return f'{TABLE} must be the name of a table, or a list of names: {TABLE} = "catalogue.schema.table"'
    if TABLE in options and PATH in options:
        return f"{TABLE} and {PATH} both say what to read. Give each a source of its own"
    if on_cluster(options) and not all(map(_ADDRESS.match, paths)):
        return f"{PATH} names files here and on a cluster. Give each a source of its own"
    if any(re.search(r"//[^/@]*:[^/@]*@", path) for path in paths):
        return f"{PATH} holds a password. The cluster must have its own leave to read there"
    return ""


def places(source: Source) -> list[Place]:
    """Where the rows of a source lie on the cluster, each place once. Raises SourceDown for options that are none."""
    if fault := places_fault(source.options):
        raise SourceDown(f"{source.name}: {fault}.")
    tables, paths = _listed(source.options.get(TABLE)), _listed(source.options.get(PATH))
    return [Place(name, stored=not tables) for name in dict.fromkeys(tables or paths)]


def _listed(given: Any) -> list[str]:
    listed = given if isinstance(given, list) else [given]
    return [one.strip() for one in listed if isinstance(one, str) and one.strip()]
