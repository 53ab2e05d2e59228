"""What is held about one person, as the workbook that is handed to them, with a place for corrections. Pure.

Nobody else stands in it: every text goes through audit.people.others. Who decided is "a reviewer": the person may know
that somebody did, when and what; reviewers are employees, too, and the organization tells their names where it must.
Nothing in it decides: what the person types comes back as a column of its own beside the finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from audit.model.exceptions import AuthorisedUse
from audit.model.finding import Finding, Past, Tier
from audit.model.night import RuleNote
from audit.model.seats import Seat
from audit.model.sheet import Column, Kind, Line, Link, Look, Sheet, Table, Value
from audit.people.identity import registry_name
from audit.people.others import Others
from audit.report.official_sheet import registry_says
from audit.report.reader import link_named, link_to
from audit.report.table import Shown, make_table
from connectors.records import OfficialAccount

FIRST, FINDINGS, LEADS, OFFICIAL = "About you", "Your findings", "Your leads", "Your official accounts"
SUPERVISED = "You supervise"
CORRECTION = "Correction"
"""The column in which the person writes; the next free name of "Correction 2", … where it holds words already."""
NOTHING_HELD = "nothing is held"
LEFT_OUT = "[left out: the directory could not be read, so nobody else's name could be looked for in it]"
A_REVIEWER = "a reviewer"

_PURPOSES = (
    (FINDINGS, "what facts say; correct here"),
    (LEADS, "what contains an inference; correct here"),
    (OFFICIAL, "what is amiss with official accounts that you supervise, or seats that you hold; correct here"),
    (SUPERVISED, "the official accounts for which the registry names you"),
    ("Accounts", "accounts tied to you, with and without a finding"),
    ("As sources gave it", "what is kept of these accounts, field by field"),
    ("Evidence", "each piece of it, with its day and digest"),
    ("Seats and authorised uses", "accounts for work that you hold, and uses that somebody has authorised for you"),
    ("Decisions", "what happened and was decided, when"),
    ("Notes to you", "notes that are written for you"),
    ("Look-ups", "when a platform was told of one of your addresses"),
    ("Kept until", "how long each thing is kept"),
    ("Held and not held", "what stands only as a digest, and what is never held"),
)
PLAIN_SHEETS = (FIRST, *(name for name, _ in _PURPOSES[3:]))
"""The sheets into which nothing is typed."""


@dataclass(frozen=True, slots=True)
class LookUp:
    """One look-up of an address of the person: the day, the source, and what it told which platform."""

    on: date
    source: str
    told: str


@dataclass(frozen=True, slots=True)
class PastStep:
    """One event of a finding's life: `words` are what a person changed, column → (before, after)."""

    finding_id: str
    run_id: str
    kind: str
    reason: str
    by_person: bool
    words: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class AboutFacts:
    """Everything held about one person. `fields` are (source, account, field, value) as the ledger keeps them,
    `accounts` rows of the last night's cases (None: it stored none), `left_out` findings that may be somebody else's,
    `digests` what stands only as digests, with whether it is there; `free` are the fields that people write freely.
    """

    employee_id: str
    name: str
    organization: str
    policy: str
    contact: str
    rights: str
    as_of: date
    run_id: str
    started_at: datetime
    directory_read: bool
    retention_days: int
    rules: Mapping[str, RuleNote]
    findings: tuple[Past, ...]
    left_out: int
    accounts: tuple[Mapping[str, Any], ...] | None
    fields: tuple[tuple[str, str, str, str], ...]
    steps: tuple[PastStep, ...]
    own_words: Mapping[str, Mapping[str, str]]
    unplaced: tuple[tuple[str, str, str], ...]
    notes: tuple[tuple[str, str], ...]
    look_ups: tuple[LookUp, ...]
    official: tuple[OfficialAccount, ...]
    mentions: tuple[tuple[str, str], ...]
    digests: tuple[tuple[str, bool], ...]
    nights: tuple[str, ...]
    others: Others
    seats: tuple[Seat, ...] = ()
    uses: tuple[AuthorisedUse, ...] = ()
    on_hold: frozenset[str] = frozenset()
    """Ids of findings that no purge removes while they are on legal hold."""

    def free(self, text: str) -> str:
        """What somebody wrote freely, where everybody else's names can be taken out of it."""
        return text if self.others.complete or not text else LEFT_OUT

    @property
    def holds_anything(self) -> bool:
        """Whether anything but digests is held."""
        own = (self.findings, self.accounts, self.fields, self.official, self.look_ups, self.mentions)
        return any((*own, self.seats, self.uses))


