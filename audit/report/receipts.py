"""What came of the reviewers' copies that a night read, for Start here and the terminal. Pure."""

from __future__ import annotations

from audit.model.night import Night, Receipt


def receipts(night: Night) -> list[str]:
    """A line for each copy that was read, and one for what else of the reviews folder could not be placed."""
    lines = [_receipt(one) for one in night.receipts]
    others = len(night.import_problems) - sum(one.unplaced for one in night.receipts)
    if others > 0:
        lines.append(f"Of the reviews folder, {others:,} more not placed: see the sheet Import problems.")
    return lines


def _receipt(one: Receipt) -> str:
    night = f"the workbook of run {one.written_by}" if one.written_by else "a workbook that does not say its night"
    about = f" about {one.findings:,} finding{_s(one.findings)}" if one.taken else ""
    unplaced = f"; {one.unplaced:,} line{_s(one.unplaced)} on the sheet Import problems" if one.unplaced else ""
    nothing = " Nothing in it differs from what it was written with." if not (one.taken or one.unplaced) else ""
    return f"Copy read: {one.name}, {night}: {one.taken:,} word{_s(one.taken)} taken{about}{unplaced}.{nothing}"


def _s(count: int) -> str:
    return "" if count == 1 else "s"
