"""Who has left, and what still hangs on them: for whoever closes their accesses. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from audit.model.finding import CONFIRMED, Finding, FindingStatus, LinkStep, Past, undecided
from audit.model.night import Leaver
from audit.people.addresses import state_mailbox
from audit.people.directory import Directory, Employee, Standing
from audit.people.identity import known_by

OF_SUPERVISORS = ("R-2",)
"""The rules about official accounts that are about the person who answers for them; others are about the account."""


def leavers(past: Iterable[Past], directory: Directory) -> tuple[Leaver, ...]:
    """For each finding that stands and hangs on somebody who has left: who that is, by the finding's id.

    A mailbox is somebody's only where the directory gives it to that one person. Whoever has left without any of this
    is not among them, nor what people decided to be no matter of theirs.
    """
    found: dict[tuple[str, ...], Leaver] = {}
    for finding in sorted((one.finding for one in past), key=_weight):
        if finding.status is FindingStatus.RESOLVED or not (
            undecided(finding.disposition) or finding.disposition == CONFIRMED
        ):
            continue
        person = _hangs_on(finding, directory)
        if person is not None and person.standing is Standing.LEFT:
            # Of several findings about one account the first says it: it is one thing to do.
            account = known_by(finding.account_id, finding.handle, finding.url, finding.mailbox)
            found.setdefault((person.employee_id, finding.platform, account), _leaver(finding, person))
    return tuple(sorted(found.values(), key=lambda one: (one.agency_code, one.name, one.employee_id, one.finding_id)))


def _weight(finding: Finding) -> tuple[bool, bool, str]:
    """What is about accesses and registrations before what is about a profile's words."""
    return not finding.rule_id.startswith("R-"), not finding.rule_id.startswith("E-"), finding.finding_id


def _hangs_on(finding: Finding, directory: Directory) -> Employee | None:
    if finding.link_step is LinkStep.OFFICIAL_REGISTRY:
        return directory.employees.get(finding.employee_id) if finding.rule_id in OF_SUPERVISORS else None
    if finding.link_step in (LinkStep.NAME_WITH_AGENCY, LinkStep.CONFIRMED):
        return None  # whose it is was inferred
    mailbox = next(filter(None, (state_mailbox(text, directory.system) for text in _addresses(finding))), "")
    owners = directory.owners.get(mailbox, ())
    return directory.employees[owners[0]] if len(owners) == 1 else None


def _addresses(finding: Finding) -> tuple[str, str]:
    return finding.mailbox, finding.link_value


def _leaver(finding: Finding, person: Employee) -> Leaver:
    """Official accounts are their own agency's matter, all else that of the agency which the person has left."""
    official = finding.link_step is LinkStep.OFFICIAL_REGISTRY
    agency: str = finding.agency_code if official else person.agency_code
    left_on: date | None = person.until
    return Leaver(finding.finding_id, person.employee_id, person.name, agency, left_on)
