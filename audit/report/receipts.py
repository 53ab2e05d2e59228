"""What came of the reviewers' copies that a night read, for Start here and the terminal. Pure."""

from __future__ import annotations

from audit.night import Night, Receipt


def receipts(night: Night) -> list[str]:
    """A line for each copy that was read, and one for what lies in the reviews folder and was not taken."""
    lines = [_receipt(one) for one in night.receipts]
    if night.import_problems:
        count = len(night.import_problems)
        lines.append(
            f"{count:,} word{_s(count)}, column{_s(count)} or file{_s(count)} of the reviews folder not placed: see the"
            " sheet Import problems."
        )
    return lines


def _receipt(one: Receipt) -> str:
    night = f"the workbook of run {one.written_by}" if one.written_by else "a workbook that does not say its night"
    about = f" about {one.findings:,} finding{_s(one.findings)}" if one.taken else ""
    unplaced = f", {one.unplaced:,} not placed (sheet Import problems)" if one.unplaced else ""
    nothing = " Nothing in it differs from what it was written with." if not (one.taken or one.unplaced) else ""
    return f"Copy read: {one.name}, {night}: {one.taken:,} word{_s(one.taken)} taken{about}{unplaced}.{nothing}"


def _s(count: int) -> str:
    return "" if count == 1 else "s"
