"""What an export says of a registered address: confirmed, or never confirmed.

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

from connectors.contract import Dropped, ExportTable, Item, Raw, Remark, Source, folded
from connectors.files import gone
from connectors.files.gone import is_moment, word_of
from connectors.files.headings import spelled_headings
from connectors.records import Strength

FIELD = "registration"
WORDS = {"verified": Strength.STRONG, "unverified": Strength.WEAK}
"""What audit.toml may say of a whole export."""
SAYS = (
    "email_verified", "is_email_verified", "email_is_verified", "verified_email", "email_confirmed",
    "is_email_confirmed", "email_is_confirmed", "confirmed_email", "confirmed", "is_confirmed",
    "email_validated", "email_activated", "address_verified", "address_confirmed", "email_status",
    "email_state", "email_address_status", "address_status",
    "email_verification", "email_verification_status", "verification_status", "confirmation_status", "confirmation",
    "registration_status", "user_confirmed", "account_confirmed", "active", "is_active", "activated",
    "is_activated", "account_activated", "email_active", "email_is_active",
)  # fmt: skip
"""Headings under which a row says whether its address was confirmed. Discourse's `active` is that."""
DENIES = ("unconfirmed", "is_unconfirmed", "unverified", "email_unverified", "pending", "is_pending", "staged")
"""Headings under which a row says that it was not: "true" means never confirmed."""
WHEN = (
    "email_verified_at", "email_confirmed_at", "confirmed_at", "confirmed_on", "activated_at", "email_verified_on",
    "confirmation_date", "verification_date", "email_validated_at",
)  # fmt: skip
"""Headings under which a row says since when: empty means never."""
DOUBTS = ("verified", "is_verified", "account_verified", *gone.STATES)
"""Headings that may mean something else (a badge, a profile that is live): only a "no" counts."""
COLUMNS = tuple(dict.fromkeys((FIELD, *SAYS, *DENIES, *WHEN, *DOUBTS, *gone.COLUMNS)))
"""The headings of an export that are read for this, besides those of its accounts."""
NAMES = ("account_id", "handle", "url")
"""What may say which account a row is about, besides its address."""
IN_USE = frozenset(["valid", "ok", "current", "primary", "deliverable", "good", "subscribed", "live", "enabled", "on"])
"""Words of such columns that say nothing against a `registration` beside them."""
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
SPEAKS = re.compile(
    r"(?!.*(?:^|_)(?:phone|mobile|sms|age|identity|badge|type|by|code|password|2fa|factor)(?:_|$))"
    r"(?:.*(?:^|_)(?:un)?(?:verif|confirm|validat|activat|authenticat|opt_?in|proven)"
    r"|(?:.*_)?(?:e_?)?(?:mail|address)(?:_is)?_(?:state|status|ok|valid|check(?:ed)?|bounced?|accepted)(?:_|$)"
    r"|(?:is_)?(?:valid|bounced|invalid)_(?:e_?)?(?:mail|address)(?:_|$)|(?:.*_)?invit(?:e|ation)s?_accepted(?:_|$))"
)
"""Other headings that seem to speak of confirmation. Their words are nobody's guess, and what they say is not known."""
BREACH = re.compile(
    r"(?:^|_)(?:breach(?:es|ed)?|leak(?:s|ed)?|pwned|pastes?|stealer|passwords?|hash|dump|compromised|exposed)(?:_|$)"
)
"""Headings of breach lists: their addresses were typed by whoever signed up, and nobody confirmed them."""


def also_written(name: str) -> tuple[str, ...]:
    """Another spelling of one of COLUMNS: "E-Mail Status"."""
    return (name.replace("email", "e_mail"),) if "email" in name else ()


def columns_read(source: Source) -> tuple[str, ...]:
    """Those of COLUMNS that audit.toml does not leave unread on purpose."""
    left = {folded(str(heading)) for heading in source.options.get("left_unread", ())}
    return tuple(name for name in COLUMNS if left.isdisjoint(spelled_headings((name,), also_written(name))))


def with_confirmation(source: Source, items: Iterable[Item]) -> Iterator[Item]:
    """The items, with "verified" or "unverified" as the `registration` of each row that has an address.

    Rows that say there is no such account, or no longer, are left out and counted, and handed on as gone; so is an
    address that was taken off its account, without which the row goes on. What nobody says is told once.
    """
    stated, told = str(source.options.get(FIELD, "")), False
    removed = ""
    count = 0
    for item in items:
        if not isinstance(item, Raw):
            yield item
            continue
        if reason := gone.why_absent(item.values, source.day):
            yield Dropped(1, reason, item if reason == gone.GONE else None)
            continue
        if item.values.get("registered_email", "").strip() and gone.is_address_gone(item.values, source.day):
            removed, count = removed or item.where, count + 1
            alone = not any(item.values.get(name, "").strip() for name in NAMES)
            yield Dropped(int(alone), gone.REMOVED, item)
            if not alone:
                yield replace(item, values={**item.values, "registered_email": ""})
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
    if removed:
        rows = "rows say" if count > 1 else "row says"
        text = f"{count:,} {rows} that the registered address was removed from its account; nobody is tied by it."
        yield Remark(removed, text)


def strength(values: Mapping[str, str], stated: str) -> Strength:
    """How far a row's registered address proves itself; `stated` is what audit.toml says of the whole export."""
    return Strength.WEAK if unread_word(values) else WORDS.get(values.get(FIELD) or stated, Strength.WEAK)


def unread_word(values: Mapping[str, str]) -> str:
    """A note for a row whose word for it is not known; empty where there is none. Such an address is unverified."""
    beside = IN_USE if word_of(values.get(FIELD, "")) in YES else ()
    for name in (FIELD, *SAYS):
        word = word_of(values.get(name, ""))
        if word and word not in YES and word not in NO and not PENDING.fullmatch(word) and word not in beside:
            return (
                f"{name} {values[name].strip()[:40]!r} says neither that the address was confirmed nor that it was not,"
                ' so it counts as unverified. Write "verified" or "unverified".'
            )
    return ""


def _said(values: Mapping[str, str], table: ExportTable | None) -> str | None:
    """What the columns of a row say; None where none of them says anything."""
    there = set(table.where) if table else {name for name in COLUMNS if values.get(name)}
    words = {name: word_of(values.get(name, "")) for name in there.intersection(COLUMNS)}
    no = any(_is_no(words[name]) for name in DOUBTS if name in words)
    no = no or any(words[name] in YES for name in DENIES if name in words)
    if FIELD in there:
        others = (words[name] for name in SAYS if words.get(name))
        no = no or any(word not in YES and word not in IN_USE for word in others)
        return "verified" if words[FIELD] in YES and not no else "unverified"
    says = [words[name] in YES for name in SAYS if name in words]
    says += [is_moment(values.get(name, "")) for name in WHEN if name in words]
    if no or not all(says):
        return "unverified"
    return "verified" if says else None


def _is_no(word: str) -> bool:
    return bool(word) and (
        (word in NO and word not in {"unknown", "inactive", "expired"}) or bool(PENDING.fullmatch(word))
    )


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
