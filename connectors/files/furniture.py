"""What stands among the rows of a report and is no row: totals, counts, page ends, and headings that stand there again.

None of it becomes a person or an account, and none of it goes unsaid.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from connectors.contract import Remark, SourceChanged
from connectors.files.headings import FileRow, Wanted, heading_words, headings_again

FEW = 2
"""Filled cells up to which a row is looked at whatever stands in it."""
JOINED = 3
"""Commas, or the like, that a sentence has at most two of."""
QUOTED = 80
"""Characters of such a line that are quoted."""

_THINGS = r"(?:rows?|records?|entries|employees?|people|persons?|accounts?|users?|items?|results?|lines?|headcount)"
_NUMBER = r"(?:\d[\d,. ]*)"
_FIGURE = rf"\s*+(?:[:=]\s*+)?{_NUMBER}?"
_MADE = r"(?:generated|printed|produced|prepared|compiled|issued|(?:last )?updated|run|exported|extracted|as of)"
LINES = re.compile(
    r"[*=\-_\s(\[<]*(?:"
    rf"(?:grand |sub[ -]?|report |overall |page )?totals?(?: (?:number of |of )?(?:active |all )?{_THINGS})?{_FIGURE}"
    rf"|(?:(?:record|row|employee|account|user|head|total|sub|line|item)[ _-]?)?count(?: of {_THINGS})?{_FIGURE}"
    rf"|(?:number|no\.?) of {_THINGS}{_FIGURE}"
    rf"|{_NUMBER} {_THINGS}(?: (?:\w+ )?(?:selected|returned|affected|found|exported|listed|in total|total))?"
    r"|end of (?:the )?(?:report|file|data|list|listing|document|export|page|table)\b.*"
    r"|page \d+(?: ?(?:of|/) ?\d+)?"
    rf"|(?:report |file |list |data )?{_MADE}\b[ :]*(?:on|by|at|date|time|from|:).*"
    r"|(?:run|print|report|extract|export)[ _-]?(?:date|time)\s*:.*"
    r")[*=\-_\s)\]>.]*",
    re.IGNORECASE,
)
"""A cell that a report writes of itself."""
LONGEST = 500
"""Letters of such a cell at most; of blanks without end the pattern would take hours."""
BESIDE = re.compile(r"[\d\s.,:;/%$()*=_+-]*(?:[AaPp][Mm])?")
"""What may stand beside it in the same row: figures, days, times, rules."""
SIGNED = re.compile(rf"[*\-_\s(]*(?:report |file |list |data )?{_MADE} (?:by|on|at|from)\s*:?", re.IGNORECASE)
"""Such a cell where what belongs to it stands in the next one: "Prepared by", "A. Clerk"."""
ONE_WORD = frozenset(("employee_id", "account_id", "platform"))
"""Fields in which no sentence stands: one that is all that a row holds is a title, a note, or a group's name."""
LABEL = 60
"""Letters of a sum's name at most."""
SUM_WORD = re.compile("(?:total|count)s?\\b", re.IGNORECASE)
SUM = re.compile(r"(?:sub-?|grand )?totals?\b[^\d@].*|.*[^@](?:sub-?totals?|totals?|count)", re.IGNORECASE)
"""What names the sum of a group."""
RULED = re.compile(r"[-=_*~\s]{3,}")
_BEGINS = (
    rf"(?:(?:grand |sub[ -]?|overall )?(?:{_MADE}|{_THINGS}|totals?|count|end of|(?:number|no\.?) of|page|print|export"
    r"|extract|report|file|list|data|head[ _-]?count|user|line|item|sub)(?![^\W_])|[-=_*~]{2})"
)
"""How such a cell begins: the first look, at which nearly all rows are done with."""

HEADINGS_AGAIN = (
    "the headings stand here again; two exports may have been joined into one file. The rows after them were read "
    "under the same headings; check that none is there twice."
)


