"""Sign-ins at platforms become one item an address and platform, and an item an account: the `parse` of every source
of sign-ins. Pure.

Of a sign-in it is kept who (the address), at which platform and by which application, when for the first and the last
time, how often, and how it is known: no device, network, place or client.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache

from connectors.account_age import FIRST
from connectors.contract import AHEAD, BadRow, Dropped, Item, Purpose, Raw, Rejected, Remark, Source, SourceDown
from connectors.http.bodies import item
from connectors.platforms import platforms
from connectors.records import FIRST_SIGN_IN, SIGN_IN, Account, Evidence, Strength
from connectors.reference import table

NOT_LISTED = "application that is not on the list"
NO_SIGN_IN = "event that is no sign-in"
FAILED = "sign-in that did not succeed, or does not say so"
ADMINISTERED = "application that the organization administers: a seat for work"
FOR_EVERYBODY = "consent that is, or may be, an administrator's for others"
LATER = "sign-in after the day that is judged"
GUEST = "guest of the tenant, whose name there is no mailbox"
GUEST_NAME = "#ext#@"
"""What stands in the name that Microsoft Entra gives a guest ("jane_example.org#EXT#@state.onmicrosoft.com", whatever
the tenant's domain: learn.microsoft.com/entra/external-id/user-properties)."""
FURTHER = "further sign-in of the same address at the same platform"
SIGN_ON_PAGE = "which account it opens there is not shown"
"""Why a sign-on through the organization's own page proves little."""
WORDS_OPTION: Mapping[str, str] = {
    "words": 'what words of the file mean that are not known: words = { "Erfolgreich" = "yes" }',
}
SAID = {
    "sign-in": "signed in to {platform} with the state account {address}",
    "consent": "allowed {platform} to sign in the state account {address}",
    "grant": "signed in to {platform} with the state account {address}",
    "sso": "opened {platform} from the organization's sign-on page with the state account {address}",
    "seen": "an inventory of applications saw a sign-in to {platform} with the state account {address}",
    "told": "an inventory of applications lists the state account {address} at {platform}",
}
"""What is known, by how it is known."""
COUNTED = ("address", "platform", "application", "client_id", "how", "weak", "count", "first_at", "last_at")
"""What an item holds: all that is kept of the sign-ins that it stands for."""
LISTED = ("seen", "told")
"""What an inventory knows: when for the first and last time, and not how often."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """One sign-in that counts. `at` is aware UTC, or None; `how` is a key of SAID; `weak` says why it proves little,
    empty where it proves that the account is its owner's."""

    where: str
    address: str
    platform: str
    application: str
    client_id: str
    at: datetime | None
    how: str
    weak: str = ""
    since: datetime | None = None
    """Of an inventory: when it first knew of the account; `at` is when it last did."""


def counted(source: Source, found: Iterable[SignIn | Item]) -> Iterator[Item]:
    """One item an address and platform, of the sign-ins that prove most; everything else as it comes.

    Sign-ins of after the day that is judged are left out.
    """
    until = (source.day or source.now or datetime.now(UTC)) + AHEAD
    known: dict[tuple[str, str], list[SignIn]] = {}
    counts: Counter[tuple[str, str]] = Counter()
    left: Counter[str] = Counter()
    for one in found:
        if not isinstance(one, SignIn):
            if isinstance(one, Dropped):
                left[one.reason] += one.count
            else:
                yield one
            continue
        if GUEST_NAME in one.address.lower():
            left[GUEST] += 1
            continue
        if one.at is not None and one.at < FIRST and one.how not in LISTED:
            yield unread_time(one.where)
            continue
        if one.at is not None and one.at > until:
            left[LATER] += 1
            continue
        key = one.address.lower(), one.platform
        ends = known.get(key)
        if ends is None or (ends[0].weak and not one.weak):
            left[FURTHER] += counts[key]
            known[key], counts[key] = [one, one], 1
        elif one.weak and not ends[0].weak:
            left[FURTHER] += 1
        else:
            known[key] = [min(ends[0], one, key=_when), max(ends[1], one, key=_when)]
            counts[key] += 1
    left[FURTHER] += sum(counts.values()) - len(counts)
    yield from (Dropped(count, reason) for reason, count in sorted(left.items()) if count)
    for read in source.tables.values():
        read.unread.clear()  # the same address stands in several columns of a log, and the one that counts is read
    for key, (first, last) in sorted(known.items()):
        yield _item(source, first, last, counts[key])


def _when(one: SignIn) -> tuple[datetime, str]:
    return one.at or datetime.min.replace(tzinfo=UTC), one.where


def _item(source: Source, first: SignIn, last: SignIn, count: int) -> Raw:
    values = {
        "address": last.address, "platform": last.platform, "application": last.application,
        "client_id": last.client_id, "how": last.how, "weak": last.weak, "count": count,
        "first_at": _iso(first.since or first.at), "last_at": _iso(last.at),
    }  # fmt: skip
    return replace(item(source, last.where, values), observed_at=last.at or source.day or source.now)


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def parse(raw: Raw) -> Account:
    """An address and a platform as an account that its owner signs in to. Raises BadRow for what is no address."""
    one = raw.values
    address = one["address"]
    if address.count("@") != 1 or address.startswith("@") or address.endswith("@"):
        raise BadRow("the account that signed in is no mail address; export the column that has it")
    named = platforms()[one["platform"]].name
    said = SAID[one["how"]].format(platform=named, address=address)
    through = ", ".join(
        filter(None, [f"application {one['application']}" if one["application"] else "", _client(one["client_id"])])
    )
    days = one["first_at"][:10], one["last_at"][:10]
    when = _seen(*days) if one["how"] in LISTED else _times(one["count"], *days)
    detail = f"{said}{when}{f' ({through})' if through else ''}{'; ' if one['weak'] else ''}{one['weak']}"
    detail = f"{detail[0].upper()}{detail[1:]}"
    strength = Strength.WEAK if one["weak"] else Strength.STRONG
    return Account(
        platform=one["platform"],
        registered_email=address,
        registration=strength,
        provenance=raw.provenance,
        evidence=(
            Evidence(raw.source, SIGN_IN, detail, raw.observed_at, raw.digest, strength),
            *_first(raw, one["first_at"], one["last_at"]),
        ),
    )


def _first(raw: Raw, first: str, last: str) -> Iterator[Evidence]:
    """The first of several sign-ins, by which an account can be older than somebody's employment."""
    if first and first != last:
        words, at = f"the first sign-in that is known was on {first[:10]}", datetime.fromisoformat(first)
        yield Evidence(raw.source, FIRST_SIGN_IN, words, at, raw.digest, Strength.NONE)


def _client(client_id: str) -> str:
    return f"client id {client_id}" if client_id else ""


def _times(count: int, first: str, last: str) -> str:
    """ " on 2026-11-12", " 41 times between … and …"; nothing where nobody says when."""
    often = f" {count:,} times" if count > 1 else ""
    if not last:
        return often
    return f"{often} between {first} and {last}" if first and first != last else f"{often} on {last}"


def _seen(first: str, last: str) -> str:
    """ ", first seen on …, last seen on …", as far as an inventory says it."""
    return (f", first seen on {first}" if first else "") + (f", last seen on {last}" if last else "")


def is_for_work(source: Source, usual: Purpose) -> bool:
    """Whether the accounts of a source are seats for work: audit.toml says it, else it is as `usual`."""
    return (source.purpose or usual) is Purpose.WORK


class Meanings:
    """What the words of one column mean; counts those that nobody knows, to tell them."""

    def __init__(self, column: str, source: Source) -> None:
        own = source.options.get("words", {})
        means = {row["means"] for row in table("sign_in_words.csv")}
        if not isinstance(own, Mapping) or not all(str(one) in means for one in own.values()):
            raise SourceDown(
                f"{source.name}: words in audit.toml says for each word one of {', '.join(sorted(means))}."
            )
        self._known = {**_words(column), **{str(key).strip().casefold(): str(value) for key, value in own.items()}}
        self._column = column
        self._strange: dict[str, tuple[int, str]] = {}
        self._passed: tuple[str, str] | None = None
        """The first word that was not known and is not told, with its place, as long as none was known."""
        self._met = False

    def of(self, word: str, where: str, *, told: bool = True) -> str:
        """The meaning of a word; empty where nobody knows it (which is `told` in the end)."""
        found = self._known.get(word.strip().casefold(), "")
        self._met = self._met or bool(found)
        self._passed = self._passed or (word.strip(), where)
        if not found and told and word.strip():
            count, first = self._strange.get(word.strip(), (0, where))
            self._strange[word.strip()] = (count + 1, first)
        return found

    def unknown(self) -> Iterator[Remark]:
        """A sentence for each word that nobody knows, the commonest first; and where not a single one was known."""
        if self._passed and not self._met and not self._strange:
            word, where = self._passed
            yield Remark(
                where,
                f"no {self._column} of this export is known as a sign-in, so nothing of it was used; the first is"
                f" {word[:QUOTED]!r}. If some of them are sign-ins, say it in the source's table of audit.toml: words ="
                f' {{ "…" = "{EXAMPLES[self._column]}" }}',
            )
        for word, (count, first) in sorted(self._strange.items(), key=lambda one: -one[1][0])[:MOST_WORDS]:
            rows = f"{count:,} row{'' if count == 1 else 's'}"
            said = f'words = {{ "{word[:QUOTED]}" = "{EXAMPLES[self._column]}" }}'
            yield Remark(
                first,
                f"it is not known what {word[:QUOTED]!r} means ({self._column}, {rows}), and it counts for nothing. Say"
                f" it in the source's table of audit.toml, if that is what it means: {said}",
            )


MOST_WORDS, QUOTED = 20, 60
EXAMPLES = {"event": "sign-in", "outcome": "yes", "how": "told"}


@cache
def _words(column: str) -> dict[str, str]:
    rows = (row for row in table("sign_in_words.csv") if row["column"] == column)
    return {row["word"].casefold(): row["means"] for row in rows}


def nobody(where: str) -> Rejected:
    """The answer to a row whose account is no mail address: a display name, an id."""
    return Rejected(
        where, "who signed in is no mail address; name the column that has it in audit.toml: columns = { address = … }"
    )


def unread_time(where: str) -> Rejected:
    """The answer to a row whose time cannot be read."""
    return Rejected(
        where, "the time of the sign-in cannot be read; correct it, or set date_format in the source's table"
    )
