"""What a connector is: an impure `fetch`, a pure `parse`, and what a healthy pull looks like.

A connector is a value, not a class to inherit from. `fetch` yields `Raw` items and, in between, what it left out:
`Rejected` for a row it could not read, `Dropped` for rows that cannot concern the question, `Remark` for what is no row
and must be told all the same. A connector that asks key by key (a term, a handle, an address) yields one `Answer` a key
instead, and says with a `Sweep` what it would ask.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Generic, Protocol, TypeVar, runtime_checkable

from annotated_types import Gt, Le

from connectors.records import Account, Agency, Evidence, Exemption, OfficialAccount, Person, Provenance, Strength

Record = Person | Account | Agency | OfficialAccount | Exemption
RecordKind = TypeVar("RecordKind", bound=Record)


def unseen(done: int, total: int) -> None:
    """Progress that nobody watches."""


def unheard(keys: Collection[str]) -> None:
    """An announcement that nobody writes down."""


def faultless(options: Mapping[str, Any]) -> str:
    """No fault: for a connector that takes any options it knows."""
    del options
    return ""


class SourceDown(Exception):
    """The source could not be read tonight. The message says what happened, where, and what to do."""


class SourceChanged(SourceDown):
    """The source answered in a shape that this connector does not know; guessing would be worse than stopping."""


class BadRow(ValueError):
    """Raised by `parse`, and in `fetch` where an item has no name yet: this one item is unusable. The message is the
    reason, and what to do about it."""


class NobodysRow(BadRow):
    """Raised by `parse` for a row whose id is missing, or only fills its cell: it is left out and told like any other
    that is unusable, and says nothing against those beside it."""


class Access(StrEnum):
    """Under which title a source may be read."""

    OWN_SYSTEM = "own system"
    PUBLIC = "public"
    APPROVAL = "with approval"
    EXPORT_ONLY = "export only"


class Outcome(StrEnum):
    """How it went with one key of a sweep."""

    ANSWERED = "answered"
    NOT_FOUND = "not found"
    REFUSED = "refused"
    LIMITED = "limited"
    FAILED = "failed"


class KeyedOn(StrEnum):
    """What a source is asked for, key by key."""

    BRANDS = "brand terms and declared handles"
    DOMAINS = "state domains"
    EMPLOYEES = "employees' state addresses"


class Purpose(StrEnum):
    """What the accounts of a source are for."""

    WORK = "work"
    """Seats on a system that the organization itself runs: a state address is what they are for."""
    PUBLIC = "public"
    """Accounts that people open for themselves."""


class Covers(StrEnum):
    """Whom a healthy pull tells about, on the connector's platforms."""

    NOBODY = "nobody in particular"
    """A search for names, or a list of one instance among many: that it shows no account says nothing about anybody."""
    EVERYBODY = "everybody with a state address"
    """A whole list, or a log of all mailboxes: who is not in it was looked at all the same."""
    THOSE_ASKED = "those who were asked for"


AHEAD = timedelta(days=2)
"""How far behind the beginning of the day that is judged a time may lie: the day itself, and what time zones make of
it."""
REVIEW = timedelta(days=545)
"""How long what was read of an interface is taken for good where no end is announced: a year, after which it should be
read again, and the half year in which `doctor` says so."""


@dataclass(frozen=True, slots=True)
class Interface:
    """The interface that a connector speaks, and until when what is known of it is good.

    `version` is what its owner calls it, or the form of an export; `read_on` the day on which the connector was last
    held against the description at `source` (an address), None for a form that is our own and cannot run out;
    `ends_on` the last day that its owner has announced, None where none is.
    """

    version: str
    read_on: date | None
    source: str
    ends_on: date | None = None

    @property
    def good_until(self) -> date | None:
        """The day that was announced, else the end of the time after which it must have been read again."""
        return self.ends_on or (self.read_on + REVIEW if self.read_on else None)


OWN_TABLE = Interface("a table with headings of your own", None, "data/reference/headings.csv")
"""Of connectors that read whatever columns audit.toml, or the list of headings, names."""


@dataclass(frozen=True, slots=True)
class Price:
    """What a platform charges: `each` (in `currency`) for one of what it `charges_for`, by the page `source` as it was
    on `read_on`. A key of a sweep brings at most one of them."""

    each: float
    currency: str
    charges_for: str
    read_on: date
    source: str


