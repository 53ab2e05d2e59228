"""What a search for the organization's own names is keyed on: terms, and declared accounts written with an @. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from connectors import http
from connectors.contract import (
    Answer,
    BadRow,
    Declared,
    KeyedOn,
    Outcome,
    Raw,
    Rejected,
    Remark,
    Source,
    SourceDown,
    Sweep,
)
from connectors.http.sweep import canaries, unread

OPTIONS: Mapping[str, str] = {
    "terms": 'what to search for: terms = ["Maine DOT", "MaineDOT"]; without it, the names in the agencies file',
    "handles": "declared handles to look up beside those of the agencies file and of the registry",
}
"""Options of every connector that searches for names; keys of handles begin with @ there, also as a canary."""
ANY = re.compile(r".+")
Became = tuple[Mapping[str, Raw | Outcome], list[Rejected]]
"""What became of all that was asked for, but of what could not be read: that may be whatever is missing."""


def anywhere(source: Source, account: Declared) -> bool:
    """That a declared account may be here: for a platform that is one."""
    del source, account
    return True


@dataclass(frozen=True, slots=True)
class BrandSearch:
    """What a search for the organization's names asks one platform, and what it takes.

    The accounts declared for `platform` (`platform_of` gives it where audit.toml says it) are looked up, `batch` of
    them in a request; without either the platform is asked for terms alone. Of platforms with many servers, `here`
    says which accounts are this one's. `pages` pages of results are read of each term, where audit.toml says no other
    number (0: terms are not searched for), and each takes `turns` requests; `besides` requests come before all others.
    """

    platform: str = ""
    platform_of: Callable[[Source], str] | None = None
    here: Callable[[Source, Declared], bool] = anywhere
    handle: re.Pattern[str] = ANY
    """What a handle is there, in the form in which it is sent; nothing else is sent."""
    form: Callable[[str], str] = str
    """A handle as it is sent."""
    account_id: re.Pattern[str] | None = None
    """What an account's id is there, where the platform can be asked for one; None where it cannot."""
    advice: str = ""
    """What to write in the place of a handle that is none there: a sentence without its full stop."""
    cased: bool = False
    """Whether letter case tells two handles apart."""
    batch: int = 1
    pages: int = 0
    turns: int = 1
    besides: int = 0
    domains: bool = True
    """Whether the organization's mail domains are searched for, beside its names."""

    def declared(self, source: Source) -> dict[str, Declared]:
        """Each declared account that the platform can be asked for, by its key ("@mainedot"). Raises SourceDown."""
        return {key: account for key, account in self._declared(source).items() if any(self.sent(account))}

    def unasked(self, source: Source) -> Iterator[Remark]:
        """A sentence for each declared account that the platform cannot be asked for. Raises SourceDown."""
        for key, account in self._declared(source).items():
            if not any(self.sent(account)):
                yield Remark(
                    key,
                    "this declared account was not asked for, so nothing is known of it: nothing on its platform can be"
                    f" called so. {self.advice}.",
                )

    def sent(self, account: Declared) -> tuple[str, str]:
        """(id, handle) of a declared account as the platform takes them; empty text for one that it does not take."""
        handle = self.form(account.handle)
        known = self.account_id is not None and self.account_id.fullmatch(account.account_id)
        return account.account_id if known else "", handle if self.handle.fullmatch(handle) else ""

    def handles(self, source: Source) -> tuple[str, ...]:
        """The keys of declared accounts. Raises SourceDown."""
        return tuple(self.declared(source))

    def terms(self, source: Source) -> tuple[str, ...]:
        """The terms to search for. Raises SourceDown."""
        return terms(source, domains=self.domains) if self.pages else ()

    def keys(self, source: Source) -> tuple[str, ...]:
        """Declared accounts and terms. Raises SourceDown."""
        return (*self.handles(source), *self.terms(source))

    def pages_of(self, source: Source) -> int:
        """How many pages of each term's results are read at most. Raises SourceDown."""
        return int(http.number(source, "pages", self.pages)) if self.pages else 0

    def requests(self, source: Source, keys: Collection[str]) -> int:
        """The most requests that asking for these keys takes. Raises SourceDown.

        An account that is known by id and handle may take two: one for either.
        """
        asked = [key for key in keys if key.startswith("@")]
        declared = self.declared(source) if self.account_id and asked else {}
        twice = [key for key in asked if key in declared and all(self.sent(declared[key]))]
        searched = (len(keys) - len(asked)) * self.turns * self.pages_of(source)
        return self.besides + batches(asked, self.batch) + batches(twice, self.batch) + searched

    def look_up(
        self,
        asked: Mapping[str, Declared],
        by_id: Callable[[list[str]], Became],
        by_handle: Callable[[list[str]], Became],
        handle_of: Callable[[Raw], str],
    ) -> Iterator[Answer]:
        """The answer to the key of each declared account: by its id where that is known, which no new handle changes.

        By its handle is asked for whatever has no id, and for a handle that is not the account's any more, since
        somebody else may have it. Both functions give what became of everything that they are asked for; `handle_of` is
        what a profile goes by tonight, in the form in which a handle is sent. Of whom nothing could be read has failed;
        what could not be read is told once with another's answer. Raises BadRow where it is all that was asked for.
        """
        sent = {key: self.sent(account) for key, account in asked.items()}
        ids = [account_id for account_id, _ in sent.values() if account_id]
        known, odd = by_id(ids) if ids else ({}, [])
        wanted = {
            key: handle
            for key, (account_id, handle) in sent.items()
            if handle and not (isinstance(raw := known.get(account_id), Raw) and self._same(handle_of(raw), handle))
        }
        named, others = by_handle(list(wanted.values())) if wanted else ({}, [])
        untold = odd = [*odd, *others]
        for key, (account_id, _) in sent.items():
            told = [known.get(account_id)] if account_id else []
            told += [named.get(wanted[key])] if key in wanted else []
            found = {raw.digest: raw for raw in told if isinstance(raw, Raw)}
            if found:
                yield Answer(key, (*found.values(), *untold))
                untold = []
            elif None not in told:
                yield Answer(key, outcome=next(one for one in told if isinstance(one, Outcome)))
            elif len(asked) == 1:
                raise BadRow(odd[0].reason)
            else:
                yield unread(key, odd[0].reason)

    @property
    def sweep(self) -> Sweep:
        """The keys and their requests, for the connector."""
        return Sweep(KeyedOn.BRANDS, self.keys, self.requests, declared=self.declared, unasked=self.unasked)

    @property
    def options(self) -> Mapping[str, str]:
        """The options of the session, and those that say what to search for."""
        used = {"terms": self.pages > 0, "handles": bool(self.platform or self.platform_of)}
        return {**http.OPTIONS, **{name: line for name, line in OPTIONS.items() if used[name]}}

    def _same(self, one: str, other: str) -> bool:
        return one == other if self.cased else one.lower() == other.lower()

    def _declared(self, source: Source) -> dict[str, Declared]:
        platform = self.platform_of(source) if self.platform_of else self.platform
        if not platform:
            return {}
        named = [handle for here, handle in source.nexus.handles if here == platform]
        own = [key for key in canaries(source) if key.startswith("@")]
        given = (self._bare(handle) for handle in (*option_texts(source, "handles"), *named, *own))
        known = {(here, self._bare(handle)): number for here, number, handle in source.nexus.ids}
        accounts = [Declared(platform, handle, known.get((platform, handle), "")) for handle in given if handle]
        accounts += [Declared(here, self._bare(text), number) for here, number, text in source.nexus.ids]
        found: dict[str, Declared] = {}
        for account in dict.fromkeys(accounts):
            if account.platform != platform or not self.here(source, account):
                continue
            key = f"@{account.handle or account.account_id}"
            found[key if key not in found else f"@{account.account_id}"] = account
        return found

    def _bare(self, handle: str) -> str:
        bare = handle.strip().removeprefix("@")
        return bare if self.cased else bare.lower()


