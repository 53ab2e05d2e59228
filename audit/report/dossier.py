"""The go-live papers: what is read, stored, asked, sent and kept, from code, catalogue, configuration and ledger. Pure.

What only a person can say is a marked blank, never invented. A field, a stored column or a rule that nothing here
describes is a fault: `undescribed` names it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from audit.findings.trust import wilson
from audit.model.night import RuleNote, Trust
from audit.model.policy import Policy
from audit.model.settings import SourceSettings, ThirdParty
from audit.model.sheet import Column, Line, Look, Sheet, SheetPart, Table
from audit.report.rules_sheet import asked_in_words
from audit.report.table import count, make_table
from connectors import reference
from connectors.contract import Access, Connector

BLANK = "to be written by a person"
"""Stands where neither code nor ledger has the answer."""
Rows = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DossierFacts:
    """What the papers are about: one configuration, and the last night that was judged with it.

    `sources` are all of the configuration, the directory and the lists of the organization among them. `trust` and
    `disclosed` (look-ups that told a platform of an employee, by source) are empty before the first night.
    """

    organization: str
    as_of: date
    version: str
    policy: Policy
    rules: tuple[RuleNote, ...]
    sources: tuple[SourceSettings, ...]
    retention_days: int
    encrypted: bool
    last_run: str = ""
    trust: tuple[Trust, ...] = ()
    counts: tuple[tuple[str, int], ...] = ()
    disclosed: Mapping[str, int] = field(default_factory=dict)
    holds: str = "none"
    """What is on legal hold, in counts."""
    third_parties: tuple[ThirdParty, ...] = ()
    """Packages beside this one whose code takes part."""
    anchors: tuple[str, ...] = ()
    """The hosts that are told the end of the ledger's chain."""


def undescribed(
    connectors: Iterable[Connector[Any]], stored: Mapping[str, Collection[str]], rules: Iterable[RuleNote]
) -> list[str]:
    """What the papers do not describe, or describe and is not so: a sentence each.

    `stored` are the columns of each table that is kept between nights.
    """
    faults = []
    kinds = {row["what"] for row in _table("kinds")}
    described: dict[str, set[str]] = {}
    for row in _table("reads"):
        described.setdefault(row["connector"], set()).update(row["fields"].split(";"))
        if row["what"] not in kinds:
            faults.append(f"reads.csv: {row['connector']}: {row['what']!r} stands not in kinds.csv.")
    for connector in connectors:
        faults += _differences(
            f"the connector {connector.name} reads", set(connector.reads), described.get(connector.name, set()), "reads"
        )
    listed: dict[str, set[str]] = {}
    for row in _table("stored"):
        listed.setdefault(row["place"], set()).update(row["columns"].split(";"))
    for place in sorted(stored.keys() | listed.keys()):
        faults += _differences(f"{place} stores", set(stored.get(place, ())), listed.get(place, set()), "stored")
    faults += [
        f"the rule {rule.rule_id} does not say what it asks, what it does not prove and what to do."
        for rule in rules
        if not (rule.rationale and rule.proves_not and rule.to_do)
    ]
    return faults


def _differences(does: str, own: set[str], told: set[str], where: str) -> Iterator[str]:
    for name in sorted(own - told):
        yield f"{does} {name!r}, which data/reference/dossier/{where}.csv does not describe. Describe it there."
    for name in sorted(told - own):
        yield f"data/reference/dossier/{where}.csv says that {does} {name!r}, which is not so. Take it out there."


def dossier_sheets(facts: DossierFacts) -> tuple[Sheet, ...]:
    """The papers, one subject a sheet, in the order in which they are asked for."""
    parts: tuple[tuple[str, str, tuple[SheetPart, ...]], ...] = (
        ("About this dossier", "What this is, and what a person has to add", _about(facts)),
        ("Data map", "What is read, of whom, why, and what becomes of it", _data_map(facts)),
        ("Sources", "Where it comes from, by which title, under which terms", _sources(facts)),
        ("Rules", "What is asked, by which clause, and how often it was wrong", _rules(facts)),
        ("Reading", "Model card of the reading of profiles", _reading()),
        ("Retention", "What is kept, for how long, and what is on hold", _retention(facts)),
        ("What leaves", "What leaves the building, and who is told", _leaves(facts)),
        ("Threats", "Who could turn against it, and what stops them", _threats()),
        ("Controls", "Controls that the tool gives evidence for", _controls()),
        ("Accessibility", "Accessibility statement", _accessibility()),
        ("Changes", "What changed in rules and reading", _changes()),
    )
    return tuple(Sheet(name, (Line(title, Look.TITLE), *body)) for name, title, body in parts)


