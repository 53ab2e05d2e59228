"""A night of invented people, with findings of every rule and status: what the tests of report and workbook read."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from audit.findings.trends import trends
from audit.model.finding import Finding, FindingStatus, LinkStep, Severity, Tier
from audit.model.night import Changed, Night, Problem, Pull, PullStatus, RegistryRow, RuleNote
from audit.model.organization import Organization
from audit.model.policy import Clause, Policy
from audit.model.trends import Event, Subject, Trends
from connectors.contract import Access
from connectors.records import Agency, Evidence, OfficialAccount, Provenance

AS_OF = date(2026, 3, 2)
STARTED = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
DIGEST = "ab" * 32

AGENCIES = (
    Agency("DHHS", "Department of Health and Human Services", ("DHHS",)),
    Agency("DOT", "Department of Transportation", ("MaineDOT",)),
    Agency("DPS", "Department of Public Safety", ("DPS",)),
    Agency("IFW", "Department of Inland Fisheries and Wildlife", ("IF&W",)),
    Agency("MRS", "Maine Revenue Services", ("MRS",)),
)
PEOPLE = (
    ("10001", "Avery Quillfeather", "DHHS"), ("10002", "Noor Saltmarsh", "DHHS"), ("10003", "Tomasz Birchwater", "DOT"),
    ("10004", "Ileana Harborlight", "DOT"), ("10005", "Wendell Frostmoor", "DPS"), ("10006", "Zoë Larkspurre", "DPS"),
    ("10007", "Obadiah Fernsby", "IFW"), ("10008", "Mireille Duskwater", "IFW"), ("10009", "Li Na Stonebrook", "MRS"),
    ("10010", "D'Arcy O'Pinecone", "MRS"),
)  # fmt: skip
PLATFORMS = ("x", "facebook", "linkedin", "youtube", "reddit", "mastodon", "bluesky")

CLAUSES = (
    Clause(
        "A",
        "The personal usage identity must be distinct from the Agency usage identity, for instance, established under "
        "a personal email account, and not the State email account.",
        in_scope=True,
    ),
    Clause(
        "B",
        "Employees are prohibited from posting information on behalf of a State Agency on the employee’s personal "
        "Social Media page.",
        in_scope=True,
    ),
    Clause(
        "C",
        "If an employee identifies himself or herself as a state employee or the employee’s personal expression "
        "suggests that the employee is an employee of the State, the employee should include a clear disclaimer "
        "indicating that the employee is not communicating on behalf of the State.",
        in_scope=True,
    ),
    Clause(
        "D",
        "Employees must refrain from disclosing State confidential information.",
        in_scope=False,
        note="Judging it would need people's posts, which are never requested.",
    ),
    Clause(
        "E",
        "Employees are prohibited from using their state-issued e-mail address(es) for any personal social media "
        "“account,” whether based in the World Wide Web or elsewhere.",
        in_scope=True,
    ),
)
POLICY = Policy(
    name="State of Maine: personal use of social media",
    source="Policy and Practices Manual, Personal Use of Social Media (05/19/15)",
    clauses=CLAUSES,
    disclaimer="The information on this site is not posted on behalf of the State of Maine",
    rights="Any personal use of Social Media outside of work is subject to First Amendment protections. This policy "
    "does not extend to, and is not intended to, impair or diminish employees’ rights as provided by the State "
    "Employees Labor Relations Act or similar laws relating to collective bargaining.",
    severities={},
    guidance={},
)

# id, clause, tier, severity, title, what was seen, link step
KINDS = (
    ("E-1", "E", "finding", "high", "Account registered to a state mailbox",
     "The platform's own records say that this account was registered with {mailbox}.", LinkStep.REGISTERED_ADDRESS),
    ("E-2", "E", "lead", "medium", "Account probably registered to a state mailbox",
     "A welcome message from the platform reached {mailbox}; anybody could have typed the address.", LinkStep.ALIAS),
    ("A-1", "A", "finding", "medium", "Agency's name in the handle or display name",
     "The display name wears the name of the agency.", LinkStep.SHOWN_ADDRESS),
    ("A-2", "A", "finding", "medium", "State address shown as the contact",
     "The profile shows {mailbox} as its contact.", LinkStep.SHOWN_ADDRESS),
    ("B-1", "B", "finding", "high", "Personal account that reads like an agency's outlet",
     "The profile's own words present it as an agency's outlet: official-looking, needs review.",
     LinkStep.SHOWN_ADDRESS),
    ("C-1", "C", "lead", "low", "State employee without a disclaimer",
     "The profile identifies its owner as a state employee and holds no disclaimer.", LinkStep.NAME_WITH_AGENCY),
    ("U-1", "", "lead", "medium", "Official-looking account in nobody's registry",
     "The account wears the agency's name, is in no registry and tied to no person.", LinkStep.NONE),
    ("R-1", "", "finding", "high", "Registered official account not as registered",
     "The registry calls the account active; it was not seen tonight.", LinkStep.OFFICIAL_REGISTRY),
    ("R-2", "", "finding", "high", "Supervisor of an official account has left",
     "HR lists the registered supervisor as having left.", LinkStep.OFFICIAL_REGISTRY),
    ("R-3", "", "finding", "medium", "Official account registered to a personal address",
     "The account is registered to an address outside the State's domains.", LinkStep.OFFICIAL_REGISTRY),
)  # fmt: skip
RULES = tuple(
    RuleNote(
        rule_id, clause, tier, severity, title,
        rationale=f"{title}: person and agency blur where a reader cannot tell one from the other.",
        proves_not="That the employee opened the account, or meant anything by it.",
        to_do="Look at the profile, ask the employee through the usual channel, and write down what you find.",
    )
    for rule_id, clause, tier, severity, title, *_ in KINDS
)  # fmt: skip

REGISTRY = tuple(
    RegistryRow(
        OfficialAccount(
            platform, handle, f"90000000000000000{n}", f"https://{platform}.com/{handle}", code, employee_id,
            f"{handle}@maine.gov", False, date(2025, 11, n + 1),
            Provenance("registry", f"official.csv:{n + 2}", None, DIGEST),
        ),
        agency=name,
        supervisor_name=supervisor,
        seen=seen,
        findings=rules,
    )
    for n, (platform, handle, code, name, employee_id, supervisor, seen, rules) in enumerate(
        (
            ("x", "MaineDOT1", "DOT", AGENCIES[1].name, "10003", "Tomasz Birchwater", "seen tonight", ()),
            ("facebook", "MEDHHS", "DHHS", AGENCIES[0].name, "10001", "Avery Quillfeather", "not seen", ("R-1",)),
            ("youtube", "MaineIFW", "IFW", AGENCIES[3].name, "10007", "", "seen tonight", ("R-2", "R-3")),
            ("x", "MEStatePolice", "DPS", AGENCIES[2].name, "10005", "Wendell Frostmoor", "cannot tell", ()),
        ),
        1,
    )
)  # fmt: skip

PULLS = (
    Pull("hr", "hr_csv", Access.OWN_SYSTEM, PullStatus.COMPLETE, 412, 410, 0, 2, "", 411),
    Pull("registrations", "accounts_csv", Access.EXPORT_ONLY, PullStatus.COMPLETE, 20_114, 61, 20_050, 3, "", 20_010,
         (("facebook", 20), ("linkedin", 14), ("x", 27)),
         (("no tie to the organization", 20_049), ("of no kind that is asked about", 1))),
    Pull("video_export", "accounts_csv", Access.EXPORT_ONLY, PullStatus.NOT_JUDGED, 40, 4, 36, 0,
         "40 items were read where 9,800 were expected (last healthy pull). Ask for a complete export of "
         "exports/video/*.csv and run again.", 9_812, (("youtube", 4),)),
    Pull("bookmarks", "accounts_csv", Access.EXPORT_ONLY, PullStatus.SKIPPED, 0, 0, 0, 0, "left out by --only", None),
)  # fmt: skip
PROBLEMS = (
    Problem("hr", "people.csv:17", "The start date 2024-13-01 is no date; the field was left empty. Write YYYY-MM-DD."),
    Problem("registrations", "accounts.xlsx:Sheet1:230", "The row has 9 cells for 12 headings. Check for a line break "
            "inside a cell, and export again."),
)  # fmt: skip
BIOS = (
    "MaineDOT crew chief, tweets my own",
    "Official news of the District Office\nAsk us anything",
    "=HYPERLINK(\"https://evil.example\",\"click\")",
    "Proud Trooper 🚓 since 2009",
)  # fmt: skip


def night(findings: int = 60, seed: int = 7) -> Night:
    """A night with so many findings, the same for the same numbers."""
    found = tuple(_findings(findings, random.Random(seed)))
    return Night(
        run_id="20260302T060000Z-7f3a",
        as_of=AS_OF,
        started_at=STARTED,
        organization=Organization("State of Maine", "ME", ("maine.gov",), agencies=AGENCIES),
        policy=POLICY,
        rules=RULES,
        pulls=PULLS,
        problems=PROBLEMS,
        findings=found,
        registry=REGISTRY,
        people=410,
        changes=tuple(_changes(found)),
        trends=_trends(found),
    )


def quiet_night() -> Night:
    """A night on which nothing was found, no problem met, and every source judged."""
    pulls = tuple(replace(pull, rejected=0) for pull in PULLS[:2])
    return replace(night(0), pulls=pulls, problems=(), registry=())


CAUSES = {
    FindingStatus.NEW: "seen for the first time",
    FindingStatus.REOPENED: "the account changed",
    FindingStatus.RESOLVED: "the directory changed",
    FindingStatus.NOT_RECHECKED: "",
}


def _changes(findings: tuple[Finding, ...]) -> Iterator[Changed]:
    for one in findings:
        if one.status in CAUSES:
            yield Changed(one, one.status, f"what made it {one.status}", CAUSES[one.status])
        if one.disposition:
            words = {"disposition": one.disposition, "reviewer": one.reviewer}
            yield Changed(one, "decided", "Disposition, Reviewer", "somebody decided", one.reviewer, words)


def _trends(findings: tuple[Finding, ...]) -> Trends:
    """The weeks that these findings lived through, but for one in which no night was run."""
    events = [Event(one.first_seen, one.finding_id, "new") for one in findings]
    events += [Event(AS_OF, one.finding_id, "resolved") for one in findings if one.status is FindingStatus.RESOLVED]
    events += [
        Event(one.decided_on, one.finding_id, "decided", {"disposition": one.disposition})
        for one in findings
        if one.decided_on
    ]
    events.sort(key=lambda event: event.on)
    nights = [AS_OF - timedelta(days=n) for n in range(92) if not 28 <= n < 42]
    return trends(events, {one.finding_id: Subject(one.agency_code, one.rule_id) for one in findings}, nights, AS_OF)


def _findings(count: int, chance: random.Random) -> Iterator[Finding]:
    statuses = list(FindingStatus)
    for n in range(count):
        rule_id, clause, tier, severity, _, because, step = KINDS[n % len(KINDS)]
        employee_id, name, agency = chance.choice(PEOPLE)
        platform = chance.choice(PLATFORMS)
        handle = f"{name.split()[0].lower().replace(chr(39), '')}_{n}"
        mailbox = f"{name.split()[0].lower()}.{n}@maine.gov" if rule_id in ("E-1", "E-2", "A-2") else ""
        url, account_id = f"https://{platform}.com/{handle}", str(chance.randrange(10**17, 10**18))
        status = chance.choices(statuses, (3, 8, 1, 2, 2))[0]
        first = AS_OF if status is FindingStatus.NEW else AS_OF - timedelta(days=chance.randrange(1, 90))
        decided = status is FindingStatus.OPEN and chance.random() < 0.4
        if rule_id.startswith("R-"):
            row = REGISTRY[1] if rule_id == "R-1" else REGISTRY[2]
            platform, handle, url = row.account.platform, row.account.handle, row.account.url
            account_id, agency, employee_id, name = row.account.account_id, row.account.agency_code, "", ""
        elif rule_id == "U-1" or n % 12 == 0:
            employee_id, name = "", ""
        if rule_id == "E-1" and n % 3 == 0:
            employee_id, name, step = "", "", LinkStep.NOT_IN_DIRECTORY
        observed = STARTED - timedelta(days=chance.randrange(3))
        yield Finding(
            finding_id=f"{rule_id}-{n:012x}",
            rule_id=rule_id,
            clause=clause,
            tier=Tier(tier),
            severity=Severity(severity),
            status=status,
            platform=platform,
            handle=handle,
            account_id=account_id,
            url=url,
            display_name=f"{name or 'District Office'} 🌲",
            mailbox=mailbox,
            employee_id=employee_id,
            employee_name=name,
            agency_code=agency,
            because=because.format(mailbox=mailbox),
            matched_text=chance.choice(BIOS) if rule_id[0] in "ABCU" else "",
            evidence=tuple(
                Evidence("registrations", kind, mailbox or handle, observed, DIGEST)
                for kind in ("registered address", "display name", "bio")[: chance.randrange(1, 4)]
            ),
            link_step=step,
            link_value=mailbox or name,
            rivals=1 if rule_id == "C-1" and n % 2 else 0,
            sources=("registrations",),
            first_seen=first,
            last_seen=AS_OF,
            disposition="confirmed" if decided else "",
            reviewer="J. Tidewater" if decided else "",
            note="Spoke with the employee; the address is changed." if decided else "",
            decided_on=AS_OF - timedelta(days=1) if decided else None,
        )
