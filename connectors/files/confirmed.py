"""What an export says of a registered address: confirmed, never confirmed, or that there is no such account (any more).

A row says it in a column `registration`, or under one of the headings below, which platforms and tools use. Where no
column says it, audit.toml does (`registration`). Where neither does, the address counts as confirmed only in this
tool's own layout (a column headed registered_email, nothing of a breach beside it); an address from any other column is
one that somebody typed. Either way it is told once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

from connectors.contract import Dropped, ExportTable, Item, Raw, Remark, Source, folded
from connectors.files import dated, times
from connectors.files.cells import plain
from connectors.records import Strength

FIELD = "registration"
WORDS = {"verified": Strength.STRONG, "unverified": Strength.WEAK}
"""What audit.toml may say of a whole export."""
SAYS = (
    "email_verified", "is_email_verified", "email_is_verified", "verified_email", "email_confirmed",
    "is_email_confirmed", "email_is_confirmed", "confirmed_email", "confirmed", "is_confirmed",
    "email_validated", "email_activated", "address_verified", "address_confirmed", "email_status",
    "email_verification", "email_verification_status", "verification_status", "confirmation_status", "confirmation",
    "registration_status", "user_confirmed", "account_confirmed", "active", "is_active", "activated",
    "is_activated", "account_activated",
)  # fmt: skip
"""Headings under which a row says whether its address was confirmed. Discourse's `active` is that."""
DENIES = ("unconfirmed", "is_unconfirmed", "unverified", "email_unverified", "pending", "is_pending", "staged")
"""Headings under which a row says that it was not: "true" means never confirmed."""
WHEN = (
    "email_verified_at", "email_confirmed_at", "confirmed_at", "confirmed_on", "activated_at", "email_verified_on",
    "confirmation_date", "verification_date", "email_validated_at",
)  # fmt: skip
"""Headings under which a row says since when: empty means never."""
STATES = ("status", "account_status", "user_status", "account_state", "user_state", "profile_status", "profile_state")
"""Headings of what an account is: live, suspended, deleted."""
DOUBTS = ("verified", "is_verified", "account_verified", *STATES)
"""Headings that may mean something else (a badge, a profile that is live): only a "no" counts."""
DELETED = ("deleted", "is_deleted", "account_deleted", "user_deleted", "account_closed")
"""Headings under which a row says that the account is gone: "true" means so."""
SINCE_DELETED = (
    "deleted_at", "deleted_on", "date_deleted", "deletion_date", "account_deleted_at", "closed_at", "closed_on",
    "date_closed", "closed_date", "closure_date", "account_closed_at", "account_closed_on",
)  # fmt: skip
"""Headings under which a row says since when the account is gone: empty means that it is there."""
EXISTS = ("exists", "account_exists", "found", "claimed", "taken", "registered", "is_registered")
RESULTS = ("result", "query_status", "availability", "available", "check", "outcome")
CODES = ("http_status", "http_code", "response_code", "status_code")
"""Headings under which searches for user names say whether there is such an account."""
COLUMNS = (FIELD, *SAYS, *DENIES, *WHEN, *DOUBTS, *DELETED, *SINCE_DELETED, *EXISTS, *RESULTS, *CODES)
"""The headings of an export that are read for this, besides those of its accounts."""
YES = frozenset(["verified", "confirmed", "true", "yes", "y", "t", "1", "active", "activated", "validated"])
NO = frozenset(
    (
        "unverified", "unconfirmed", "not verified", "not confirmed", "never confirmed", "never verified", "false",
        "no", "n", "f", "0", "inactive", "not active", "not activated", "unactivated", "pending", "waiting", "awaiting",
        "invited", "staged", "not validated", "unvalidated", "invalid", "bounced", "incomplete", "expired", "never",
        "rejected", "failed", "unknown",
    )
)  # fmt: skip
PENDING = re.compile(
    r"(?:pending|awaiting|waiting for|needs|requires)\b.*"
    r"|.*\b(?:unconfirmed|unverified|not (?:yet )?(?:confirmed|verified|activated))"
)
"""Longer words for "never confirmed" ("pending confirmation")."""
ABSENT = re.compile(
    r"(?:the |this )?(?:user ?name|user|account|profile|handle|e-?mail|address)?(?: is| was)? ?(?:"
    r"available|unclaimed|unregistered|un ?taken|free|non ?existent|absent|missing|illegal|(?:http )?404(?: not found)?"
    r"|(?:http )?410(?: gone)?"
    r"|not (?:found|exists?|existing|registered|claimed|taken|there)|(?:does|do|did) ?n['’o]?t exist"
    r"|no (?:such )?(?:account|user|profile|user ?name|match|result)s?(?: found)?)"
)
BEGINNING = 1970
"""The year that programs count from, and write where there is no day."""
UNSURE = re.compile(
    r"unknown|error.*|timed? ?out|waf|blocked|captcha|rate ?limit(?:ed)?|403|429|5\d\d|n/?a|skipped|undetermined"
)
SPEAKS = re.compile(
    r"(?!.*(?:^|_)(?:phone|mobile|sms|age|identity|badge|type|by|code|password|2fa|factor)(?:_|$))"
    r"(?:.*(?:^|_)(?:un)?(?:verif|confirm|validat|activat|authenticat|opt_?in|proven)"
    r"|(?:.*_)?(?:e_?)?(?:mail|address)(?:_is)?_(?:state|status|ok|valid|check(?:ed)?|bounced?|accepted)(?:_|$)"
    r"|(?:is_)?(?:valid|bounced|invalid)_(?:e_?)?(?:mail|address)(?:_|$)|(?:.*_)?invit(?:e|ation)s?_accepted(?:_|$))"
)
"""Other headings that seem to speak of confirmation. Their words are nobody's guess, and what they say is not known."""
NO_LONGER = re.compile(
    r"(?:(?:account|user|profile|self|permanently|is|was|has been) )*"
    r"(?:deleted|removed|closed|erased|purged|cancell?ed)\b.*"
)
"""Words for the state of an account that is gone. One that is suspended or deactivated may come back."""
NO_ACCOUNT = "no such account, says the export"
GONE = "an account that is gone, says the export"
UNTOLD = "whether there is such an account could not be told, says the export"
BREACH = re.compile(
    r"(?:^|_)(?:breach(?:es|ed)?|leak(?:s|ed)?|pwned|pastes?|stealer|passwords?|hash|dump|compromised|exposed)(?:_|$)"
)
"""Headings of breach lists: their addresses were typed by whoever signed up, and nobody confirmed them."""


