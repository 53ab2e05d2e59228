"""Why somebody left, in a column of an HR export: a sign that they have, where nothing else says so.

Only that a reason is there is looked at. What it is concerns nobody here, and is neither kept nor told.
"""

from __future__ import annotations

from collections.abc import Mapping

from connectors.contract import Source, folded
from connectors.placeholders import says_nothing

FIELD = "separation_reason"
HEADINGS = (
    "termination_reason", "reason_for_leaving", "reason_for_separation", "reason_for_termination", "leaving_reason",
    "term_reason", "exit_reason", "reason_for_exit", "separation_reason_code", "termination_reason_code",
    "term_reason_code", "separation_reason_description", "termination_reason_description", "separation_type",
    "termination_type",
)  # fmt: skip
"""What HR systems call it, besides separation_reason. A leave is no leaving."""
NO_REASON = ("active", "current", "employed", "notseparated", "notterminated", "stillemployed")
"""What stands there, as folded, of somebody who has not left."""


def reason_fields(source: Source) -> tuple[str, ...]:
    """The field to read, none where audit.toml leaves such a column unread on purpose."""
    left_unread = {folded(str(heading)) for heading in source.options.get("left_unread", ())}
    return () if left_unread.intersection((FIELD, *HEADINGS)) else (FIELD,)


def unexplained_reason(values: Mapping[str, str]) -> str:
    """The note for a row that gives a reason, and no day on which the employment ended; empty for any other."""
    reason = values.get(FIELD, "").strip()
    if not reason or says_nothing(reason, *NO_REASON) or values.get("end_date", "").strip():
        return ""
    return (
        f"{FIELD} is filled, as of somebody who has left, and neither status nor end_date says so: nobody can tell"
        " whether this person is employed, and their accounts are leads at most. Correct the row in HR; if the column"
        " is something else, name its heading in audit.toml: left_unread = [ … ]."
    )
