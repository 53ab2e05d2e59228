"""Which sightings are one account, and which person an account is tied to. Pure.

Every tie says which step made it, on what value, and how many others it could have meant. Missing never joins missing,
and an inference never outranks an address.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise

from audit.model.finding import LinkStep
from audit.model.organization import Organization
from audit.people.addresses import MailSystem, state_mailbox
from audit.people.directory import Directory, Employee, Standing
from audit.people.holders import Ruling, Rulings, noted_holders, passed
from audit.people.identity import bare_id, identities
from audit.people.names import (
    Likeness,
    PersonName,
    display_name,
    handle_name,
    how_alike,
    listed_name,
    says_a_first_name,
)
from audit.profiles import Affiliation
from connectors.platforms import are_others
from connectors.records import Account, WordsRead


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
    spared: bool = False
    """Whether it is what a platform's mails say to somebody who holds such a seat there."""


@dataclass(frozen=True, slots=True)
class Tie:
    """Whom an account is tied to (nobody: empty), by which step, on what value, with how many rivals.

    `words` say what speaks for a tie that is no address, as a sentence that begins "Likely" or "Possible".
    """

    employee_id: str
    step: LinkStep
    value: str = ""
    rivals: int = 0
    words: str = ""


@dataclass(frozen=True, slots=True)
class Displayed:
    """The state mailboxes that an account shows and that may tie it to somebody; "" for none."""

    registered: str = ""
    contact: str = ""
    mentioned: str = ""


class People:
    """Look-ups into the directory: by mailbox, by id, by name within an agency and its parent or parts; and into what
    reviewers have decided about whose an account is."""

    def __init__(self, directory: Directory, organization: Organization, rulings: Rulings | None = None) -> None:
        self.directory, self.rulings = directory, rulings or {}
        self.parents = {agency.agency_code: agency.parent_code for agency in organization.agencies}
        self.parts: dict[str, list[str]] = defaultdict(list)
        for part, parent in self.parents.items():
            if parent:
                self.parts[parent].append(part)

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

    def bears(self, employee_id: str, shown: str) -> bool:
        """Whether a display name is this employee's: the last name with the first or the preferred one."""
        name, known = display_name(shown), self.directory.employees.get(employee_id)
        return bool(name and known and _likeness(name, known) in (Likeness.FIRST, Likeness.PREFERRED))

    def like(self, name: PersonName, agency_code: str) -> dict[str, Likeness]:
        """Everybody of that agency (or its parent or parts) whom a name fits, former employees too: the account may be
        theirs. Nobody where there is no agency."""
        found: dict[str, Likeness] = {}
        for family in name.families() if agency_code else ():
            for code in self._around(agency_code):
                for one in self.directory.bearers.get((family, code), ()):
                    if one not in found and (how := _likeness(name, self.directory.employees[one])):
                        found[one] = how
        return dict(sorted(found.items()))

    def _around(self, agency_code: str) -> tuple[str, ...]:
        """The agency, its parent and its parts; and no agency, for those of whom HR says none."""
        return ("", agency_code, self.parents.get(agency_code, ""), *self.parts.get(agency_code, ()))

    def ruled(self, platform: str, account_id: str, names: Iterable[str]) -> tuple[Ruling | None, frozenset[str]]:
        """(what was confirmed about whose an account is, the ids of those whose it is not, as decided), both as far as
        the ids are still the same people's and the names the same account's. The latest word on a person stands."""
        latest: dict[str, Ruling] = {}
        for name in names:
            for one in self.rulings.get((platform, name), ()):
                if not are_others(one.account_id, account_id) and not passed(
                    one.holders, noted_holders((one.employee_id,), self.directory)
                ):
                    key = bare_id(one.employee_id)
                    latest[key] = max(latest.get(key, one), one, key=_weight)
        confirmed = sorted((one for one in latest.values() if one.confirmed), key=_weight)
        alone = len(confirmed) == 1 or (bool(confirmed) and _weight(confirmed[-1]) != _weight(confirmed[-2]))
        return confirmed[-1] if alone else None, frozenset(key for key, one in latest.items() if not one.confirmed)