def about_sheets(facts: AboutFacts) -> tuple[Sheet, ...]:
    """The sheets of the person's workbook, without a word about anybody else."""
    made = (
        Sheet(FIRST, _first(facts)),
        _findings_sheet(facts, FINDINGS),
        _findings_sheet(facts, LEADS),
        _findings_sheet(facts, OFFICIAL),
        _sheet(SUPERVISED, _supervised(facts)),
        _sheet("Accounts", _accounts(facts)),
        _sheet("As sources gave it", _fields(facts)),
        _sheet("Evidence", _evidence(facts)),
        Sheet("Seats and authorised uses", _seats_and_uses(facts)),
        _sheet("Decisions", _decisions(facts)),
        _sheet("Notes to you", _notes(facts)),
        _sheet("Look-ups", _look_ups(facts)),
        _sheet("Kept until", _kept_until(facts)),
        _sheet("Held and not held", _held(facts)),
    )
    return tuple(map(_without_others(facts), made))


def written_about() -> dict[str, frozenset[str]]:
    """The headings that this workbook has on each sheet into which the person types; others are the person's own."""
    reviewed = frozenset(column.heading for column, _ in (*_FINDING, _ID))
    return dict.fromkeys((FINDINGS, LEADS, OFFICIAL), reviewed)


def _without_others(facts: AboutFacts) -> Callable[[Sheet], Sheet]:
    """Every text of a sheet without anybody else; an address on the web that names somebody opens nothing."""
    hide = facts.others.without
    own = {one.finding.finding_id for one in facts.findings}

    def value(given: Value) -> Value:
        if isinstance(given, Link):
            return Link(hide(given.text), given.url if hide(given.url) == given.url else "")
        return hide(given) if isinstance(given, str) and given not in own else given

    def part(given: Any) -> Any:
        if isinstance(given, Line):
            return replace(given, text=hide(given.text))
        assert isinstance(given, Table)
        return replace(given, rows=[tuple(map(value, row)) for row in given.rows])

    return lambda sheet: replace(sheet, parts=tuple(map(part, sheet.parts)))


def _sheet(name: str, parts: Sequence[Line | Table]) -> Sheet:
    return Sheet(name, (Line(name, Look.TITLE), *parts), keep=1)


# The first sheet


def _first(facts: AboutFacts) -> tuple[Line | Table, ...]:
    begun = f"{facts.started_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    who = f"{facts.name} ({facts.employee_id})" if facts.name else f"the employee {facts.employee_id}"
    waiting = sum(one.resolved_on is None for one in facts.findings)
    return (
        Line(f"What is held about {who}", Look.TITLE),
        Line(f"{facts.organization}, on {facts.as_of.isoformat()}. Run {facts.run_id}, begun {begun}."),
        Line(f"The audit asks one question under the policy “{facts.policy}”: which personal accounts are tied to a "
             "state e-mail address, or wear an agency's name so that person and agency blur? This workbook shows all "
             "that it holds about you, and nothing about anybody else."),
        *_what_is_missing(facts),
        Line(""),
        Line("In short", Look.HEADING),
        *([] if facts.holds_anything else [
            Line("Nothing is held about you: no finding, no lead, no account, no note.", Look.GOOD)
        ]),
        make_table("InShort", _SHORT, [
            ("Findings and leads that stand", waiting),
            ("Findings and leads that are resolved", len(facts.findings) - waiting),
            ("Accounts as the last night saw them", len(facts.accounts or ())),
            ("Decisions and other steps", len(facts.steps)),
            ("Look-ups that told a platform of your address", len(facts.look_ups)),
            ("Official accounts that you supervise", len(facts.official)),
        ]),
        Line(""),
        Line("What it does not mean", Look.HEADING),
        Line("A finding rests on facts; it does not say who opened an account, why, or that anybody did wrong. A lead "
             "contains an inference and may well be wrong. You need not tell anybody whether an account is yours, and "
             "the audit asks nobody for a password, nor to change who can see an account."),
        Line(facts.rights),
        Line(""),
        Line("How to correct something", Look.HEADING),
        Line(f"Type into the yellow column “{CORRECTION}” (with a number, where you have written before) on the sheets "
             f"{FINDINGS}, {LEADS} and {OFFICIAL}: what is wrong, what would be right. Leave Finding ID as it is. "
             "Save the file and send it back to whoever gave it to you: it goes into the audit's reviews folder, and "
             "from the next night on your words stand beside the finding, for those who decide. They decide nothing "
             "by themselves. What has no row there, you can simply write about."),
        Line(f"Whom to write to: {facts.contact or 'whoever gave you this file'}."),
        Line("Names of those who decided are not in this file: they are other employees. It says “a reviewer”; "
             "whoever gave you this file can tell you who may say more. What was written of other people is taken "
             "out and marked in square brackets."),
        Line(""),
        make_table("SheetsHere", _SHEETS, _PURPOSES),
    )  # fmt: skip


