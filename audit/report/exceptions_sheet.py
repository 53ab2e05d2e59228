"""The sheet "Exceptions": which authorised uses stand, what each spares and until when, and those that spare nothing.
Pure."""

from __future__ import annotations

from collections.abc import Mapping

from audit.model.exceptions import AuthorisedUse, ExceptionState, Register, Spared
from audit.model.sheet import Column, Kind, Line, Look, SheetPart, Tone
from audit.report.reader import SEVERITY_TONES, Reader
from audit.report.table import Shown, count, make_table

NO_REGISTER = "There is no register of exceptions: audit.toml has no table [exceptions]. Nobody is spared."
_TONES: Mapping[str, Tone] = {
    "ends soon": Tone.WARNING,
    ExceptionState.ENDED: Tone.QUIET,
    ExceptionState.WITHDRAWN: Tone.QUIET,
    ExceptionState.NOT_YET: Tone.QUIET,
}
_ORDER = ("ends soon", *ExceptionState)


def exceptions_sheet(reader: Reader) -> tuple[SheetPart, ...]:
    """The register's rows, those that end soon first; then all that they spare, which stands on no other sheet."""
    register = reader.register
    if register is None:
        nothing = make_table("Exceptions", _columns(reader), (), "there is no register")
        return (Line("Exceptions", Look.TITLE), Line(NO_REGISTER), nothing)
    uses = sorted(register.uses, key=lambda use: (_ORDER.index(state_in_words(use)), use.until_on, use.where))
    spared = [(use, one) for use in uses for one in use.spares]
    return (
        Line(f"Exceptions: {len(register.standing):,} stand, and spare {len(register.spared):,}", Look.TITLE),
        Line(
            "What somebody has authorised on a paper, as the register says. What an exception spares is no finding and "
            "no lead, and stands on no other sheet; it comes back on the night after the exception's last day, or as "
            "soon as the register no longer has it."
        ),
        *map(Line, exceptions_in_short(register)[1:]),
        make_table("Exceptions", _columns(reader), uses, "the register has no row that can be used"),
        Line(""),
        Line("What they spare tonight", Look.HEADING),
        make_table("Spared", _spared_columns(reader), spared, "nothing is spared tonight"),
    )


def exceptions_in_short(register: Register) -> list[str]:
    """What is to be known of the register, a sentence each; names nobody. The first counts."""
    uses, standing, spared = register.uses, register.standing, register.spared
    lines = [
        f"Exceptions: {len(standing):,} of {len(uses):,} stand and spare {len(spared):,} findings or leads, which are"
        " listed on the sheet Exceptions and on no other."
    ]
    lines += [
        f"Ends {_in_days(use.days_left)}: {use.where} ({use.reference}), on {use.until_on.isoformat()}. What it spares"
        " comes back after that day: renew its paper, or see that the account is put right."
        for use in sorted(standing, key=lambda use: (use.until_on, use.where))
        if use.ends_soon
    ]
    unused = [use.where for use in standing if not use.spares]
    if unused:
        lines.append(
            f"{len(unused):,} of them spare nothing tonight: {', '.join(unused[:5])}{' …' if unused[5:] else ''}."
        )
    if register.unusable:
        lines.append(
            f"{register.unusable:,} rows of the register spare nobody; the sheet Data quality says why of each."
        )
    return lines


def state_in_words(use: AuthorisedUse) -> str:
    """How an exception stands, and whether it ends soon."""
    return "ends soon" if use.ends_soon else str(use.state)


def _in_days(days: int | None) -> str:
    return {0: "today", 1: "tomorrow"}.get(days or 0, f"in {days} days")


def _columns(reader: Reader) -> tuple[Shown[AuthorisedUse], ...]:
    return (
        (Column("State", 11, tones=_TONES), state_in_words),
        (count("Spares"), lambda use: len(use.spares)),
        (Column("Last day", 11, Kind.DATE), lambda use: use.until_on),
        (count("Days left"), lambda use: use.days_left),
        (Column("Employee", 20, wrap=True), lambda use: use.employee_name or "everybody of the agency"),
        (Column("Employee ID", 12), lambda use: use.employee_id),
        (Column("Agency", 22, wrap=True), lambda use: reader.agency(use.agency_code)),
        (Column("Platform", 11), lambda use: use.platform or "every one"),
        (Column("Account", 22, wrap=True), lambda use: use.account or "every account there"),
        (Column("Spares from", 24, wrap=True), lambda use: use.covers),
        (Column("What is allowed", 32, wrap=True), lambda use: use.what),
        (Column("Granted by", 20, wrap=True), lambda use: use.granted_by),
        (Column("Paper", 20, wrap=True), lambda use: use.reference),
        (Column("From", 11, Kind.DATE), lambda use: use.from_on),
        (Column("Row of the register", 22, wrap=True), lambda use: use.where),
    )


def _spared_columns(reader: Reader) -> tuple[Shown[tuple[AuthorisedUse, Spared]], ...]:
    """As wide as the columns of the table above."""

    def title(spared: Spared) -> str:
        note = reader.rules.get(spared.rule_id)
        return note.title if note else ""

    return (
        (Column("Spared from", 11), lambda one: one[1].rule_id),
        (Column("Tier", 12), lambda one: str(one[1].tier)),
        (Column("Until", 11, Kind.DATE), lambda one: one[0].until_on),
        (Column("Severity", 12, tones=SEVERITY_TONES), lambda one: str(one[1].severity)),
        (Column("Employee", 20, wrap=True), lambda one: one[1].employee_name),
        (Column("Employee ID", 12), lambda one: one[1].employee_id),
        (Column("Agency", 22, wrap=True), lambda one: reader.agency(one[1].agency_code)),
        (Column("Platform", 11), lambda one: one[1].platform),
        (Column("Account", 22, wrap=True), lambda one: one[1].account),
        (Column("By the exception", 24, wrap=True), lambda one: f"{one[0].where} ({one[0].reference})"),
        (Column("Title", 32, wrap=True), lambda one: title(one[1])),
        # Not "Finding ID": a sheet with that heading is read back as one on which people decide.
        (Column("Would be finding", 20), lambda one: one[1].finding_id),
    )