@dataclass(frozen=True, slots=True)
class Expect:
    """What a healthy pull looks like; outside it the source is not judged tonight.

    `at_least`/`at_most` bound the items read; `may_shrink` is the largest share that may be missing against the
    last healthy pull (0.5: half); `may_reject` the largest share of unreadable items, or of look-ups that failed;
    `filled` maps a field of the record to the least share of records in which it must not be empty. `usable` maps what
    audit/night/usable.py measures to the least share that will do, in the place of its own bound; `may_fall` is the
    most by which such a share may fall overnight (0.2: from 95 % to 75 %); `may_lose` names fields and
    platforms that may be missing although the last healthy pull had them. Files that were the same for more than
    `unchanged_days` are told (0: never): perhaps nobody delivers them any more.
    """

    at_least: int = 1
    at_most: int | None = None
    may_shrink: float = 0.5
    may_reject: float = 0.2
    filled: Mapping[str, float] = field(default_factory=dict)
    usable: Mapping[str, float] = field(default_factory=dict)
    may_fall: float = 0.2
    may_lose: tuple[str, ...] = ()
    unchanged_days: int = 30


@dataclass(frozen=True, slots=True)
class Nexus:
    """What ties an account to the organization, as plain text: for large reads (`connectors.sift`) and for searches.

    All are substrings, in letters that `connectors.letters.searched` makes comparable. An account can pass the exact
    gate only if its text, made comparable, holds one of `domains` or `terms`, or one of the first of `together` and all
    of one group of its second ("maine", beside "warden", or beside "plow" and "driver"). The text is the account's
    fields, each on a line of its own. No terms at all: leave nothing out.
    """

    domains: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    together: tuple[tuple[str, ...], tuple[tuple[str, ...], ...]] = ((), ())
    names: tuple[str, ...] = ()
    """Names to search a platform for, as people write them ("Maine Department of Labor", "MaineDOT")."""
    handles: tuple[tuple[str, str], ...] = ()
    """(platform, handle) of every account that the organization declared as its own."""
    ids: tuple[tuple[str, str, str], ...] = ()
    """(platform, account id, handle) of those whose id its registry knows, too; the handle may be empty. An id stays
    when an account is renamed."""
    whole: bool = False
    """Whether every account of the source matters, as on a system of the organization's own: leave nothing out."""


def folded(heading: str) -> str:
    """A heading for comparison: trimmed, letter case ignored, spaces and hyphens as underscores.

    The mark of a question, a label or a required field behind it is left out ("Verified?", "Handle:", "Employee ID *").
    """
    text = heading.strip().lstrip("\ufeff")
    text = text.rstrip("?:* ") or text
    return "_".join(text.casefold().replace("-", " ").replace("_", " ").split())


DOMAINS_COUNTED = 1000
"""Different domains of addresses that are counted in one column that no field reads."""
_ADDRESS = re.compile(r"[^\s@]@((?:[\w-]+\.)+[^\W\d_]{2,})")