_SHORT: tuple[Shown[tuple[str, int]], ...] = (
    (Column("What", 90), lambda pair: pair[0]),
    (Column("How many", 12, Kind.NUMBER), lambda pair: pair[1]),
)


_SHEETS: tuple[Shown[tuple[str, str]], ...] = (
    (Column("Sheet, and what it shows", 90), lambda pair: f"{pair[0]}: {pair[1]}"),
)


def _what_is_missing(facts: AboutFacts) -> Iterator[Line]:
    if not facts.directory_read:
        yield Line(
            "THE DIRECTORY COULD NOT BE READ on this day. Shown is what the last night put down to the holder of this "
            "employee id; addresses, look-ups and words that people wrote freely are not complete.",
            Look.BANNER,
        )
    if facts.left_out:
        some = "One entry" if facts.left_out == 1 else f"{facts.left_out:,} entries"
        yield Line(
            f"{some} under the same employee id or address may be about somebody who held it before or holds it with "
            "you, and is not shown.",
            Look.BANNER,
        )
    if facts.accounts is None:
        yield Line("The last night stored no list of accounts; the sheet Accounts is empty for that reason.")


# Findings and corrections


def _rule(facts: AboutFacts, finding: Finding) -> str:
    note = facts.rules.get(finding.rule_id)
    clause = f" (clause {finding.clause})" if finding.clause else ""
    return f"{finding.rule_id} {note.title}{clause}" if note else finding.rule_id


def _tied(finding: Finding) -> str:
    return f"{finding.link_step}: {finding.link_value}" if finding.link_value else str(finding.link_step)


def _decided(finding: Finding) -> str:
    if not finding.disposition:
        return "nobody has decided"
    on = f" on {finding.decided_on.isoformat()}" if finding.decided_on else ""
    return f"{finding.disposition}, by {A_REVIEWER}{on}"


def _before(past: Past) -> str:
    one = past.earlier
    if one is None:
        return ""
    on = f" on {one.decided_on.isoformat()}" if one.decided_on else ""
    return f"{one.disposition or 'put aside'}, by {A_REVIEWER}{on}; since then {one.changed}"


def _account_told(finding: Finding) -> str:
    parts = (
        finding.platform,
        f"id {finding.account_id}" if finding.account_id else "",
        f"shown as “{finding.display_name}”" if finding.display_name else "",
        f"agency {finding.agency_code}" if finding.agency_code else "",
    )
    return "\n".join(filter(None, parts))


def _seen(past: Past) -> str:
    first, last = past.finding.first_seen.isoformat(), past.finding.last_seen.isoformat()
    over = f"\nresolved {past.resolved_on.isoformat()}" if past.resolved_on else ""
    return f"first {first}\nlast {last}{over}"


