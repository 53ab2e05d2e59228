"""What a platform's mail says about the mailbox that received it: the table mail_signals.csv, compiled. Pure.

The same table says who is asked about: its `senders` are the addresses that Microsoft Graph is asked for. Its rows are
read twice: by `Signals.read` here, one mail at a time, and as an SQL expression by connectors/mail/scan.py. Patterns
therefore keep to what Python's `re` and DuckDB's RE2 understand alike, and run on text that both fold alike (`folded`).
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path

from connectors.bounds import LONGEST_HEADER
from connectors.contract import SourceDown
from connectors.platforms import platforms
from connectors.records import SILENT_KINDS, Strength
from connectors.reference import table

TABLE, PHRASES, RELAYS = "mail_signals.csv", "mail_phrases.csv", "mail_relays.csv"
KINDS = (
    "verification", "welcome", "security", "password_reset", "recovery", "notification", "digest",
    "invitation_nonmember", "marketing",
)  # fmt: skip
COLUMNS = ("platform", "domains", "mailbox", "subject", "kind", "implies", "stranger")
ANY = "*"
"""In the column platform: a row that holds for every platform on the list."""
TELLING = ("digest", "notification", "marketing", "invitation_nonmember")
"""Kinds that a mailbox writing nothing else proves without a subject."""
DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
PART = r"[^\s<>\"'@:;,\[\](){}]"
"""A letter of a sender's address, on either side of its @."""
AROUND = r"[>\"'\])};,\s]*"
"""What exports leave behind a sender's address."""
SENDER = rf"({PART}+)@({PART}+){AROUND}$"
ADDRESS = re.compile(rf"(?<!{PART}){SENDER}")
LONGEST_ENCODED = 8 * LONGEST_HEADER
"""Letters of a subject in ASCII alone that is put into words: six or seven stand for a letter that ASCII lacks."""
MARKS = {"\u2019": "'", "\u2018": "'", "\u00a0": " ", "\n": " ", "\r": " ", "\t": " "}
"""Characters that are replaced before anything else: typographic apostrophes, and white space that is no space."""
BLANKS = re.compile(" {2,}")
"""What a header that was folded onto several lines leaves between its words."""


class Envelope(StrEnum):
    """What the envelope of a mail has, beside the sender in its header."""

    UNKNOWN = ""
    OWN = "own"
    CHANGES = "token"
    RELAY = "relay"


NO_VALUE = ("", "n/a", "#n/a", "na", "-", "null", "none", "(none)", "unknown")
"""What exports write where there is no subject and no message id."""