def _about(facts: DossierFacts) -> tuple[SheetPart, ...]:
    ran = f"The last night that was judged: {facts.last_run}." if facts.last_run else "No night has been judged yet."
    counted = ", ".join(f"{number:,} {status}" for status, number in facts.counts)
    return (
        Line(
            f"{facts.organization}. identity-audit {facts.version}, {facts.as_of.isoformat()}, under the policy"
            f" “{facts.policy.label}”. {ran}"
        ),
        Line(
            "It is written by the program from its own code, its catalogue of sources, audit.toml and the ledger, and"
            " refuses to be written where one of them holds what it does not describe. It names nobody."
        ),
        *((Line(f"Findings in the ledger: {counted}."),) if counted else ()),
        *(
            Line(f"Code of others takes part, with all rights of this program: {one}. Its makers must answer for it.")
            for one in facts.third_parties
        ),
        Line("What is deliberately not collected", Look.HEADING),
        Line(
            "Posts, followers, likes, groups, places, pictures, messages; accounts that show neither a state address"
            " nor an agency's name; private e-mail addresses; anything about union, politics, religion or health."
            " Nobody is looked for by name, no sign-up or password page is probed, and nothing that a profile links to"
            " is fetched."
        ),
        Line("How somebody sees and corrects what is held about them", Look.HEADING),
        Line(
            "identity-audit about EMPLOYEE_ID writes a workbook of everything that is held about that person and nobody"
            " else; what is corrected there comes back as a decision. Each notice says whom to write to."
        ),
        Line("Who asks what", Look.HEADING),
        Table(
            "Questions",
            (Column("Asked by", 18), Column("Question", 62, wrap=True), Column("Answered on the sheet", 30)),
            [(row["for_whom"], row["question"], row["answer"] or BLANK.capitalize()) for row in _table("papers")],
        ),
    )


def _data_map(facts: DossierFacts) -> tuple[SheetPart, ...]:
    kinds = {row["what"]: row for row in _table("kinds")}
    reads = _table("reads")
    rows = [
        (
            source.name,
            ", ".join(row["fields"].split(";")),
            row["what"],
            *(kinds[row["what"]][name] for name in ("about", "why", "kept", "seen_by")),
            _days(kinds[row["what"]]["for_long"], facts),
        )
        for source in facts.sources
        for row in reads
        if row["connector"] == source.connector.name
    ]
    described = {row["connector"] for row in reads}
    rows += [  # of packages beside this one: which fields, their connector says; what they are, a person must
        (source.name, ", ".join(source.connector.reads), *[BLANK.capitalize()] * 6)
        for source in facts.sources
        if source.connector.name not in described
    ]
    columns = (
        Column("Source", 18), Column("Fields", 34, wrap=True), Column("What they are", 24, wrap=True),
        Column("About whom", 18, wrap=True), Column("Why it is read", 40, wrap=True),
        Column("Where it is kept", 36, wrap=True), Column("Who sees it", 24, wrap=True),
        Column("For how long", 34, wrap=True),
    )  # fmt: skip
    return (
        Line("Of the sources in audit.toml. What a source would give beside these fields is left unread."),
        Table("DataMap", columns, rows),
    )


def _sources(facts: DossierFacts) -> tuple[SheetPart, ...]:
    columns = (
        (Column("Source", 18), lambda one: one.name),
        (Column("What it reads", 40, wrap=True), lambda one: one.connector.summary),
        (Column("Title", 16), lambda one: str(one.connector.access)),
        (Column("Why not from the person", 44, wrap=True), lambda one: WHY[one.connector.access]),
        (Column("Approval in force", 40, wrap=True), _approval),
        (Column("Credentials", 44, wrap=True), lambda one: one.connector.credentials or "none"),
        (Column("Terms to read", 44, wrap=True), lambda one: one.connector.terms or "your own"),
    )
    return (
        Line(
            "Secrets are never in audit.toml: they are kept in the environment or in a file of the operator's. The"
            " classes are a reading of the platforms' terms, not legal advice."
        ),
        make_table("Sources", columns, facts.sources),
    )