def _decision(facts: AboutFacts, past: Past) -> str:
    finding = past.finding
    parts = (
        _decided(finding),
        f"put aside until {finding.suppress_until.isoformat()}" if finding.suppress_until else "",
        f"note: {facts.free(finding.note)}" if finding.note else "",
        f"before: {_before(past)}" if past.earlier else "",
    )
    return "\n".join(filter(None, parts))


Of = tuple[Column, Callable[[AboutFacts, Past], Value]]
_FINDING: tuple[Of, ...] = (
    (Column("Status", 12, wrap=True), lambda _, one: f"{one.finding.status}, {one.finding.severity}"),
    (Column("Rule", 24, wrap=True), lambda facts, one: _rule(facts, one.finding)),
    (Column("Handle", 18, Kind.LINK, wrap=True), lambda _, one: link_to(one.finding)),
    (Column("Account", 24, wrap=True), lambda facts, one: facts.free(_account_told(one.finding))),
    (Column("State mailbox", 24, wrap=True), lambda _, one: one.finding.mailbox),
    (Column("What was seen", 36, wrap=True), lambda facts, one: facts.free(one.finding.because)),
    (Column("Matched words", 24, wrap=True), lambda facts, one: facts.free(one.finding.matched_text)),
    (Column("How it was tied to you", 22, wrap=True), lambda facts, one: facts.free(_tied(one.finding))),
    (Column("Seen", 16, wrap=True), lambda _, one: _seen(one)),
    (Column("What it does not prove", 28, wrap=True), lambda facts, one: _proves_not(facts, one.finding)),
    (Column("Decision and note", 28, wrap=True), _decision),
)
_ID: Of = (Column("Finding ID", 18), lambda _, one: one.finding.finding_id)


def _proves_not(facts: AboutFacts, finding: Finding) -> str:
    note = facts.rules.get(finding.rule_id)
    return note.proves_not if note else ""


def _place(finding: Finding) -> str:
    if finding.rule_id.startswith("R-"):
        return OFFICIAL
    return LEADS if finding.tier is Tier.LEAD else FINDINGS


def correction_heading(own_words: Mapping[str, Mapping[str, str]], findings: Iterable[Past]) -> str:
    """The column in which the person writes: one under which nothing stands yet, so that an empty cell takes nothing
    back and earlier words need not be shown."""
    taken = {heading for one in findings for heading in own_words.get(one.finding.finding_id, ())}
    folded = {" ".join(heading.casefold().split()) for heading in taken}
    names = (f"{CORRECTION} {number}" if number > 1 else CORRECTION for number in range(1, len(folded) + 2))
    return next(name for name in names if name.casefold() not in folded)


def _columns(facts: AboutFacts) -> tuple[Shown[Past], ...]:
    heading = correction_heading(facts.own_words, facts.findings)
    correct: Of = (Column(heading, 40, wrap=True, typed=True), lambda *_: "")

    def shown(column: Of) -> Shown[Past]:
        return column[0], lambda one: column[1](facts, one)

    return tuple(map(shown, (*_FINDING, correct, _ID)))


_INTRO = {
    FINDINGS: "Facts say that a clause of the policy may apply to these accounts. Only a person's decision makes it a "
    "conclusion.",
    LEADS: "An inference is in these, and they may well be wrong. Nobody is accused of anything.",
    OFFICIAL: "What is amiss with official accounts that you supervise, or with seats that you hold. It is about the "
    "account, not about you.",
}
_TYPE = "Write into the yellow column to the right what is wrong and what would be right. Leave Finding ID as it is."


def _findings_sheet(facts: AboutFacts, name: str) -> Sheet:
    mine = [one for one in facts.findings if _place(one.finding) == name]
    table = make_table(name.replace(" ", ""), _columns(facts), mine, NOTHING_HELD)
    return Sheet(name, (Line(f"{name}: {len(mine):,}", Look.TITLE), Line(_INTRO[name]), Line(_TYPE), table), keep=2)