def _weight(ruling: Ruling) -> tuple[date, bool]:
    """Of two decisions the later one counts; of one day the one that ties nobody."""
    return (ruling.on or date.min, not ruling.confirmed)


def _likeness(name: PersonName, employee: Employee) -> Likeness | None:
    return how_alike(name, listed_name(*employee.written))


def let_go(sightings: list[Sighting]) -> Iterator[Sighting]:
    """The sightings in their order; the list holds none of them afterwards, so that what is made of one takes its place
    in memory: each is more than a kilobyte."""
    sightings.reverse()
    while sightings:
        yield sightings.pop()


def same_account(sightings: Iterable[Sighting], system: MailSystem) -> Iterator[list[Sighting]]:
    """Group sightings of one account: by id, else by the handle, else by url, else by the mailbox it is registered
    with. A weaker name stands for a stronger one where it goes with exactly one of them on that platform.

    The groups are sorted by platform and name. Those of a platform are let go of before those of the next are made.
    """
    by_platform: dict[str, list[Sighting]] = defaultdict(list)
    for sighting in sightings:
        by_platform[sighting.account.platform].append(sighting)
    for platform in sorted(by_platform):
        yield from _of_one_platform(by_platform.pop(platform), system)


def _of_one_platform(sightings: Sequence[Sighting], system: MailSystem) -> Iterator[list[Sighting]]:
    """The groups of the sightings of one platform."""
    stronger: dict[str, str] = {}  # "" where there are several
    known = [_names(sighting.account, system) for sighting in sightings]
    for sighting, own in zip(sightings, known, strict=True):
        for above, weaker in pairwise(own if not sighting.contested else ()):
            stronger[weaker] = above if stronger.get(weaker, above) == above else ""
    groups: dict[str, list[Sighting]] = defaultdict(list)
    for sighting, own in zip(sightings, known, strict=True):
        name = own[0] if own else ""
        if sighting.contested:
            name = f"contested:{own[-1]}:{sighting.source}"
        else:
            while above := stronger.get(name, ""):
                name = above
        groups[name].append(sighting)
    del known, stronger, sightings
    for name in sorted(groups):
        yield sorted(groups.pop(name), key=latest_first)


def _names(account: Account, system: MailSystem) -> list[str]:
    """What an account can be known by, the strongest first."""
    mailbox = state_mailbox(account.registered_email, system) or account.registered_email
    return identities(account.platform, account.account_id, account.handle, account.url, mailbox)


def latest_first(sighting: Sighting) -> tuple[bool, float, str, str]:
    """The order in which sightings of one account are believed: judged tonight first, then the latest."""
    observed = sighting.account.provenance.observed_at or datetime.min.replace(tzinfo=UTC)
    return (not sighting.fresh, -observed.timestamp() if observed.year > 1 else 0.0,
            sighting.source, sighting.account.provenance.where)  # fmt: skip


def tie(
    shown: Displayed,
    said: WordsRead,
    people: People,
    confirmed: Ruling | None = None,
    denied: Collection[str] = (),
) -> Tie:
    """The person an account is tied to: by its registered mailbox, else the one it shows, else (a lead) by what a
    reviewer has `confirmed`, else by name. `denied` are the bare ids of those whose it is not, as was decided.

    An address of nobody, of several people, or of somebody who has left or not started ends the search: no guessing on.
    An address that stands in the bio may be anybody's ("write to the commissioner at …"): it ties the account to its
    owner only where the display name is the owner's, too.
    """
    for mailbox, step in ((shown.registered, LinkStep.REGISTERED_ADDRESS), (shown.contact, LinkStep.SHOWN_ADDRESS)):
        if mailbox:
            return _by_mailbox(mailbox, step, people)
    if shown.mentioned:
        owner, _ = people.owner(shown.mentioned)
        if owner and people.bears(owner, said.name):
            return _by_mailbox(shown.mentioned, LinkStep.SHOWN_ADDRESS, people)
    if confirmed is not None:
        return _by_ruling(confirmed, people)
    # What the profile claims comes first: one that does not claim our agency, in the present, is looked up nowhere.
    if said.names_ours and said.affiliation in (Affiliation.EMPLOYEE, Affiliation.BRANDED_PERSON):
        found = by_name(said.name, said.handle, said.agency_code, people, denied)
        if found is not None:
            return found
    return Tie("", LinkStep.NONE)