@dataclass(slots=True)
class ExportTable:
    """One table of an export as it was met: its headings as written, and the column of each field that is read.

    `unread` counts, for columns that no field reads, the cells that hold an address, by the address's domain: what
    stands before the @ is not kept. `looked_at` is the number of rows that were looked at for it.
    """

    headings: tuple[str, ...]
    where: Mapping[str, int]
    looked_at: int = 0
    unread: dict[int, Counter[str]] = field(default_factory=dict)
    filters: Mapping[str, int] = field(default_factory=dict)
    """The columns that row filters read, beside the fields."""
    telling: dict[int, frozenset[str]] = field(default_factory=dict)
    """Columns in which a few known words say that a row is nobody employed ("guest", "vacant"), and these words."""
    told_words: dict[int, Counter[str]] = field(default_factory=dict)
    """Of these columns, the words that were met, as they are written."""
    days: dict[int, tuple[str, ...]] = field(default_factory=dict)
    """Columns whose heading speaks of a day, and the fields for days that it may be."""
    days_filled: Counter[int] = field(default_factory=Counter)
    """Of these columns, the cells that hold something."""
    leavers: dict[int, re.Pattern[str]] = field(default_factory=dict)
    """Columns whose heading speaks of somebody's standing, and what their cells say of one who has left."""
    leavers_met: Counter[int] = field(default_factory=Counter)
    """Of these columns, the cells that say so."""
    ends: dict[int, re.Pattern[str]] = field(default_factory=dict)
    """Columns whose heading speaks of a state, and what their cells say of an account that has ended."""
    ends_met: Counter[int] = field(default_factory=Counter)
    """Of these columns, the cells that say so."""
    sheet: str = ""
    """The name of a workbook's sheet; empty for any other table."""

    def left_over(self, left_unread: Iterable[str] = ()) -> dict[int, str]:
        """Position → heading of the columns that neither a field nor a row filter reads, without those that audit.toml
        leaves unread on purpose."""
        taken = {*self.where.values(), *self.filters.values()}
        accepted = {heading.strip().casefold() for heading in left_unread}
        return {
            at: heading
            for at, heading in enumerate(self.headings)
            if heading and at not in taken and heading.strip().casefold() not in accepted
        }

    def look(self, cells: Sequence[str]) -> None:
        """Count the addresses in the columns of one row that no field reads, the words that tell a guest, and
        what seems to say when and whether people are employed, or accounts are there."""
        self.looked_at += 1
        for position, words in self.telling.items():
            if position < len(cells) and (word := cells[position].strip()).casefold() in words:
                self.told_words.setdefault(position, Counter())[word] += 1
        for position in self.days:
            self.days_filled[position] += position < len(cells) and bool(cells[position].strip())
        for position, says in self.leavers.items():
            self.leavers_met[position] += position < len(cells) and bool(says.search(cells[position].strip()[:500]))
        for position, says in self.ends.items():
            self.ends_met[position] += position < len(cells) and bool(says.search(cells[position].strip()[:500]))
        taken = self.where.values()
        for position, cell in enumerate(cells):
            if "@" not in cell or position in taken or position >= len(self.headings):
                continue
            if found := _ADDRESS.search(cell):
                domains = self.unread.setdefault(position, Counter())
                if found[1].lower() in domains or len(domains) < DOMAINS_COUNTED:
                    domains[found[1].lower()] += 1


@dataclass(slots=True)
class Tally:
    """Requests of one pull, counted by its sessions: sent (retries included), retried, answered with "too many"."""

    sent: int = 0
    retried: int = 0
    limited: int = 0


@dataclass(frozen=True, slots=True)
class Network:
    """The way out of the organization's network, for every source that has no option of its own in its place.

    `proxy` is a URL, or says where one with a credential is kept: { env | file }; empty: none. `ca_file` (absolute)
    holds certificates that are trusted beside the system's and the public ones. `timeout` is in seconds; None: each
    protocol's own.
    """

    proxy: str | Mapping[str, str] = ""
    ca_file: Path | None = None
    timeout: Annotated[float, Gt(0), Le(600)] | None = None


@dataclass(frozen=True, slots=True)
class Engine:
    """What reads sources that outgrow one machine. `spark` is "local[*]", the sc:// address of a Spark Connect server,
    or says where an address with a token is kept: { env | file }; empty: nothing lies on a cluster."""

    spark: str | Mapping[str, str] = ""


@dataclass(frozen=True, slots=True)
class Source:
    """One configured source as its connector sees it: a table of audit.toml, and the folder paths start from."""

    name: str
    folder: Path
    options: Mapping[str, Any] = field(default_factory=dict)
    nexus: Nexus = Nexus()
    now: datetime | None = None
    """When the pull began (aware UTC); the observation time of items that bring none."""
    day: datetime | None = None
    """The beginning of the day that is judged (aware UTC): the observation time of what files say without a time, so
    that the same files say the same on a day, whenever they are read. Without it, `now`."""
    progress: Callable[[int, int], None] = field(default=unseen, compare=False, repr=False)
    """Told now and then, by whatever reads files: the bytes read so far, and the bytes of all files. Never falling."""
    addresses: tuple[str, ...] = ()
    """State addresses of current employees; filled only for a connector whose sweep is keyed on them."""
    last_asked: Mapping[str, datetime] = field(default_factory=dict, repr=False)
    """When each key of the sweep was last asked for (aware UTC); a key that never was is not in it."""
    last_told: Mapping[str, datetime] = field(default_factory=dict, repr=False)
    """When each key last got an answer, "not found" included."""
    tally: Tally = field(default_factory=Tally, compare=False, repr=False)
    asking: Callable[[Collection[str]], None] = field(default=unheard, compare=False, repr=False)
    """Told the keys that the next request is about, before it is sent."""
    tables: dict[str, ExportTable] = field(default_factory=dict, compare=False, repr=False)
    """The tables of an export by place ("hr.csv", "hr.xlsx:Sheet1"), put there by whatever reads files."""
    forms: dict[str, str] = field(default_factory=dict, compare=False, repr=False)
    """By which form each column of days was read, where its values alone leave a choice; put there by what reads it."""
    network: Network = field(default_factory=Network)
    engine: Engine = field(default_factory=Engine)
    distinct: tuple[str, ...] = ()
    """Fields that alone are asked of a table on a cluster, each of their values once: all that a second pass needs."""
    ends_at: float | None = None
    """When the night's time is over, as time.monotonic() counts: nothing is sent or begun afterwards. None: never."""
    purpose: Purpose | None = None
    """What audit.toml says that the accounts are for; None where it does not say."""

    def place(self, written: str) -> Path:
        """A path of the source's table of audit.toml."""
        return path_from(self.folder, written)