WHY = {
    Access.OWN_SYSTEM: "it is the organization's own system, kept for its own purposes",
    Access.PUBLIC: "it is public, and asked by the organization's own names and handles, never by an employee's",
    Access.APPROVAL: "a named person approved it on paper, for a time; it tells the platform what it asks",
    Access.EXPORT_ONLY: "somebody with the right to it exported it; the program itself asks nobody",
}
"""By title: why a source other than the person is asked."""


def _approval(source: SourceSettings) -> str:
    if source.approval is not None:
        return str(source.approval)
    return "needs one" if source.connector.access is Access.APPROVAL else "needs none"


def _rules(facts: DossierFacts) -> tuple[SheetPart, ...]:
    def quoted(rule: RuleNote) -> str:
        clause = facts.policy.clause(rule.clause)
        if rule.not_asked:
            return asked_in_words(rule)
        return f"{rule.clause}: “{clause.text}”" if clause else "no clause: asked for the registry's own sake"

    columns = (
        (Column("Rule", 8), lambda rule: rule.rule_id),
        (Column("What it asks", 52, wrap=True), lambda rule: f"{rule.title}. {rule.rationale}"),
        (Column("Clause, word for word", 52, wrap=True), quoted),
        (Column("At most", 10), lambda rule: rule.tier),
        (Column("Severity", 10), lambda rule: rule.severity),
        (Column("What it does not prove", 46, wrap=True), lambda rule: rule.proves_not),
        (Column("What is done about it", 46, wrap=True), lambda rule: rule.to_do),
        (Column("What decisions say of it", 34, wrap=True), lambda rule: _measured(rule.rule_id, facts.trust)),
    )
    return (
        Line(f"{facts.policy.name}. {facts.policy.source}"),
        Line(facts.policy.rights),
        *(Line(f"Out of scope: “{one.text}” {one.note}".strip()) for one in facts.policy.out_of_scope),
        make_table("Rules", columns, facts.rules),
    )


def _measured(rule_id: str, trust: Iterable[Trust]) -> str:
    said = [
        f"{one.tier}s: {one.right} of {one.right + one.wrong} right ({one.low:.0%} to {one.high:.0%})"
        for one in trust
        if one.rule_id == rule_id and not one.source and one.right + one.wrong
    ]
    return "\n".join(said) or "nobody has decided about any yet"


def _reading() -> tuple[SheetPart, ...]:
    return (
        Table(
            "ModelCard",
            (Column("Heading", 28, wrap=True), Column("What is so", 110, wrap=True)),
            [(row["heading"], row["text"].replace("{figures}", _figures())) for row in _table("card")],
        ),
        Line("Measured on labelled examples", Look.HEADING),
        Table(
            "Measured",
            (
                Column("What", 58, wrap=True), count("Right"), count("Of"), Column("Share", 10),
                Column("Plausible (95 %)", 18), Column("On", 34), Column("Measured on", 14),
            ),
            [_share(row) for row in _table("measured")],
        ),
    )  # fmt: skip


def _share(row: Rows) -> tuple[str | int, ...]:
    right, whole = int(row["right"]), int(row["whole"])
    low, high = wilson(right, whole)
    return row["what"], right, whole, f"{right / whole:.1%}", f"{low:.1%} to {high:.1%}", row["on"], row["measured_on"]


def _figures() -> str:
    sets = dict.fromkeys(row["on"] for row in _table("measured"))
    return f"{'; '.join(sets)}. They are not part of the program; the figures stand below, with intervals."


def _retention(facts: DossierFacts) -> tuple[SheetPart, ...]:
    schedule = "Schedule and series under which this is destroyed"
    return (
        Line(
            f"What was resolved, or merely reported, more than {facts.retention_days:,} days ago is removed by"
            " identity-audit purge, which says what it removes, spares what is on hold, and is itself an event."
        ),
        Line(f"{schedule}: {BLANK}."),
        Line(f"Holds in force: {facts.holds}."),
        Table(
            "Stored",
            (
                Column("Kept in", 16), Column("Columns", 48, wrap=True), Column("What they hold", 52, wrap=True),
                Column("About people", 13), Column("Until", 46, wrap=True),
            ),
            [
                (
                    row["place"], ", ".join(row["columns"].split(";")), row["holds"],
                    {"digest": "as a digest"}.get(row["personal"], row["personal"]), _days(row["for_long"], facts),
                )
                for row in _table("stored")
            ],
        ),
    )  # fmt: skip