@dataclass(frozen=True, slots=True)
class SignalLine:
    """One row of the table. `mailbox` and `subject` are regular expressions, empty for "any"; phrases are filled in.
    `senders` are addresses that were seen; a `*` in one stands for what changes."""

    platform: str
    domains: tuple[str, ...]
    mailbox: str
    subject: str
    kind: str
    strength: Strength
    third_party: bool
    senders: tuple[str, ...] = ()
    envelope: Envelope = Envelope.UNKNOWN

    def sent_by(self, local: str, host: str) -> bool:
        """Whether the sender fits; a row for every platform fits every sender."""
        return (not self.domains or any(host == one or host.endswith(f".{one}") for one in self.domains)) and (
            not self.mailbox or bool(re.fullmatch(self.mailbox, local, re.ASCII))
        )

    def tells(self) -> bool:
        """Whether a mail that fits says more than nothing."""
        return self.strength is not Strength.NONE and self.kind not in SILENT_KINDS

    def says(self, subject: str) -> bool:
        """Whether the folded subject fits; an empty one fits rows without a subject only."""
        return not self.subject or (bool(subject) and bool(re.search(self.subject, subject, re.ASCII)))


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one mail says: the platform's id, the kind, how far it proves an account, whether a stranger
    can cause it."""

    platform: str
    kind: str
    strength: Strength
    third_party: bool


@dataclass(frozen=True)
class Signals:
    """The compiled table; the position of a line in `lines` is its number in the scan."""

    lines: tuple[SignalLine, ...]

    @cached_property
    def homes(self) -> tuple[int, ...]:
        """The lines that put a sender on the list: those of a platform, for any subject."""
        return tuple(at for at, line in enumerate(self.lines) if line.domains and not line.subject)

    @cached_property
    def bases(self) -> tuple[str, ...]:
        """The domains of which every other listed domain is a sub-domain; none of them ends another."""
        listed = list(dict.fromkeys(domain for line in self.lines for domain in line.domains))
        return tuple(one for one in listed if not any(one.endswith(f".{other}") for other in listed))

    @cached_property
    def senders(self) -> Mapping[str, SignalLine]:
        """The addresses that were seen, whole or with a `*`, each with its line, in the order of the table."""
        return {sender: line for line in self.lines for sender in line.senders}

    def asked(self) -> list[str]:
        """The senders that can be asked for by name: those without a `*` whose mails can prove anything at all."""
        return [sender for sender in self.senders if "*" not in sender and self.tells(sender)]

    def tells(self, sender: str) -> bool:
        """Whether any mail from a sender, whatever its subject, says more than nothing."""
        return any(line.tells() for line in self.reachable(sender))

    def reachable(self, sender: str) -> list[SignalLine]:
        """The lines that a mail of a sender can fit: all that fit him, down to the first for any subject. None where he
        is not on the list."""
        local, host = mailbox_of(sender)
        found = [line for line in self.lines if line.sent_by(local, host)]
        last = next((at for at, line in enumerate(found) if not line.subject), -1)
        return found[: last + 1]

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.bases)

    def near(self, sender: str) -> bool:
        """Whether the sender's host is a listed domain or below one: decided without running a pattern for each."""
        host = mailbox_of(sender)[1]
        while host and host not in self._known:
            host = host.partition(".")[2]
        return bool(host)

    def read(self, sender: str, subject: str, *, doubtful: bool = False, proven: bool = False) -> Meaning | None:
        """What a mail says; None where its sender is not on the list. `doubtful`: nothing but a header
        names the sender. `proven`: its sender is known to be genuine."""
        local, host = mailbox_of(sender)
        home = next((at for at in self.homes if self.lines[at].sent_by(local, host)), None)
        if home is None:
            return None
        words = "" if subject.strip(" ").lower() in NO_VALUE else folded_subject(subject)
        fits = [at for at, line in enumerate(self.lines) if line.sent_by(local, host) and line.says(words)]
        backed = next((at for at in fits if self.lines[at].subject), None)
        return self.meaning(home, fits[0], backed, blind=not words, doubtful=doubtful, proven=proven)  # home fits

    def meaning(
        self, home: int, at: int, backed: int | None, *, blind: bool, doubtful: bool, proven: bool = False
    ) -> Meaning:
        """The meaning of line `at` for a sender on the list through line `home`.

        `backed` is the first line that fits by its subject. Anybody can write under a platform's address: a mail whose
        subject nothing but a line for any subject knows is weak, unless the log shows that its sender is genuine
        (`proven`: DMARC or SPF passed). `blind`: the log has no subject, so a verification may hide behind any line
        that does not depend on the mailbox: weak, and a stranger can cause it. `doubtful` mail is weak at best.
        """
        line, platform = self.lines[at], self.lines[at].platform
        strength, third_party = line.strength, line.third_party
        if not line.subject and not proven:
            backing = self.lines[backed] if backed is not None else None
            if backing is None or backing.strength is not Strength.STRONG:
                strength = weaker(strength)
            elif backing.third_party:
                third_party = True
        if blind and not (line.mailbox and line.kind in TELLING):
            strength, third_party = weaker(strength), True
        if doubtful and not proven:
            strength = weaker(strength)
        return Meaning(self.lines[home].platform if platform == ANY else platform, line.kind, strength, third_party)


def weaker(strength: Strength) -> Strength:
    """Strong becomes weak; weak and none stay."""
    return Strength.WEAK if strength is Strength.STRONG else strength