class Furniture:
    """The lines of one source's files that are no rows. `seen` says of each row whether it is one."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.marks = _marks(wanted)
        """A pattern (RE2) of a row's text with a heading in it and no address, beside which no cell is a heading; each
        cell stands on a line of its own."""
        words = heading_words(wanted)
        self._words = {word.replace("_", between) for word in words for between in "_ -"}
        self._line = re.compile(rf"^[*=\-_ \t(\[<\d,.]*{_BEGINS}", re.IGNORECASE | re.MULTILINE)

    def seen(self, row: FileRow) -> Remark | None:
        """What to tell of a row that is none; None for a row. Raises SourceChanged where another export begins."""
        cells = [cell for cell in row.values.values() if cell]
        text = "\n".join(cells)
        if not self._words.isdisjoint(text.lower().split("\n")) and self._again(row):
            return Remark(row.where, HEADINGS_AGAIN)
        bare = "@" not in text and "://" not in text
        plain = len(cells) <= FEW or bare  # else it is a row, and most rows are
        if plain and self._line.search(text) and is_furniture(row.values):
            what = "is a line that the report writes of itself; it was not taken for a row."
        elif bare and SUM_WORD.search(text) and self._is_sum(row.values):
            what = "is a sum of the report; it was not taken for a row."
        elif len(cells) == 1 and bare and self._is_note(row.values):
            what = (
                "is all that the row holds, a title, a note or the name of a group perhaps; it was not taken for a row."
                " If it is one, complete it in the export."
            )
        else:
            return None
        return Remark(row.where, f"{' '.join(text.split())[:QUOTED]!r} {what}")

    def _is_sum(self, values: Mapping[str, str]) -> bool:
        """Whether a row sums up a group of rows: "Total Facebook", "017 Total", and beside it only figures."""
        words = [(name, text) for name, text in values.items() if text and not BESIDE.fullmatch(text)]
        if len(words) != 1 or len(words[0][1]) > LABEL or not SUM.fullmatch(words[0][1].strip()):
            return False
        name, figures = words[0][0], sum(map(bool, values.values())) > 1
        return figures and (name in ONE_WORD or (not name.endswith("name") and self._is_incomplete(values)))

    def _is_incomplete(self, values: Mapping[str, str]) -> bool:
        """Whether a row lacks what is required."""
        needs = [(need,) if isinstance(need, str) else need for need in self.wanted.required]
        return any(self.wanted.constants.isdisjoint(need) and not any(values.get(n) for n in need) for need in needs)

    def _is_note(self, values: Mapping[str, str]) -> bool:
        """Whether a row is a sentence, in its only cell, where an id or a platform belongs, and lacks what is
        required. A cell in which a whole row was quoted is none: its separators tell."""
        name, text = next((name, text) for name, text in values.items() if text)
        sentence = len(text) <= LONGEST and len(text.split()) > 1 and any(map(str.isalpha, text))
        if name not in ONE_WORD or not sentence or any(text.count(one) >= JOINED for one in ",;|\t"):
            return False
        return self._is_incomplete(values)

    def _again(self, row: FileRow) -> bool:
        try:
            return headings_again(row.values, self.wanted)
        except ValueError:
            raise SourceChanged(another_export(row.where)) from None


def another_export(where: str) -> str:
    """The sentence for a row in which the headings of another export stand."""
    return (
        f"{where}: other headings begin here; two exports were joined into one file, and what stands under the second "
        "headings would be misread. Separate them again, and list both in path."
    )


def is_furniture(values: Mapping[str, str]) -> bool:
    """Whether a row is a line that a report writes of itself: one such cell at least, and beside it only figures."""
    cells = [text.strip() for text in values.values() if text.strip()]
    if cells and all(RULED.fullmatch(cell) for cell in cells):
        return True
    if len(cells) == 2 and len(cells[0]) <= LONGEST and SIGNED.fullmatch(cells[0]):
        return True
    own = [len(cell) <= LONGEST and LINES.fullmatch(cell) is not None for cell in cells]
    return any(own) and all(one or BESIDE.fullmatch(cell) for one, cell in zip(own, cells, strict=True))


def _marks(wanted: Wanted) -> str:
    words = sorted(heading_words(wanted))
    spelled = (re.escape(word).replace("_", r"[ \t_-]+") for word in words)
    return rf"\A[^@]*\n[ \t]*(?:{'|'.join(spelled)})[ \t]*\n[^@]*\z"