def _leaves(facts: DossierFacts) -> tuple[SheetPart, ...]:
    columns = (
        (Column("Source", 18), lambda one: one.name),
        (Column("Host", 40, wrap=True), _host),
        (Column("What it is asked by", 34, wrap=True), _asked_by),
        (Column("What that tells about an employee", 52, wrap=True), _tells),
        (
            Column("Look-ups written down", 22),
            lambda one: f"{facts.disclosed.get(one.name, 0):,}" if _tells(one) != NOTHING else "",
        ),
    )
    sealed = (
        "Workbooks are encrypted under a password."
        if facts.encrypted
        else "Workbooks are not encrypted: set [output] password before one leaves."
    )
    anchored = (
        f", and to {', '.join(facts.anchors)} the time, the run's id, a count of events and a digest ([anchor])"
        if facts.anchors
        else ""
    )
    return (
        Line(f"The program sends nothing but the requests below{anchored}: no reports, no statistics, no mail."),
        make_table("WhatLeaves", columns, facts.sources),
        Line("Files that leave by hand", Look.HEADING),
        Line(
            "An agency's workbook holds its own rows and no other's. notices.xlsx goes to whoever writes to employees."
            f" findings.jsonl, cases.parquet and the ledger stay. {sealed}"
        ),
        Line(
            "Exports are written by identity-audit export, and by nothing else; somebody has to carry them. Tickets for"
            " ServiceNow and Jira name whom the workbook names, with the sentence that says what was seen, without"
            " private addresses, reviewers and notes. OCSF and OSCAL have stand-ins for people and accounts unless"
            " names are asked for (--names), and agencies, rules and days as they are. None of them is encrypted,"
            " and what has arrived elsewhere is kept there for as long as the other system keeps it."
        ),
    )


NOTHING = "nothing"


def _host(source: SourceSettings) -> str:
    service = source.connector.service
    if service is None:
        named = source.options.get("url")
        return str(named) if isinstance(named, str) else "none: it is read from files"
    return service.url or str(source.options.get("url", "the organization's own"))


def _asked_by(source: SourceSettings) -> str:
    sweep = source.connector.sweep
    if sweep is not None:
        return str(sweep.keyed_on)
    return "nothing: a whole list is read" if source.connector.service else ""


def _tells(source: SourceSettings) -> str:
    return source.connector.sweep.discloses if source.connector.sweep and source.connector.sweep.discloses else NOTHING


def _threats() -> tuple[SheetPart, ...]:
    columns = (
        Column("Who", 28, wrap=True), Column("Could", 44, wrap=True), Column("What stops or shows it", 56, wrap=True),
        Column("What is left open", 44, wrap=True),
    )  # fmt: skip
    rows = [tuple(row[name] for name in ("who", "could", "stops_it", "left_open")) for row in _table("threats")]
    return (Table("Threats", columns, rows),)


def _controls() -> tuple[SheetPart, ...]:
    columns = (
        Column("Control", 12), Column("Title", 44, wrap=True), Column("Status", 20), Column("How", 56, wrap=True),
        Column("Shown by", 34, wrap=True),
    )  # fmt: skip
    rows = [
        tuple(row[name] for name in ("control", "title", "status", "how", "shown_by")) for row in _table("controls")
    ]
    return (
        Line(
            "NIST SP 800-53 revision 5 and the NIST Privacy Framework 1.0: the controls that the tool itself gives"
            " evidence for. All others are inherited from, or kept by, the organization."
        ),
        Table("Controls", columns, rows),
    )


def _accessibility() -> tuple[SheetPart, ...]:
    rows = [(row["criterion"], row["statement"]) for row in _table("accessibility")]
    return (Table("Accessibility", (Column("Criterion", 44, wrap=True), Column("Statement", 90, wrap=True)), rows),)


def _changes() -> tuple[SheetPart, ...]:
    columns = (Column("Since", 12), Column("What", 80, wrap=True), Column("Why", 60, wrap=True))
    return (Table("Changes", columns, [(row["day"], row["what"], row["why"]) for row in _table("changes")]),)


def _days(words: str, facts: DossierFacts) -> str:
    return words.replace("{retention}", f"{facts.retention_days:,}")


def _table(name: str) -> list[dict[str, str]]:
    return reference.table(f"dossier/{name}.csv")