def with_confirmation(source: Source, items: Iterable[Item]) -> Iterator[Item]:
    """The items, with "verified" or "unverified" as the `registration` of each row that has an address.

    Rows that say there is no such account, or no longer, are left out and counted; what nobody says is told once.
    """
    stated, told = str(source.options.get(FIELD, "")), False
    for item in items:
        if not isinstance(item, Raw):
            yield item
            continue
        if reason := _absent(item.values, source):
            yield Dropped(1, reason)
            continue
        if not item.values.get("registered_email", "").strip():
            yield item
            continue
        table = source.tables.get(item.where.rpartition(":")[0])
        said = _said(item.values, table)
        if said is None and not stated:
            said, unread = _unsaid(source, table)
            if not told:
                told = True
                yield Remark(item.where, _untold(said, unread))
        yield replace(item, values={**item.values, FIELD: said}) if said and not unread_word(item.values) else item


def strength(values: Mapping[str, str], stated: str) -> Strength:
    """How far a row's registered address proves itself; `stated` is what audit.toml says of the whole export."""
    return WORDS.get(values.get(FIELD) or stated, Strength.WEAK)


def unread_word(values: Mapping[str, str]) -> str:
    """A note for a row whose word for it is not known; empty where there is none. Such an address is unverified."""
    for name in (FIELD, *SAYS):
        word = _word(values.get(name, ""))
        if word and word not in YES and word not in NO and not PENDING.fullmatch(word):
            return (
                f"{name} {values[name].strip()[:40]!r} says neither that the address was confirmed nor that it was not,"
                ' so it counts as unverified. Write "verified" or "unverified".'
            )
    return ""


def _said(values: Mapping[str, str], table: ExportTable | None) -> str | None:
    """What the columns of a row say; None where none of them says anything."""
    there = set(table.where) if table else {name for name in COLUMNS if values.get(name)}
    if FIELD in there:
        return "verified" if _word(values[FIELD]) in YES else "unverified"
    words = {name: _word(values.get(name, "")) for name in there.intersection(COLUMNS)}
    no = any(_is_no(words[name]) for name in DOUBTS if name in words)
    no = no or any(words[name] in YES for name in DENIES if name in words)
    says = [words[name] in YES for name in SAYS if name in words]
    says += [_is_moment(values.get(name, "")) for name in WHEN if name in words]
    if no or not all(says):
        return "unverified"
    return "verified" if says else None