def folded_subject(text: str) -> str:
    """A subject for comparison: small letters, no accents or other marks, straight apostrophes, single spaces. Empty
    for one that is longer than any platform's (LONGEST_HEADER): it counts as if the log had none.

    DuckDB's lower() and strip_accents() do the same (connectors/mail/scan.py); a test compares them.
    """
    if len(text) > LONGEST_HEADER:
        return ""
    for mark, plain in MARKS.items():
        text = text.replace(mark, plain)
    bare = (letter for letter in unicodedata.normalize("NFD", text.lower()) if unicodedata.category(letter)[0] != "M")
    return BLANKS.sub(" ", unicodedata.normalize("NFC", "".join(bare)).strip(" "))


def decoded_subject(text: str) -> str:
    """A subject in words, where it is written in ASCII alone (RFC 2047) and no longer than LONGEST_ENCODED."""
    if "=?" not in text or len(text) > LONGEST_ENCODED or any(map(_is_never_ended, text.splitlines())):
        return text
    try:
        return str(make_header(decode_header(text)))
    except (HeaderParseError, LookupError, ValueError):
        return text


def _is_never_ended(line: str) -> bool:
    """Whether several encoded words begin behind the last that ends: `decode_header` would look for the end of each."""
    return line.rpartition("?=")[2].count("=?") > 1


def mailbox_of(sender: str) -> tuple[str, str]:
    """Local part (before any `+`) and host of a sender, in small letters; ("", "") where there is no address, and for a
    sender of more letters than LONGEST_HEADER."""
    found = ADDRESS.search(sender.lower()) if len(sender) <= LONGEST_HEADER else None
    return (found[1].partition("+")[0], found[2]) if found else ("", "")


@cache
def told_of() -> tuple[str, ...]:
    """Ids of the platforms whose mails logs are searched for, and so what a log of all mailboxes tells about: social
    media whose mails can prove anything. Of the rows as they stand, uncompiled."""
    known, silent = platforms(), (Strength.NONE.value, *SILENT_KINDS)
    rows = (row for row in table(TABLE) if row["implies"] not in silent and row["kind"] not in silent)
    return tuple(sorted({row["platform"] for row in rows if row["platform"] != ANY and known[row["platform"]].social}))


def asked_of() -> tuple[str, ...]:
    """Those of `told_of` with an address that can be asked for whole."""
    named = {row["platform"] for row in table(TABLE) for sender in row["senders"].split() if "*" not in sender}
    return tuple(name for name in told_of() if name in named)


@cache
def whole_table() -> Signals:
    """All of the table that travels with the package. Raises SourceDown for a table that cannot be used."""
    return compiled(table(TABLE), TABLE)


@cache
def packaged(more: frozenset[str] = frozenset()) -> Signals:
    """The lines of the packaged table that logs are searched for: those of social media whose mails can prove anything,
    and of the platforms in `more`. Mail of any other sender is counted and forgotten."""
    kept = {ANY, *told_of(), *more}
    return Signals(tuple(line for line in whole_table().lines if line.platform in kept))


def load_signals(path: Path | None = None) -> Signals:
    """The packaged lines that logs are searched for, with the organization's own rows, if any, before them.

    Raises SourceDown, in a sentence, for a file that is missing or has a row that cannot be used: a
    platform that is not
    in the catalogue, a domain that is none, a kind that is unknown, a pattern that is invalid.
    """
    if path is None:
        return packaged()
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        raise SourceDown(f"The signals file {path} cannot be read ({fault}). Check signals in audit.toml.") from fault
    rows = list(csv.DictReader(line for line in lines if line.strip() and not line.startswith("#")))
    own = compiled(rows, path.name)
    if any(line.platform == ANY for line in own.lines):
        raise SourceDown(f"{path.name}: the platform * is for the packaged table; name a platform of the catalogue.")
    return Signals((*own.lines, *packaged(frozenset(line.platform for line in own.lines)).lines))


def compiled(rows: Sequence[Mapping[str, str]], name: str) -> Signals:
    """The rows as lines, phrases filled in. Raises SourceDown with the row's number (from 1) and what is
    wrong with it."""
    known, words, relays = platforms(), phrases(), {row["domain"]: row["service"] for row in table(RELAYS)}
    lines = []
    for number, row in enumerate(rows, start=1):
        try:
            lines.append(_line(row, known, words, relays))
        except (ValueError, KeyError) as fault:
            raise SourceDown(f"{name}, row {number}: {fault.args[0]}. Correct the row.") from fault
    return Signals(tuple(lines))


