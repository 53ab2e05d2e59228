"""People of several rows, of which a column that nothing reads may say which row holds now. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence

from audit.model.night import Problem
from audit.people.directory import Directory, Standing


def leave_unordered_open(people: Directory, place: str, heading: str, *, has_start: bool) -> Sequence[Problem]:
    """Leave open whether those are employed whose rows differ, and no start orders them: `heading` (of the table
    `place`) may be the day since when each row holds. Those who are in several agencies by these rows are in none.

    `has_start`: whether another column is read as start_date. Nothing is changed or told where there is nobody.
    """
    found = sorted(people.unordered)
    for employee_id in found:
        one = people.employees[employee_id]
        agency = "" if people.several[employee_id] - {one.agency_code} else one.agency_code
        people.employees[employee_id] = one._replace(standing=Standing.UNCLEAR, agency_code=agency)
    if not found:
        return ()
    column = json.dumps(heading, ensure_ascii=False)
    named = f"if it is, name it in audit.toml: columns = {{ start_date = {column} }}; "
    reason = (
        f"{len(found):,} {'people have' if len(found) > 1 else 'person has'} several rows that differ in status or"
        f" agency, and nothing that is read says which of them is the newest; the column {heading!r} of {place}, which"
        " no field reads, may say since when each row holds. Nobody can tell whether, and where, these people are"
        " employed, and their accounts are leads at most. Export the newest row of each person alone, or,"
        f" {'' if has_start else named}if the column is something else, say so: left_unread = [{column}]."
    )
    return (Problem("directory", people.employees[found[0]].where, reason),)
