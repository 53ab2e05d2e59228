"""What an agency is told with its copy: the cover inside, and the text of the mail that carries it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from audit.model.finding import waits
from audit.model.settings import AgencyAnswer
from audit.model.sheet import Line, Look, SheetPart
from audit.report.reader import Reader

COVER = "Cover"
_REHEARSAL = "A REHEARSAL: do not send it, and decide nothing in it."


def cover_sheet(reader: Reader, answer: AgencyAnswer, left_out: Sequence[str]) -> tuple[SheetPart, ...]:
    """Why an agency has this, what to do by when, whom to ask, and where it goes back to."""
    night = reader.night
    return (
        Line(f"For {reader.agency(reader.agency_code)}", Look.TITLE),
        Line(f"Identity audit, {night.organization.name}, night of {night.as_of.isoformat()}"),
        *([Line(_REHEARSAL, Look.BANNER)] if night.rehearsed else []),
        Line(""),
        Line("Why you have this", Look.HEADING),
        Line(
            f"{night.organization.name} looks every night at which social-media accounts are tied to state addresses "
            "and names, under its policy:"
        ),
        Line(night.policy.label),
        Line(
            "This copy holds what concerns your agency alone, and no other agency's people. Nobody is judged: each row "
            "needs a person of yours to look at it."
        ),
        Line(""),
        Line("What to do", Look.HEADING),
        *map(Line, _to_do(reader, answer)),
        Line(""),
        Line("Whom to ask, and where to send it back", Look.HEADING),
        Line(answer.contact or "To whoever sent you this."),
        Line("The file may bear any name when it comes back. Send it as it came: as an Excel workbook (.xlsx)."),
        Line(""),
        Line("Handle it with care", Look.HEADING),
        Line(
            "It names employees. Show it to those alone who decide about it, and remove it when your answer is sent. "
            "One finding a page, for paper, is the sheet Cards."
        ),
        *([Line(""), Line(f"Left out, since nothing stands on them tonight: {', '.join(left_out)}.")] * bool(left_out)),
    )


def mail_text(reader: Reader, answer: AgencyAnswer, file_name: str, *, locked: bool) -> str:
    """The mail that carries an agency's copy, as a draft: names of people stand in the copy alone. The contact is
    whatever audit.toml says. Lines end in LF."""
    night = reader.night
    agency = reader.agency(reader.agency_code)
    locked_with = ["", "Its password comes to you in another way. Never send both together."] * locked
    lines = [
        *([_REHEARSAL, ""] if night.rehearsed else []),
        f"Subject: Identity audit {night.as_of.isoformat()}: {agency}",
        "",
        f"Attached is “{file_name}”: what the identity audit of {night.organization.name} has found of",
        f"{agency}, and of no other agency, as of {night.as_of.isoformat()}.",
        "",
        *_to_do(reader, answer),
        "",
        f"Questions, and the file when you are done: {answer.contact or 'to whoever sent you this'}.",
        "The file may bear any name when it comes back.",
        *locked_with,
        "",
        "It names employees: show it to those alone who decide about it. Nobody is judged by it.",
    ]
    return "\n".join(lines) + "\n"


def _to_do(reader: Reader, answer: AgencyAnswer) -> Iterator[str]:
    as_of = reader.night.as_of
    waiting = sum(waits(one, as_of) for one in reader.findings)
    if not waiting:
        yield "Nothing waits for a decision. Look through it, and keep nothing that you do not need."
        return
    yield f"{waiting:,} {'row waits' if waiting == 1 else 'rows wait'} for a decision of yours, in the yellow columns."
    yield "The sheet Start here says how. Save the file, and send it back."
    if answer.days is None:
        yield "No day is set: ask by when it is needed."
    else:
        yield f"By when: {as_of + timedelta(answer.days):%A, %Y-%m-%d}."
