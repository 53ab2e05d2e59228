"""A night as one reader may see it: the whole organization, or one agency and nothing of the others. Pure.

Every finding has one place, so that a decision about it is typed once: findings about the registry (R rules) stand on
"Official accounts", those about seats (R-4, R-5) on "State-run platforms", pages that nobody claims (U rules) on
"Unclaimed", mailboxes that belong to nobody in HR on "Not in directory", the rest by tier on "Findings" or "Leads".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from audit.model.exceptions import Register
from audit.model.finding import Finding, FindingStatus, LinkStep, Severity, Tier, suppressed, waits
from audit.model.night import Changed, Leaver, Night, PullStatus, RegistryRow, RuleNote
from audit.model.seats import Seat
from audit.model.sheet import Link, Tone
from audit.model.trends import Trends
from audit.people.identity import called
from connectors.platforms import on_own_host
from connectors.records import OfficialAccount

PLACES = ("Findings", "Leads", "Official accounts", "State-run platforms", "Unclaimed", "Not in directory")
"""The sheets on which findings stand, in their order."""
ABOUT_SEATS = frozenset({"R-4", "R-5"})

_NEWS = (FindingStatus.NEW, FindingStatus.REOPENED)
_SEVERITIES = tuple(Severity)
NO_FINDING = "no finding"
REVIEW_ONLY = "review only"
"""Follows a rule whose findings were found wrong too often, until somebody looks at it."""
SUPPRESSED = ", suppressed"
"""Follows the status of a finding that a reviewer has suppressed until a later day."""

STATUS_TONES: Mapping[str, Tone] = {
    FindingStatus.NEW: Tone.NEWS,
    FindingStatus.REOPENED: Tone.NEWS,
    FindingStatus.NOT_RECHECKED: Tone.WARNING,
    FindingStatus.RESOLVED: Tone.QUIET,
    NO_FINDING: Tone.QUIET,
    **{f"{status}{SUPPRESSED}": Tone.QUIET for status in FindingStatus},
}
QUIET_STATUSES = frozenset(f"{status}{SUPPRESSED}" for status in FindingStatus)
"""Their whole rows are grey: to be seen, and to be left alone."""
SEVERITY_TONES: Mapping[str, Tone] = {Severity.HIGH: Tone.ALARM, Severity.MEDIUM: Tone.WARNING}
PULL_TONES: Mapping[str, Tone] = {PullStatus.NOT_JUDGED: Tone.ALARM, PullStatus.SKIPPED: Tone.WARNING}


@dataclass(frozen=True, slots=True)
class Reader:
    """The night cut down to what one reader may see, with the names that every row looks up.

    `agency_code` is empty for the whole organization; else all but `night` and `rules` is that agency's alone.
    """

    night: Night
    agency_code: str
    findings: tuple[Finding, ...]
    registry: tuple[RegistryRow, ...]
    seats: tuple[Seat, ...]
    changes: tuple[Changed, ...]
    leavers: tuple[tuple[Leaver, Finding], ...]
    """Who has left, each with the finding that still hangs on them."""
    trends: Trends
    rules: Mapping[str, RuleNote]
    agencies: Mapping[str, str]
    rule_rows: Mapping[str, int]
    """Where each rule stands on the sheet Rules, counted from 1."""
    register: Register | None = None
    review_only: frozenset[tuple[str, Tier]] = frozenset()
    """Rules, by tier, whose findings were found wrong too often: audit.findings.trust."""

    def rule(self, finding: Finding) -> str:
        """The rule's id and title, the clause of the policy that it is asked under, and its mark if it has one."""
        note = self.rules.get(finding.rule_id)
        clause = f" (clause {finding.clause})" if finding.clause else ""
        mark = f" · {REVIEW_ONLY}" if (finding.rule_id, finding.tier) in self.review_only else ""
        return (f"{finding.rule_id} {note.title}{clause}" if note else finding.rule_id) + mark

    def title(self, finding: Finding) -> str:
        """What the rule is about, behind its mark if it has one: for a row that has the rule's id beside it."""
        note = self.rules.get(finding.rule_id)
        mark = f"{REVIEW_ONLY}: " if (finding.rule_id, finding.tier) in self.review_only else ""
        return mark + (note.title if note else finding.rule_id)

    def agency(self, code: str) -> str:
        """The agency's name; its code where the name is unknown, or not this reader's to see."""
        return self.agencies.get(code, code)

    def proves_not(self, finding: Finding) -> str:
        """What must not be read into it."""
        note = self.rules.get(finding.rule_id)
        return note.proves_not if note else ""

    def to_do(self, finding: Finding) -> str:
        """What the policy pack or the rule asks of the reviewer."""
        note = self.rules.get(finding.rule_id)
        return note.to_do if note else self.night.policy.guidance.get(finding.rule_id, "")