def terms(source: Source, *, domains: bool = True) -> tuple[str, ...]:
    """The terms to search for: those of audit.toml, else the organization's names; with its domains.

    Raises SourceDown where the option is no list of texts.
    """
    named = option_texts(source, "terms") or source.nexus.names
    own = source.nexus.domains if domains else ()
    return tuple(dict.fromkeys((*own, *named, *(key for key in canaries(source) if not key.startswith("@")))))


def option_texts(source: Source, name: str) -> tuple[str, ...]:
    """An option that is a list of texts. Raises SourceDown where it is another thing."""
    value = source.options.get(name, [])
    if not isinstance(value, list) or not all(isinstance(text, str) and text.strip() for text in value):
        raise SourceDown(f'{source.name}: {name} in audit.toml is a list of texts: {name} = ["…"].')
    return tuple(value)


def batches(keys: Collection[str], size: int) -> int:
    """Requests that so many keys take, `size` at once."""
    return -(-len(keys) // size)


def became(names: Iterable[str], found: Mapping[str, Raw | Outcome], odd: list[Rejected], absent: Outcome) -> Became:
    """What became of all `names`: `absent` of those that are not in a reply in which everything could be read."""
    missing = {} if odd else dict.fromkeys(names, absent)
    return {**missing, **found}, odd


def one_by_one(ask: Callable[[str], Raw | Outcome | Rejected]) -> Callable[[Iterable[str]], Became]:
    """What asks for many things one by one, for a platform that takes one in a request."""

    def ask_all(names: Iterable[str]) -> Became:
        found, odd = dict[str, Raw | Outcome](), list[Rejected]()
        for name in names:
            one = ask(name)
            if isinstance(one, Rejected):
                odd.append(one)
            else:
                found[name] = one
        return found, odd

    return ask_all
