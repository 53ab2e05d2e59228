"""The organization whose policy is applied: its name, its mail domains, its agencies, its official accounts."""

from __future__ import annotations

from dataclasses import dataclass, field

from connectors.everybodys import other_state
from connectors.records import Agency, OfficialAccount


@dataclass(frozen=True, slots=True)
class Organization:
    """Everything that makes an address or a name "ours". A plain value: hashable, comparable, no file behind it.

    `state` is the two-letter postal code. `mail_domains` are the names of one mail system, the current one first:
    the same local part under any of them is the same mailbox (maine.gov and the legacy state.me.us).
    `other_domains` are state domains whose mailboxes are somebody else's system (courts, legislature): an address
    there is a state address, and never equated with one of `mail_domains`.
    """

    name: str
    state: str
    mail_domains: tuple[str, ...]
    other_domains: tuple[str, ...] = ()
    agencies: tuple[Agency, ...] = ()
    official: tuple[OfficialAccount, ...] = ()
    _hash: int = field(init=False, repr=False, compare=False, default=0)

    def __post_init__(self) -> None:
        """Hash once: compiled marks and mail domains are looked up by the organization for every account."""
        parts = (self.name, self.state, self.mail_domains, self.other_domains, self.agencies, self.official)
        object.__setattr__(self, "_hash", hash(parts))

    def __hash__(self) -> int:
        return self._hash

    @property
    def domains(self) -> tuple[str, ...]:
        """Every state domain: mail domains, other domains and those of the agencies, without repeats; none of another
        state's."""
        listed = (domain for agency in self.agencies for domain in agency.domains)
        own = (domain for domain in listed if not other_state(domain, self.state))
        return tuple(dict.fromkeys((*self.mail_domains, *self.other_domains, *own)))
