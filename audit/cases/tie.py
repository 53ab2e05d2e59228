"""Which sightings are one account, and which person an account is tied to. Pure.

Every tie says which step made it, on what value, and how many others it could have meant. Missing never joins missing,
and an inference never outranks an address.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from audit.model.finding import LinkStep
from audit.model.organization import Organization
from audit.people.addresses import MailSystem, state_mailbox
from audit.people.directory import Directory, Standing, name_key
from audit.people.identity import identities
from audit.profiles import Affiliation, Reading
from connectors.records import Account


@dataclass(frozen=True, slots=True)
class Sighting:
    """An account as one source showed it. `fresh` is False where that source could not be judged tonight."""

    account: Account
    source: str
    fresh: bool
    words: str = ""
    """What the registration rests on, in sentences, where it is more than a line of an export."""
    contested: bool = False
    """Whether its source shows this account for the mailboxes of several people, so that nobody knows whose it is."""
    work: bool = False
    """Whether it is a seat on a system of the organization's own, for which a state address is right."""


@dataclass(frozen=True, slots=True)
class Tie:
    """Whom an account is tied to (nobody: empty), by which step, on what value, with how many rivals."""

    employee_id: str
    step: LinkStep
    value: str = ""
    rivals: int = 0


class People:
    """Look-ups into the directory: by mailbox, by id, by name within an agency and its parent or parts."""

    def __init__(self, directory: Directory, organization: Organization) -> None:
        self.directory = directory
        self.parents = {agency.agency_code: agency.parent_code for agency in organization.agencies}

    def standing(self, employee_id: str) -> str:
        """Current, left or unclear; empty for an id that HR does not know."""
        known = self.directory.employees.get(employee_id)
        return str(known.standing) if known else ""

    def named(self, employee_id: str) -> str:
        """The name HR knows the employee by."""
        known = self.directory.employees.get(employee_id)
        return known.name if known else ""

    def agency(self, employee_id: str) -> str:
        """The code of the agency HR has the employee in."""
        known = self.directory.employees.get(employee_id)
        return known.agency_code if known else ""

    def owner(self, mailbox: str) -> tuple[str, int]:
        """(employee id, how many own the mailbox); no id unless exactly one does."""
        owners = self.directory.owners.get(mailbox, ())
        return (owners[0] if len(owners) == 1 else "", len(owners))

    def bears(self, employee_id: str, display_name: str) -> bool:
        """Whether a display name is this employee's name."""
        return employee_id in self.directory.names.get(name_key(display_name), ())

    def namesakes(self, display_name: str, agency_code: str) -> list[str]:
        """Everybody of that agency (or its parent or parts) who bears exactly this name, former employees too: the
        account may be theirs."""
        if not agency_code:
            return []
        bearers = (self.directory.employees[one] for one in self.directory.names.get(name_key(display_name), ()))
        return sorted(
            bearer.employee_id
            for bearer in bearers
            if not bearer.agency_code or self._related(bearer.agency_code, agency_code)
        )

    def _related(self, one: str, other: str) -> bool:
        return one == other or self.parents.get(one) == other or self.parents.get(other) == one


def same_account(sightings: Sequence[Sighting], system: MailSystem) -> list[list[Sighting]]:
    """Group sightings of one account: by id, else by the handle, else by url, else by the mailbox it is registered
    with. A weaker name stands for a stronger one where it goes with exactly one of them on that platform."""
    stronger: dict[tuple[str, str], set[str]] = defaultdict(set)
    known = [_names(sighting.account, system) for sighting in sightings]
    for sighting, own in zip(sightings, known, strict=True):
        for place, name in enumerate(own if not sighting.contested else ()):
            stronger[sighting.account.platform, name].update(own[:place][-1:])
    groups: dict[tuple[str, str], list[Sighting]] = defaultdict(list)
    for sighting, own in zip(sightings, known, strict=True):
        platform, name = sighting.account.platform, own[0] if own else ""
        if sighting.contested:
            groups[platform, f"contested:{own[-1]}:{sighting.source}"].append(sighting)
            continue
        while len(stronger[platform, name]) == 1:
            (name,) = stronger[platform, name]
        groups[platform, name].append(sighting)
    return [sorted(group, key=latest_first) for _, group in sorted(groups.items())]


def _names(account: Account, system: MailSystem) -> list[str]:
    """What an account can be known by, the strongest first."""
    mailbox = state_mailbox(account.registered_email, system) or account.registered_email
    return identities(account.platform, account.account_id, account.handle, account.url, mailbox)


def latest_first(sighting: Sighting) -> tuple[bool, float, str, str]:
    """The order in which sightings of one account are believed: judged tonight first, then the latest."""
    observed = sighting.account.provenance.observed_at or datetime.min.replace(tzinfo=UTC)
    return (not sighting.fresh, -observed.timestamp() if observed.year > 1 else 0.0,
            sighting.source, sighting.account.provenance.where)  # fmt: skip


def tie(registered: str, contact: str, mentioned: str, reading: Reading, display_name: str, people: People) -> Tie:
    """The person an account is tied to: by its registered mailbox, else the one it shows, else (a lead) by name.

    An address of nobody, of several people, or of somebody who has left or not started ends the search: no guessing on.
    An address that stands in the bio may be anybody's ("write to the commissioner at …"): it ties the account to its
    owner only where the display name is the owner's, too. A name counts only where the profile itself names our State
    or its agency in full: letters that other states' agencies share name nobody.
    """
    bare = _without_marks(display_name, reading)
    for mailbox, step in ((registered, LinkStep.REGISTERED_ADDRESS), (contact, LinkStep.SHOWN_ADDRESS)):
        if mailbox:
            return _by_mailbox(mailbox, step, people)
    if mentioned:
        owner, _ = people.owner(mentioned)
        if owner and people.bears(owner, bare):
            return _by_mailbox(mentioned, LinkStep.SHOWN_ADDRESS, people)
    if reading.names_ours and reading.affiliation in (Affiliation.EMPLOYEE, Affiliation.BRANDED_PERSON):
        namesakes = people.namesakes(bare, reading.agency_code)
        if any(people.standing(one) == Standing.CURRENT for one in namesakes):
            alone = namesakes[0] if len(namesakes) == 1 else ""
            return Tie(alone, LinkStep.NAME_WITH_AGENCY, bare, len(namesakes) - 1)
    return Tie("", LinkStep.NONE)


def _by_mailbox(mailbox: str, step: LinkStep, people: People) -> Tie:
    owner, owners = people.owner(mailbox)
    if not owner:
        return Tie("", step if owners else LinkStep.NOT_IN_DIRECTORY, mailbox, max(owners - 1, 0))
    named = "" if people.standing(owner) in (Standing.LEFT, Standing.NOT_YET) else owner
    return Tie(named, LinkStep.ALIAS if mailbox in people.directory.aliases else step, mailbox)


def _without_marks(display_name: str, reading: Reading) -> str:
    """The display name without the agency's words: "Jane Doe, MaineDOT" is "Jane Doe"."""
    spans = sorted((span.start, span.end) for span in (m.span for m in reading.marks) if span.field == "display_name")
    for start, end in reversed(spans):
        display_name = display_name[:start] + " " + display_name[end:]
    return display_name.strip(" ,;|·•-–—@()[]/")