def reader_of(night: Night, agency_code: str = "") -> Reader:
    """The night for the reader of `agency_code` (empty: everyone's), findings with the most urgent first."""
    named = {agency.agency_code: agency.name for agency in night.organization.agencies}
    agencies = {agency_code: named.get(agency_code, agency_code)} if agency_code else named

    def theirs(code: str) -> bool:
        return not agency_code or code == agency_code

    def urgency(finding: Finding) -> tuple[object, ...]:
        return _urgency(finding, agencies, night.as_of)

    by_id = {one.finding_id: one for one in night.findings}
    return Reader(
        night=night,
        agency_code=agency_code,
        findings=tuple(sorted((one for one in night.findings if theirs(one.agency_code)), key=urgency)),
        registry=tuple(row for row in night.registry if theirs(row.account.agency_code)),
        seats=tuple(seat for seat in night.seats if theirs(seat.agency_code)),
        changes=tuple(one for one in night.changes if theirs(one.finding.agency_code)),
        leavers=tuple(
            (one, by_id[one.finding_id]) for one in night.leavers if theirs(one.agency_code) and one.finding_id in by_id
        ),
        trends=night.trends.of_agency(agency_code) if agency_code else night.trends,
        rules={note.rule_id: note for note in night.rules},
        agencies=agencies,
        rule_rows={note.rule_id: row for row, note in enumerate(night.rules, 1)},
        register=_theirs(night.register, agency_code),
        review_only=frozenset((one.rule_id, one.tier) for one in night.trust if one.review_only),
    )


def _theirs(register: Register | None, agency_code: str) -> Register | None:
    """The register's rows of one agency, with what of it they spare. What is unusable is the organization's to know."""
    if register is None or not agency_code:
        return register
    own = (use for use in register.uses if use.agency_code == agency_code)
    return Register(
        tuple(replace(use, spares=tuple(one for one in use.spares if one.agency_code == agency_code)) for use in own)
    )


def _urgency(finding: Finding, agencies: Mapping[str, str], as_of: date) -> tuple[object, ...]:
    """News first, then what waits for a decision, what has one, what is suppressed, and last what is resolved."""
    if finding.status is FindingStatus.RESOLVED:
        standing = 4
    elif suppressed(finding, as_of):
        standing = 3
    elif finding.status in _NEWS:
        standing = 0
    else:
        standing = 1 if waits(finding, as_of) else 2
    return (
        standing,
        _SEVERITIES.index(finding.severity),
        finding.rule_id,
        agencies.get(finding.agency_code, finding.agency_code),
        finding.employee_name,
        finding.platform,
        finding.handle,
        finding.finding_id,
    )


def on_sheet(reader: Reader, name: str) -> list[Finding]:
    """The findings of a sheet in the order of its rows."""
    mine = [finding for finding in reader.findings if place(finding) == name]
    if name == "State-run platforms":
        mine.sort(key=lambda finding: (finding.status is FindingStatus.RESOLVED, finding.tier is Tier.LEAD))
    return mine


def place(finding: Finding) -> str:
    """The name of the one sheet on which the finding stands."""
    return place_of(finding.rule_id, finding.tier, finding.link_step)


def place_of(rule_id: str, tier: str, link_step: str) -> str:
    """The name of the one sheet for findings of a rule, tier and link step."""
    if rule_id in ABOUT_SEATS:
        return "State-run platforms"
    if rule_id.startswith("R-"):
        return "Official accounts"
    if rule_id.startswith("U-"):
        return "Unclaimed"
    if link_step == LinkStep.NOT_IN_DIRECTORY:
        return "Not in directory"
    return "Leads" if tier == Tier.LEAD else "Findings"


def state_mailbox_of(finding: Finding) -> str:
    """The mailbox that a finding is about, or by which the account is tied to its person; "" where there is none."""
    return finding.mailbox or (finding.link_value if "@" in finding.link_value else "")


def link_to(account: Finding | Seat) -> Link:
    """What the account goes by, opening its page."""
    return link_named(called(account), account)


def link_named(name: str, account: Finding | Seat | OfficialAccount) -> Link:
    """A name that opens the account's page, where that stands on the platform's own hosts: what an export or a profile
    calls its address may lead anywhere, and whoever reviews would follow it."""
    return Link(name, account.url if on_own_host(account.url, account.platform) else "")