@cache
def phrases() -> Mapping[str, str]:
    """Phrase → one expression of all its languages, folded as subjects are."""
    found: dict[str, list[str]] = {}
    for row in table(PHRASES):
        found.setdefault(row["phrase"], []).append(bare(row["words"]))
    return {name: "|".join(words) for name, words in found.items()}


def bare(pattern: str) -> str:
    """A pattern as `folded` leaves the text it runs on; the letter case of its signs (\\S, \\b) stays."""
    letters = (letter for letter in unicodedata.normalize("NFD", pattern) if unicodedata.category(letter)[0] != "M")
    return unicodedata.normalize("NFC", "".join(letters))


def _line(
    row: Mapping[str, str], known: Iterable[str], words: Mapping[str, str], relays: Mapping[str, str]
) -> SignalLine:
    if missing := [column for column in COLUMNS if row.get(column) is None]:
        raise ValueError(f"the column {missing[0]} is missing")
    if None in row:
        raise ValueError("the row has more fields than headings; put a value that holds a comma in quotation marks")
    platform, domains = row["platform"], tuple(row["domains"].lower().split())
    if platform != ANY and platform not in known:
        raise ValueError(f"{platform!r} is no platform of the catalogue (identity-audit knows those of platforms.csv)")
    if bool(domains) == (platform == ANY) or (platform == ANY and not row["subject"]):
        raise ValueError("a platform needs domains, and * needs a subject and no domains")
    if bad := [domain for domain in domains if not DOMAIN.fullmatch(domain)]:
        raise ValueError(f"{bad[0]!r} is no domain")
    if shared := [(one, relays[end]) for one in domains for end in _ends(one) if end in relays]:
        raise ValueError(f"{shared[0][0]!r} is {shared[0][1]}'s, from which thousands write: it names no platform")
    if row["kind"] not in KINDS:
        raise ValueError(f"the kind {row['kind']!r} is unknown; known are {', '.join(KINDS)}")
    if row["stranger"] not in {"yes", "no"}:
        raise ValueError(f"stranger must be yes or no, not {row['stranger']!r}")
    mailbox, subject = row["mailbox"], bare(_filled(row["subject"], words))
    for pattern in (mailbox, subject):
        _check(pattern)
    senders, envelope = tuple((row.get("senders") or "").lower().split()), Envelope(row.get("envelope") or "")
    line = SignalLine(
        platform,
        domains,
        mailbox,
        subject,
        row["kind"],
        Strength(row["implies"]),
        row["stranger"] == "yes",
        senders,
        envelope,
    )
    if stray := [sender for sender in senders if subject or not line.sent_by(*mailbox_of(sender))]:
        raise ValueError(
            f"the sender {stray[0]!r} does not fit the row's domains and mailbox, or the row has a subject"
        )
    return line


def _ends(domain: str) -> Iterator[str]:
    """A domain and all that it is below: "a.b.c", "b.c", "c"."""
    while domain:
        yield domain
        domain = domain.partition(".")[2]


def _filled(subject: str, words: Mapping[str, str]) -> str:
    def phrase(found: re.Match[str]) -> str:
        if found[1] not in words:
            raise ValueError(f"there is no phrase {{{found[1]}}} in {PHRASES}")
        return f"(?:{words[found[1]]})"

    return re.sub(r"\{([a-z_]+)\}", phrase, subject)


def _check(pattern: str) -> None:
    """Raises ValueError for what Python and RE2 do not read alike."""
    try:
        re.compile(pattern)
    except re.error as fault:
        raise ValueError(f"the pattern {pattern!r} is invalid ({fault})") from fault
    if re.search(r"\(\?(?!:)|\\[1-9ABDGKPWZNdzpuxCQEk]", pattern.replace("\\d", "")):
        raise ValueError(f"the pattern {pattern!r} uses a look-ahead, a back-reference or a sign that is not allowed")
    if re.search(r"[A-Z]", re.sub(r"\\S", "", pattern)):
        raise ValueError(f"the pattern {pattern!r} has capital letters, which a folded subject never has")
