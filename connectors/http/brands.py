"""What a search for the organization's own names is keyed on: terms, and declared handles written with an @. Pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from connectors import http
from connectors.contract import KeyedOn, Source, SourceDown, Sweep
from connectors.http.sweep import canaries

OPTIONS: Mapping[str, str] = {
    "terms": 'what to search for: terms = ["Maine DOT", "MaineDOT"]; without it, the names in the agencies file',
    "handles": "declared handles to look up beside those of the agencies file and of the registry",
}
"""Options of every connector that searches for names; keys of handles begin with @ there, also as a canary."""


@dataclass(frozen=True, slots=True)
class BrandSearch:
    """What a search for the organization's names asks one platform, and what it takes.

    The handles declared for `platform` are looked up, `batch` of them in a request; `declared` gives them where they
    are no more than some of these, and without either the platform is asked for terms alone. `pages` pages of results
    are read of each term, where audit.toml says no other number (0: terms are not searched for), and each takes `turns`
    requests; `besides` requests come before all others.
    """

    platform: str = ""
    declared: Callable[[Source], tuple[str, ...]] | None = None
    batch: int = 1
    pages: int = 0
    turns: int = 1
    besides: int = 0
    domains: bool = True
    """Whether the organization's mail domains are searched for, beside its names."""

    def handles(self, source: Source) -> tuple[str, ...]:
        """Declared handles as keys ("@mainedot"). Raises SourceDown."""
        if self.declared is not None:
            return self.declared(source)
        return handles(source, self.platform) if self.platform else ()

    def terms(self, source: Source) -> tuple[str, ...]:
        """The terms to search for. Raises SourceDown."""
        return terms(source, domains=self.domains) if self.pages else ()

    def keys(self, source: Source) -> tuple[str, ...]:
        """Handles and terms. Raises SourceDown."""
        return (*self.handles(source), *self.terms(source))

    def pages_of(self, source: Source) -> int:
        """How many pages of each term's results are read at most. Raises SourceDown."""
        return int(http.number(source, "pages", self.pages)) if self.pages else 0

    def requests(self, source: Source, keys: Collection[str]) -> int:
        """The most requests that asking for these keys takes. Raises SourceDown."""
        asked = [key for key in keys if key.startswith("@")]
        searched = (len(keys) - len(asked)) * self.turns * self.pages_of(source)
        return self.besides + batches(asked, self.batch) + searched

    @property
    def sweep(self) -> Sweep:
        """The keys and their requests, for the connector."""
        return Sweep(KeyedOn.BRANDS, self.keys, self.requests)

    @property
    def options(self) -> Mapping[str, str]:
        """The options of the session, and those that say what to search for."""
        used = {"terms": self.pages > 0, "handles": bool(self.platform or self.declared)}
        return {**http.OPTIONS, **{name: line for name, line in OPTIONS.items() if used[name]}}


def terms(source: Source, *, domains: bool = True) -> tuple[str, ...]:
    """The terms to search for: those of audit.toml, else the organization's names; with its domains.

    Raises SourceDown where the option is no list of texts.
    """
    named = option_texts(source, "terms") or source.nexus.names
    own = source.nexus.domains if domains else ()
    return tuple(dict.fromkeys((*own, *named, *(key for key in canaries(source) if not key.startswith("@")))))


def handles(source: Source, platform: str) -> tuple[str, ...]:
    """The declared handles of one platform as keys ("@mainedot"), in lower case. Raises SourceDown as `terms`."""
    declared = (handle for named, handle in source.nexus.handles if named == platform)
    given = (*option_texts(source, "handles"), *declared, *(key for key in canaries(source) if key.startswith("@")))
    return tuple(dict.fromkeys(f"@{bare}" for handle in given if (bare := handle.strip().removeprefix("@").lower())))


def option_texts(source: Source, name: str) -> tuple[str, ...]:
    """An option that is a list of texts. Raises SourceDown where it is another thing."""
    value = source.options.get(name, [])
    if not isinstance(value, list) or not all(isinstance(text, str) and text.strip() for text in value):
        raise SourceDown(f'{source.name}: {name} in audit.toml is a list of texts: {name} = ["…"].')
    return tuple(value)


def batches(keys: Collection[str], size: int) -> int:
    """Requests that so many keys take, `size` at once."""
    return -(-len(keys) // size)
