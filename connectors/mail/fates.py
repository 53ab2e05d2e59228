"""Whether a message arrived: what the words of mail logs say, by the table mail_fates.csv. Pure.

Only a word that the table knows for a delivery proves one. A word that nobody knows is told and proves nothing. What
was written to a group or to somebody else, and reached a mailbox by way of these, says nothing about that mailbox.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache

from connectors.contract import Source, SourceDown
from connectors.files.cells import folded_word
from connectors.reference import table

TABLE = "mail_fates.csv"
REJECTED_SESSION = "smtpin_added_reject"
"""In a message id: Google's stand-in for a session that was refused. There was no message."""
JUDGEMENTS = ("spam", "filteredasspam")
"""Words that say who may have written it; what happens to the message afterwards does not take them back."""
OPTION = {
    "fates": 'words of the log that are not known: fates = { "Zugestellt" = "delivered", "Verirrt" = "not delivered" }'
}


class Fate(StrEnum):
    """What became of a message; of several that a row names, the first in this order holds."""

    NO = "no"
    UNKNOWN = "unknown"
    SPREAD = "to a group"
    """Nobody who has it can be told from it: it was written to the group."""
    PASSED_ON = "passed on"
    """Whom the row names has it because it was written to somebody else."""
    NOT_YET = "not yet"
    YES = "yes"
    NOTHING = "nothing"


ORDER = tuple(Fate)
COMMAND = "command"
"""The system, in the table, of programs that a mailbox or an alias leads to; their words are known with every log."""
OWN = {"delivered": Fate.YES, "not delivered": Fate.NO, "not yet": Fate.NOT_YET}
"""How audit.toml says it."""


@dataclass(frozen=True)
class Fates:
    """The words of one system; those behind `##` in a report's recipients have meanings of their own."""

    words: Mapping[str, Fate]
    recipient: Mapping[str, Fate] = field(default_factory=dict)

    def row(self, status: str, outcome: str = "", latest: str = "") -> tuple[Fate, str]:
        """The fate of a row by its columns, and the word that is not known, if that is why.

        `outcome` is a second column beside `status` (the place beside the action). `latest` is where the message was
        last seen: where it says yes or no, it alone decides.
        """
        last = self._word(latest)
        if last in (Fate.YES, Fate.NO):
            return last, ""
        said = [(self._word(word), word) for word in (status, outcome, latest) if folded_word(word)]
        fate, word = min(said, key=lambda one: ORDER.index(one[0]), default=(Fate.UNKNOWN, ""))
        if fate is Fate.NOTHING:
            fate = Fate.NOT_YET
        return fate, word.strip() if fate is Fate.UNKNOWN else ""

    def steps(self, words: str) -> tuple[Fate, str]:
        """The fate of one recipient by its steps ("Receive, Defer, Deliver"): the last that says anything decides."""
        known = self.recipient or self.words
        said = [(known.get(folded_word(word), Fate.UNKNOWN), word) for word in words.split(",") if folded_word(word)]
        if any(folded_word(word) in JUDGEMENTS for _, word in said):
            return Fate.NO, ""
        if Fate.PASSED_ON in (fate for fate, _ in said):  # to or by this recipient, which the report does not say
            return Fate.PASSED_ON, ""
        told = [one for one in said if one[0] is not Fate.NOTHING]
        fate, word = told[-1] if told else (Fate.NOT_YET if said else Fate.UNKNOWN, "")
        return fate, word.strip() if fate is Fate.UNKNOWN else ""

    def _word(self, word: str) -> Fate:
        return self.words.get(folded_word(word), Fate.UNKNOWN)


def known(system: str, source: Source | None = None) -> Fates:
    """The words of a system, with those of the option `fates` before them. Raises SourceDown for an option that is
    none."""
    own = _own(source) if source else {}
    return Fates({**_packaged(COMMAND), **_packaged(system), **own}, {**_packaged(f"{system} recipient"), **own})


def sent_to_command(line: str) -> str:
    """What the table calls a delivery to a program, by a shell's line: the first word that is a path, else the first
    word. What the program does with the mail stands there by its name."""
    words = re.findall(r"[^\s\"'()|;&]+", line)
    paths = [word for word in words if "/" in word and "=" not in word]
    return f"sent to the command {next(iter(paths or words), '').rpartition('/')[2]}"


@cache
def _packaged(system: str) -> Mapping[str, Fate]:
    return dict(_rows(row for row in table(TABLE) if row["system"] == system))


def _rows(rows: Iterable[Mapping[str, str]]) -> Iterable[tuple[str, Fate]]:
    return ((folded_word(row["word"]), Fate(row["delivered"])) for row in rows)


def _own(source: Source) -> dict[str, Fate]:
    named = source.options.get("fates", {})
    if not isinstance(named, dict) or any(meaning not in OWN for meaning in named.values()):
        listed = ", ".join(f'"{word}"' for word in OWN)
        raise SourceDown(f"{source.name}: fates in audit.toml is a table of the log's words, each one of {listed}.")
    return {folded_word(word): OWN[meaning] for word, meaning in named.items()}