@lru_cache(maxsize=256)
def _is_moment(text: str) -> bool:
    """Whether a cell says since when an address is confirmed: a day, or a number that counts one, behind the year in
    which counting begins (programs write 0001-01-01 or 1970-01-01 where there is none)."""
    written = plain(text)
    first = _word(text).partition(" ")[0]
    if first in NO or not any(letter.isdigit() for letter in written) or not written.strip("0-:/. TtZz"):
        return False
    year = re.search(r"(?<!\d)\d{4}(?!\d)", written)
    found = times.ALONE.moment(written)
    if found is None and year is None:
        return bool(re.fullmatch(r"\d{10,13}(?:\.\d+)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2}\b.*|\d{5}(?:\.\d+)?", written))
    return (found.year if found else int(year[0]) if year else 0) > BEGINNING


def _is_no(word: str) -> bool:
    return bool(word) and (
        (word in NO and word not in {"unknown", "inactive", "expired"}) or bool(PENDING.fullmatch(word))
    )


def _absent(values: Mapping[str, str], source: Source) -> str:
    """Why a row shows no account; empty where it shows one, as it does up to a day that is still to come."""
    if values.keys().isdisjoint(_ASKED):
        return ""
    words = {name: word for name in (*EXISTS, *RESULTS, *CODES, *DOUBTS) if (word := _word(values.get(name, "")))}
    if any(
        ABSENT.fullmatch(word) or (name in EXISTS and word in NO - {"unknown"}) or (name == "available" and word in YES)
        for name, word in words.items()
    ):
        return NO_ACCOUNT
    since = [text for name in SINCE_DELETED if (text := values.get(name))]
    if (
        any(NO_LONGER.fullmatch(words[name]) for name in STATES if name in words)
        or any(_word(values.get(name, "")) in YES for name in DELETED)
        or any(_is_moment(text) and not dated.is_ahead(text, source.day) for text in since)
    ):
        return GONE
    answers = [words[name] for name in (*EXISTS, *RESULTS) if name in words]
    answers = answers or [words[name] for name in CODES if name in words]
    return UNTOLD if any(map(UNSURE.fullmatch, answers)) else ""


_ASKED = frozenset((*EXISTS, *RESULTS, *CODES, *DOUBTS, *DELETED, *SINCE_DELETED))


@lru_cache(maxsize=256)
def _word(text: str) -> str:
    return " ".join(re.sub(r"[_\-\s.!()]+", " ", plain(text).casefold()).split()) if text else ""


def _unsaid(source: Source, table: ExportTable | None) -> tuple[str, str]:
    """What addresses count as where nothing that is read says it, and a heading that may say it and is not read."""
    if "registered_email" in source.options.get("columns", {}):
        return "unverified", ""
    if table is None:
        return "verified", ""
    unread = ""
    for position, heading in enumerate(table.headings):
        name = folded(heading)
        if BREACH.search(name):
            return "unverified", ""
        if not unread and position not in table.where.values() and SPEAKS.match(name):
            unread = " ".join(heading.split())
    return ("unverified", unread) if unread else ("verified", "")


def _untold(said: str, unread: str) -> str:
    if unread:
        mapped = f"columns = {{ registration = {json.dumps(unread, ensure_ascii=False)} }}"
        return (
            "nothing that is read says whether the platform confirmed the registered addresses, and the column"
            f" {unread!r} may. Until that is known they count as unverified, and are leads at most. Set in the source's"
            f" table of audit.toml {mapped} if it says so row by row, else for the whole export"
            ' registration = "verified" or "unverified".'
        )
    if said == "verified":
        return (
            "nothing says whether the platform confirmed the registered addresses. Because their heading is"
            " registered_email, they count as verified. Set in the source's table of audit.toml"
            ' registration = "verified" if that is right, else registration = "unverified".'
        )
    return (
        "nothing says whether the platform confirmed the registered addresses, so they count as unverified, and are"
        " leads at most. If the platform confirms them, set in the source's table of audit.toml"
        ' registration = "verified"; if a column says it row by row, columns = { registration = "its heading" }.'
    )