def by_name(display: str, handle: str, agency_code: str, people: People, denied: Collection[str] = ()) -> Tie | None:
    """The lead that the names of an account (without the agency's words) give in the agency its profile claims; None
    where they fit nobody who works there now."""
    for name, value in _names_shown(display, handle):
        found = {one: how for one, how in people.like(name, agency_code).items() if bare_id(one) not in denied}
        if any(people.standing(one) == Standing.CURRENT for one in found):
            return _likely_or_possible(found, value, people)
    return None


def _names_shown(display: str, handle: str) -> Iterator[tuple[PersonName, str]]:
    """The names an account shows, with how they are quoted: the one in the handle only where the display name is no
    other's."""
    name = display_name(display)
    if name is not None:
        yield name, display
    in_handle = handle_name(handle)
    first = says_a_first_name(display)
    if in_handle is not None and (not first or (name is None and first == in_handle.first)):
        yield in_handle, f"@{handle.removeprefix('@')}"


def _likely_or_possible(found: Mapping[str, Likeness], value: str, people: People) -> Tie:
    """ "Likely" where the name fits one person there alone, who works there now, else "possible"."""
    (one, how), *others = found.items()
    if not others and how is not Likeness.PART:
        written = people.directory.employees[one].written
        listed = " ".join(filter(None, (written[0], f"“{written[2]}”" if written[2] else "", written[1])))
        words = f"Likely {people.named(one)}’s: “{value}” has the {how} ({listed} in the directory)"
        return Tie(one, LinkStep.NAME_WITH_AGENCY, value, 0, f"{words}, and fits nobody else there, now or formerly.")
    left = sum(people.standing(one) != Standing.CURRENT for one in found)
    gone = f", {left} of whom {'is' if left == 1 else 'are'} not known to work there now" if left else ""
    agree = "agrees in part with" if all(how is Likeness.PART for how in found.values()) else "fits"
    count = f"{len(found)} people" if others else "1 person"
    words = f"Possible only: “{value}” {agree} the {'names' if others else 'name'} of {count} there{gone}."
    return Tie("", LinkStep.NAME_WITH_AGENCY, value, len(others), f"{words} Nobody is named.")


def _by_ruling(confirmed: Ruling, people: People) -> Tie:
    one = confirmed.employee_id
    if people.standing(one) != Standing.CURRENT:
        return Tie("", LinkStep.CONFIRMED, confirmed.value)
    on = f" on {confirmed.on.isoformat()}" if confirmed.on else ""
    return Tie(
        one, LinkStep.CONFIRMED, confirmed.value, 0, f"A reviewer confirmed{on} that it is {people.named(one)}’s."
    )


def _by_mailbox(mailbox: str, step: LinkStep, people: People) -> Tie:
    owner, owners = people.owner(mailbox)
    if not owner:
        return Tie("", step if owners else LinkStep.NOT_IN_DIRECTORY, mailbox, max(owners - 1, 0))
    named = "" if people.standing(owner) in (Standing.LEFT, Standing.NOT_YET) else owner
    return Tie(named, LinkStep.ALIAS if mailbox in people.directory.aliases else step, mailbox)