_REGISTRY: tuple[Shown[OfficialAccount], ...] = (
    (Column("Registered platform", 18), lambda entry: entry.platform),
    (Column("Registered handle", 30, Kind.LINK, wrap=True), lambda entry: link_named(registry_name(entry), entry)),
    (Column("Registered account ID", 22, wrap=True), lambda entry: entry.account_id),
    (Column("Registry says", 12), registry_says),
    (Column("Registered mailbox", 28, wrap=True), lambda entry: entry.registered_email),
    (Column("Reviewed on", 12, Kind.DATE), lambda entry: entry.reviewed_on),
)


def _supervised(facts: AboutFacts) -> tuple[Line | Table, ...]:
    return (
        Line(
            "Official accounts for which the registry names you as the one who answers. That is no finding about you."
        ),
        make_table("YouSupervise", _REGISTRY, facts.official, NOTHING_HELD),
    )


def _seats_and_uses(facts: AboutFacts) -> tuple[Line | Table, ...]:
    seats: tuple[Shown[Seat], ...] = (
        (Column("System", 24, wrap=True), lambda seat: ", ".join(seat.systems)),
        (Column("Platform", 14), lambda seat: seat.platform),
        (Column("Handle", 28, Kind.LINK, wrap=True), lambda seat: link_named(seat.handle or seat.account_id, seat)),
        (Column("Address", 30, wrap=True), lambda seat: seat.address),
        (Column("Last seen", 12, Kind.DATE), lambda seat: seat.shown_on),
    )
    uses: tuple[Shown[AuthorisedUse], ...] = (
        (Column("Use", 36, wrap=True), lambda use: use.what),
        (
            Column("On", 24, wrap=True),
            lambda use: " ".join(filter(None, (use.platform or "every platform", use.account))),
        ),
        (Column("Spares you from", 34, wrap=True), lambda use: use.covers),
        (Column("On which paper", 28, wrap=True), lambda use: use.reference),
        (Column("From", 12, Kind.DATE), lambda use: use.from_on),
        (Column("Until", 12, Kind.DATE), lambda use: use.until_on),
        (Column("Stands", 12), lambda use: str(use.state)),
    )
    return (
        Line("Seats and authorised uses", Look.TITLE),
        Line("Accounts for work on systems that the organization runs. That is no finding about you."),
        make_table("YourSeats", seats, facts.seats, NOTHING_HELD),
        Line("Uses that somebody has authorised for you", Look.HEADING),
        make_table("AuthorisedUses", uses, facts.uses, NOTHING_HELD),
    )


# What else is held

_CASE = (
    ("Platform", "platform", 11), ("Handle", "handle", 20), ("Account ID", "account_id", 20),
    ("Address on the web", "url", 34), ("Display name", "display_name", 20),
    ("Registered with", "registered_email", 26), ("What that rests on", "registered_words", 36),
    ("Shown as contact", "contact_mailbox", 24), ("Mentioned", "mentioned_mailbox", 24),
    ("What the words were read as", "affiliation", 16), ("Why", "reading_reason", 34),
    ("Matched words", "matched_text", 24), ("Disclaimer", "disclaimer", 12), ("Its words", "disclaimer_text", 24),
    ("How it was tied to you", "link_step", 26), ("On what value", "link_value", 24), ("In words", "tie_words", 34),
    ("Days that are known", "dates", 26), ("In doubt because", "doubt", 30), ("Rules that hold", "holds", 14),
    ("Rules that cannot tell", "cannot_tell", 14), ("Findings", "finding_ids", 24),
)  # fmt: skip
_FREE = ("display_name", "registered_words", "reading_reason", "matched_text", "disclaimer_text", "link_value",
         "tie_words", "bio", "links", "notes", "unread_handle", "said")  # fmt: skip


def _accounts(facts: AboutFacts) -> tuple[Line | Table, ...]:
    def cell(name: str) -> Callable[[Mapping[str, Any]], Value]:
        return lambda row: facts.free(str(row.get(name) or "")) if name in _FREE else str(row.get(name) or "")

    columns = tuple((Column(heading, width, wrap=True), cell(name)) for heading, name, width in _CASE)
    return (
        Line("Accounts tied to you, as the last night judged them, with and without a finding."),
        make_table("AccountsTied", columns, facts.accounts or (), NOTHING_HELD),
    )