def path_from(folder: Path, written: Path | str) -> Path:
    """A path as audit.toml has it, from its folder: "~/" is the home of whoever runs this, "~ann/" Ann's, where the
    system knows one."""
    return folder / os.path.expanduser(written)  # noqa: PTH111  (Path's own fails for a home that nobody knows)


@dataclass(frozen=True, slots=True)
class Raw:
    """One item as the source gave it. `where` is "file.csv:17" or an endpoint; `digest` its SHA-256 in hex."""

    values: Mapping[str, Any]
    source: str
    where: str
    digest: str
    observed_at: datetime | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    """The source's own table of audit.toml: how it spells a platform or a date, which `parse` cannot know otherwise."""

    @property
    def provenance(self) -> Provenance:
        """Where a record that is made of this item comes from."""
        return Provenance(self.source, self.where, self.observed_at, self.digest)


@dataclass(frozen=True, slots=True)
class Rejected:
    """One item that could not be read: where it stands, why, and what to do. `unnamed`: not even its id could be, so
    that it may be any of those that were shown before; or the file was cut off there, and they may stand behind it.
    `digest` stands for what a row of a file says, "" where nobody can tell: whoever is shown beside it is not it.
    """

    where: str
    reason: str
    unnamed: bool = False
    digest: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Remark:
    """Something that is no row and must not stay unsaid: title rows passed over, a line of totals, a file not read.

    `text` is a whole sentence for Data quality, with what to do; it counts neither as read nor as rejected. `unread`:
    something that was handed in, and may hold rows, was not read.
    """

    where: str
    text: str
    unread: bool = False


@dataclass(frozen=True, slots=True)
class Dropped:
    """So many items were read and left out; empty `reason`: nothing in them ties them to the organization.

    A reason is a fixed phrase of the connector ("sender not on the list"), never a word of what was left out: the
    counts of each are reported.
    """

    count: int
    reason: str = ""
    gone: Raw | None = None
    """The item where it says that what it is about is there no more: that may contradict another one."""


@dataclass(frozen=True, slots=True)
class Answer:
    """All that one key of a sweep brought tonight: it takes the place of what the same key brought before."""

    key: str
    items: tuple[Raw | Rejected | Dropped | Remark, ...] = ()
    outcome: Outcome = Outcome.ANSWERED


Item = Raw | Rejected | Dropped | Remark | Answer


@runtime_checkable
class Pace(Protocol):
    """What a platform documents about its interface, as far as planning needs it: connectors.http.Service is one."""

    @property
    def name(self) -> str:
        """The platform's name."""

    @property
    def url(self) -> str:
        """Its address where that is always the same; empty for instances that the organization names."""

    @property
    def requests(self) -> float:
        """Requests allowed in `seconds`."""

    @property
    def seconds(self) -> float:
        """The span that `requests` counts for."""

    @property
    def most_requests(self) -> int:
        """Requests of one night."""

    @property
    def most_minutes(self) -> float:
        """Minutes of one night."""


@dataclass(frozen=True, slots=True)
class Declared:
    """An account that the organization declares as its own, by its handle, by its id on the platform, or by both."""

    platform: str
    handle: str = ""
    account_id: str = ""


def none_declared(source: Source) -> Mapping[str, Declared]:
    """No declared account: for a sweep that asks for none."""
    del source
    return {}


def none_unasked(source: Source) -> Iterable[Remark]:
    """Nothing to tell: for a sweep that asks for everything."""
    del source
    return ()


