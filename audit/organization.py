"""The organization whose policy is applied: its name, its mail domains, its agencies, its official accounts."""

from __future__ import annotations

from dataclasses import dataclass

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

    @property
    def domains(self) -> tuple[str, ...]:
        """Every state domain: mail domains, other domains and those of the agencies, without repeats."""
        own = (domain for agency in self.agencies for domain in agency.domains)
        return tuple(dict.fromkeys((*self.mail_domains, *self.other_domains, *own)))