def _fields(facts: AboutFacts) -> tuple[Line | Table, ...]:
    columns: tuple[Shown[tuple[str, str, str, str]], ...] = (
        (Column("Source", 18), lambda one: one[0]),
        (Column("Account", 30, wrap=True), lambda one: one[1]),
        (Column("Field", 20), lambda one: one[2]),
        (Column("What is kept", 80, wrap=True), lambda one: facts.free(one[3]) if one[2] in _FREE else one[3]),
    )
    return (
        Line("What the ledger keeps of these accounts, field by field, until the source shows them no more."),
        make_table("AsKept", columns, facts.fields, NOTHING_HELD),
    )


def _evidence(facts: AboutFacts) -> tuple[Line | Table, ...]:
    pieces = [(one.finding.finding_id, piece) for one in facts.findings for piece in one.finding.evidence]
    columns: tuple[Shown[Any], ...] = (
        (Column("About finding", 20), lambda pair: pair[0]),
        (Column("Source", 18), lambda pair: pair[1].source),
        (Column("Kind", 20), lambda pair: pair[1].kind),
        (Column("Detail", 60, wrap=True), lambda pair: facts.free(pair[1].detail)),
        (Column("Day", 11, Kind.DATE), lambda pair: _day(pair[1].observed_at)),
        (Column("Strength", 10), lambda pair: str(pair[1].strength)),
        (Column("SHA-256 of what was read", 68), lambda pair: pair[1].sha256),
    )
    return (
        Line("Every piece of evidence behind the findings and leads, with the digest of what was read."),
        make_table("EvidenceHeld", columns, pieces, NOTHING_HELD),
    )


def _day(moment: datetime | None) -> date | None:
    return moment.astimezone(UTC).date() if moment else None


def _decisions(facts: AboutFacts) -> tuple[Line | Table, ...]:
    columns: tuple[Shown[PastStep], ...] = (
        (Column("Day", 11, Kind.DATE), lambda one: date.fromisoformat(one.run_id[:10])),
        (Column("Run", 15), lambda one: one.run_id),
        (Column("About finding", 20), lambda one: one.finding_id),
        (Column("What happened", 16), lambda one: one.kind),
        (Column("By", 14), lambda one: A_REVIEWER if one.by_person else "the night"),
        (Column("Why, or what was changed", 80, wrap=True), lambda one: _step(facts, one)),
    )
    own: tuple[Shown[tuple[str, str, str]], ...] = (
        (Column("On finding", 20), lambda one: one[0]),
        (Column("Column", 26, wrap=True), lambda one: one[1]),
        (Column("Words", 80, wrap=True), lambda one: facts.free(one[2])),
    )
    words = [
        (finding_id, heading, text)
        for one in facts.findings
        for finding_id in [one.finding.finding_id]
        for heading, text in facts.own_words.get(finding_id, {}).items()
    ]
    return (
        Line("What happened to each finding, oldest first, from the ledger's sealed chain of events."),
        make_table("History", columns, facts.steps, NOTHING_HELD),
        Line(""),
        Line("Further words beside the findings: your corrections, and columns of analysts", Look.HEADING),
        make_table("FurtherWords", own, words, NOTHING_HELD),
        Line(""),
        Line("Words that could not be placed", Look.HEADING),
        make_table("Unplaced", own, facts.unplaced, NOTHING_HELD),
    )


def _step(facts: AboutFacts, step: PastStep) -> str:
    if not step.by_person:
        return facts.free(step.reason)
    lines = [
        f"{name.replace('_', ' ')}: " + _change(before, after)
        for name, (before, after) in step.words.items()
        if name != "reviewer"
    ]
    return facts.free("\n".join(lines)) or "the reviewer's name alone was changed"


def _change(before: str, after: str) -> str:
    return f"“{after}”, before “{before}”" if before else f"“{after}”"