@dataclass(frozen=True, slots=True)
class Sweep:
    """What a connector that asks key by key would ask. The functions are pure and send nothing.

    `keys` gives every key of a whole sweep, in any order; `requests` the most requests that asking for so many of them
    takes when nothing has to be sent twice. `discloses` says what a request tells the platform about an employee: each
    is then written down. `declared` says which of the keys ask for a declared account: that one of them has vanished
    rests on the answer to its key alone, for a search may show anything. `unasked` has a sentence for each declared
    account that the platform cannot be asked for, and that no key stands for.
    """

    keyed_on: KeyedOn
    keys: Callable[[Source], Collection[str]]
    requests: Callable[[Source, Collection[str]], int]
    discloses: str = ""
    declared: Callable[[Source], Mapping[str, Declared]] = none_declared
    unasked: Callable[[Source], Iterable[Remark]] = none_unasked


@dataclass(frozen=True, slots=True)
class Connector(Generic[RecordKind]):
    """A source that identity-audit can read. `summary` is one line for `identity-audit sources` and the README.

    `options` names every key that its table in audit.toml may hold, with a line of help each: an unknown key is a
    configuration error.
    """

    name: str
    record: type[RecordKind]
    access: Access
    summary: str
    fetch: Callable[[Source], Iterator[Item]]
    parse: Callable[[Raw], RecordKind | None]
    interface: Interface
    """Which version of the source it speaks, read when and where, good until when."""
    reads: tuple[str, ...] = ()
    """Every field that it takes up of an item, as the source calls it (of exports and logs: as we call it), and what it
    adds of the request. Nothing else passes `fetch`."""
    expect: Expect = Expect()
    options: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    """Those of the options without which it cannot be read, in the way that is told first where there are several."""
    fault: Callable[[Mapping[str, Any]], str] = faultless
    """What is wrong with the options that a table of audit.toml gives it, as far as they say it themselves: a sentence
    without its full stop; empty for nothing."""
    adds_up: bool = False
    """Whether a pull shows a window of time: then it adds to what was known, and what it lacks is not gone."""
    service: Pace | None = None
    """The platform's interface; None for a connector without a network."""
    sweep: Sweep | None = None
    """For a connector that asks key by key; else it reads a list, `page` items a request."""
    page: int = 100
    requests: Callable[[Source], int] | None = None
    """For a list that takes more than its pages: the requests that are known before the first is sent."""
    platforms: tuple[str, ...] = ()
    """Ids of the platforms whose accounts it can show; empty where its file says it row by row."""
    covers: Covers = Covers.NOBODY
    purpose: Purpose | None = Purpose.PUBLIC
    """What its accounts are for, where audit.toml does not say; None where only the operator can know, so that
    audit.toml must."""
    serves_both: bool = False
    """Whether audit.toml may say either purpose although its accounts are usually of one: sign-ins at applications that
    people use for themselves, or that the organization has put there."""
    credentials: str = ""
    """For the README: what to obtain, where, and which permission it needs."""
    terms: str = ""
    """For the README: the address of the terms to read before the source is configured."""
    price: Price | None = None
    """What each answer costs, where the platform names a price."""


PURPOSES = {
    Purpose.WORK: 'purpose = "work"   # people have accounts there because of their job',
    Purpose.PUBLIC: 'purpose = "public"   # people open accounts there for themselves',
}
"""The line of audit.toml that says what the accounts of a source are for."""


def may_be_for_work(connector: Connector[Any]) -> bool:
    """Whether the accounts of a connector can be seats for work: those of an own system, of an export, or of an
    instance that the organization names and may run itself; never of a platform or a mail log that shows everybody."""
    own_instance = connector.service is not None and not connector.service.url
    export = connector.access is Access.EXPORT_ONLY
    either = connector.purpose is not Purpose.PUBLIC or connector.serves_both
    return connector.record is Account and (either or own_instance or export)


def texts(raw: Raw, names: Iterable[str], strange: str, *, needed: str = "") -> dict[str, str]:
    """Fields of an item that hold text, or nothing: then empty text.

    Raises BadRow, with `strange` as the reason, where one of them holds anything else, or `needed` is empty.
    """
    found = {name: "" if raw.values.get(name) is None else raw.values[name] for name in names}
    if not all(isinstance(text, str) for text in found.values()) or (needed and not found[needed]):
        raise BadRow(strange)
    return found


def registered(raw: Raw, address: str, words: str, strength: Strength) -> tuple[Evidence, ...]:
    """The evidence that an account is registered with an address, in words for the workbook; none without one."""
    if not address:
        return ()
    return (Evidence(raw.source, "registered address", words, raw.observed_at, raw.digest, strength),)
