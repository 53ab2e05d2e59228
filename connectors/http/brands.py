"""What a search for the organization's own names is keyed on: terms, and declared handles written with an @. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from connectors.contract import Source, SourceDown
from connectors.http.sweep import canaries

OPTIONS: Mapping[str, str] = {
    "terms": 'what to search for: terms = ["Maine DOT", "MaineDOT"]; without it, the names in the agencies file',
    "handles": "declared handles to look up beside those of the agencies file and of the registry",
}
"""Options of every connector that searches for names; keys of handles begin with @ there, also as a canary."""


def terms(source: Source, *, domains: bool = True) -> tuple[str, ...]:
    """The terms to search for: those of audit.toml, else the organization's names; with its domains.

    Raises SourceDown where the option is no list of texts.
    """
    named = texts(source, "terms") or source.nexus.names
    own = source.nexus.domains if domains else ()
    return tuple(dict.fromkeys((*own, *named, *(key for key in canaries(source) if not key.startswith("@")))))


def handles(source: Source, platform: str) -> tuple[str, ...]:
    """The declared handles of one platform as keys ("@mainedot"), in lower case. Raises SourceDown as `terms`."""
    declared = (handle for named, handle in source.nexus.handles if named == platform)
    given = (*texts(source, "handles"), *declared, *(key for key in canaries(source) if key.startswith("@")))
    return tuple(dict.fromkeys(f"@{bare}" for handle in given if (bare := handle.strip().removeprefix("@").lower())))


def keys(source: Source, platform: str) -> tuple[str, ...]:
    """Handles and terms: every key of a connector that looks up the ones and searches for the others."""
    return (*handles(source, platform), *terms(source))


def texts(source: Source, name: str) -> tuple[str, ...]:
    """An option that is a list of texts. Raises SourceDown where it is another thing."""
    value = source.options.get(name, [])
    if not isinstance(value, list) or not all(isinstance(text, str) and text.strip() for text in value):
        raise SourceDown(f'{source.name}: {name} in audit.toml is a list of texts: {name} = ["…"].')
    return tuple(value)


def batches(keys: Collection[str], size: int) -> int:
    """Requests that so many keys take, `size` at once."""
    return -(-len(keys) // size)
