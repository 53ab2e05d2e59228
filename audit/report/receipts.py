"""What came of the reviewers' copies that a night read: for Start here, the terminal, and beside each copy. Pure."""

from __future__ import annotations

from audit.model.night import ImportProblem, Night, Receipt

NO_SHEET = (
    "No sheet of this workbook has a column “Finding ID”, so that nothing typed into it can be placed. Copy your words "
    "into the rows of tonight's workbook."
)
"""Why nothing of a copy was read."""
BEGINS = (
    "This copy is of an earlier night, and the ledger begins tonight: everything is new in it, and nothing that was"
    " decided is known. If nights were judged before, look where folder under [output] of audit.toml leads: put it"
    " right, and run again."
)
"""What is said of a copy that is read by the first night of a ledger."""
PLACES_TOLD = 3
"""Places of what could not be placed that a line names; the receipt beside the copy has them all."""


def receipts(night: Night) -> list[str]:
    """A line for each copy that was read, and one for what else of the reviews folder could not be placed."""
    lines = [_receipt(one) for one in night.receipts]
    others = len(night.import_problems) - sum(one.unplaced for one in night.receipts)
    if others > 0:
        lines.append(f"Of the reviews folder, {others:,} more not placed: see the sheet Import problems.")
    for folder in night.shut_folders:
        where = "the reviews folder" if folder == "." else f"the folder {folder} of the reviews folder"
        lines.append(f"No receipt can be written into {where}: allow writing to whoever runs the night.")
    return [*lines, *night.without_receipt]


def told_first(night: Night) -> list[str]:
    """What nobody may overlook: columns of decisions that are gone or renamed, copies without any row of ours, and a
    ledger that is younger than the copies."""
    told = []
    for one in night.import_problems:
        copy, _, sheet = one.where.partition(":")
        if one.field and not one.words and not one.finding_id:
            told.append(f"{copy}, sheet {sheet}, column “{one.field}”: {one.reason}")
        elif one.reason in (NO_SHEET, BEGINS):
            told.append(f"{copy}: {one.reason}")
    return list(dict.fromkeys(told))


def receipt_text(night: Night, one: Receipt) -> str:
    """The receipt that lies beside a copy."""
    lines = [
        f"Receipt for {one.name}",
        "",
        f"Read by: run {one.run_id} of {night.organization.name}",
        f"Written by: {_origin(one)}",
        f"Decided by: {', '.join(one.by) or 'the copy names nobody'}",
        f"Taken: {_count(one.taken, 'word')} about {_count(one.findings, 'finding')}",
        f"Not placed: {one.unplaced:,}",
        *(f"  {_place(one, problem)}: {problem.reason}" for problem in one.problems),
        *(["  Each stands with its words on the sheet Import problems."] if one.problems else []),
        f"SHA-256 of the file as it was read: {one.sha256}",
        "",
        "This receipt is about the file as it lay here then. Save it again, and the next night reads it again.",
    ]
    return "\n".join(lines) + "\n"


def _receipt(one: Receipt) -> str:
    by = f", decided by {', '.join(one.by)}" if one.by else ""
    about = f" about {_count(one.findings, 'finding')}" if one.taken else ""
    nothing = " Nothing in it differs from what it was written with." if not (one.taken or one.unplaced) else ""
    return (
        f"Copy read: {one.name}{by}, {_origin(one)}: {_count(one.taken, 'word')} taken{about}{_unplaced(one)}.{nothing}"
    )


def _unplaced(one: Receipt) -> str:
    if not one.unplaced:
        return ""
    places = list(dict.fromkeys(_place(one, problem) for problem in one.problems))
    more = f" and {len(places) - PLACES_TOLD:,} more" if len(places) > PLACES_TOLD else ""
    where = f" ({'; '.join(places[:PLACES_TOLD])}{more})" if places else ""
    return f"; {_count(one.unplaced, 'line')} on the sheet Import problems{where}"


def _place(one: Receipt, problem: ImportProblem) -> str:
    """Sheet, row and column of a copy, as far as they are known."""
    sheet, _, row = problem.where.removeprefix(one.name).removeprefix(":").partition(":")
    parts = [sheet, f"row {row}" if row else "", problem.field]
    return ", ".join(filter(None, parts)) or "the whole file"


def _origin(one: Receipt) -> str:
    return f"the workbook of run {one.written_by}" if one.written_by else "a workbook that does not say its night"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