def _notes(facts: AboutFacts) -> tuple[Line | Table, ...]:
    columns: tuple[Shown[tuple[str, str]], ...] = (
        (Column("Subject", 40, wrap=True), lambda one: one[0]),
        (Column("Text", 110, wrap=True), lambda one: facts.free(one[1])),
    )
    return (
        Line(
            "The notes that are written for you as things stand. The audit sends nothing; somebody may have sent one."
        ),
        make_table("NotesToYou", columns, facts.notes, "no note is written"),
    )


def _look_ups(facts: AboutFacts) -> tuple[Line | Table, ...]:
    columns: tuple[Shown[LookUp], ...] = (
        (Column("Day", 11, Kind.DATE), lambda one: one.on),
        (Column("Source", 20), lambda one: one.source),
        (Column("What it told whom", 60, wrap=True), lambda one: one.told),
        (Column("Kept until", 11, Kind.DATE), lambda one: _until(facts, one.on)),
    )
    return (
        Line("Look-ups that told a platform of one of your addresses. Those before your first day are not yours."),
        make_table("LookUps", columns, facts.look_ups, "none is noted"),
    )


def _until(facts: AboutFacts, day: date) -> date:
    return day + timedelta(days=facts.retention_days)


def _kept_until(facts: AboutFacts) -> tuple[Line | Table, ...]:
    days = f"{facts.retention_days:,} days"
    columns: tuple[Shown[tuple[str, Value, str]], ...] = (
        (Column("What", 40, wrap=True), lambda one: one[0]),
        (Column("Kept until", 12, Kind.DATE), lambda one: one[1]),
        (Column("Why", 80, wrap=True), lambda one: one[2]),
    )
    held = [one.finding.finding_id for one in facts.findings if one.finding.finding_id in facts.on_hold]
    rows: list[tuple[str, Value, str]] = [(one, None, "as long as it is on legal hold") for one in held]
    rows += [
        (one.finding.finding_id, _until(facts, one.resolved_on), f"{days} after it was resolved, with its evidence and "
         "history")
        if one.resolved_on
        else (one.finding.finding_id, None, f"as long as it stands, and {days} after it is resolved, with its evidence "
              "and history")
        for one in facts.findings
        if one.finding.finding_id not in facts.on_hold
    ]  # fmt: skip
    if facts.accounts or facts.fields:
        rows.append(("Accounts as sources gave them", None, "until the source shows them no more"))
    rows += [
        (f"Files of the night of {night}", _until(facts, date.fromisoformat(night)), f"{days} after the night")
        for night in facts.nights
    ]
    rows.append(("This file, where the audit keeps a copy", _until(facts, facts.as_of), f"{days} after its day"))
    return (
        Line("It goes with the first cleaning (`purge`) after that day. The days are the organization's own setting."),
        make_table("KeptUntil", columns, rows, NOTHING_HELD),
    )


NOT_HELD = (
    "What you post, like, follow, read or say to others", "Private addresses of personal accounts, telephone numbers",
    "Photographs, locations, birthdays, family", "Health, religion, politics, union membership",
    "Passwords, messages, who your contacts are", "Accounts that show neither a state address nor an agency's name",
)  # fmt: skip


def _held(facts: AboutFacts) -> tuple[Line | Table, ...]:
    digests: tuple[Shown[tuple[str, bool]], ...] = (
        (Column("Only as a digest, from which nobody can read it back", 80, wrap=True), lambda one: one[0]),
        (Column("There", 10), lambda one: "yes" if one[1] else "no"),
    )
    mentions: tuple[Shown[tuple[str, str]], ...] = (
        (Column("Source", 20), lambda one: one[0]),
        (Column("Row or file that could not be used as it stands, and that names you", 90, wrap=True),
         lambda one: facts.free(one[1])),
    )  # fmt: skip
    never: tuple[Shown[str], ...] = ((Column("What is not held about anybody", 90, wrap=True), lambda one: one),)
    return (
        make_table("Digests", digests, facts.digests),
        Line(""),
        make_table("Mentions", mentions, facts.mentions, NOTHING_HELD),
        Line(""),
        make_table("NotHeld", never, NOT_HELD),
        Line(
            "HR's record of you (name, title, status, days) is read each night and stays HR's: the audit keeps no copy."
        ),
    )
