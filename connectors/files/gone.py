"""What an export says of whether an account is still there, and whether its registered address is still its own. Pure.

An account that is gone is left out, and an address that was removed ties nobody. One that was switched off
("suspended", "deactivated") may come back, and what cannot be read says neither: then nobody knows what stands today.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import chain

from connectors.files import dated, times
from connectors.files.cells import plain
from connectors.placeholders import says_nothing

STATES = ("status", "account_status", "user_status", "account_state", "user_state", "profile_status", "profile_state")
"""Headings of what an account is: live, suspended, deleted."""
DELETED = (
    "deleted", "is_deleted", "account_deleted", "user_deleted", "account_closed", "closed", "is_closed", "removed",
    "is_removed", "account_removed",
)  # fmt: skip
"""Headings under which a row says that the account is gone: "true" means so."""
SINCE_DELETED = (
    "deleted_at", "deleted_on", "date_deleted", "deletion_date", "account_deleted_at", "closed_at", "closed_on",
    "date_closed", "closed_date", "closure_date", "account_closed_at", "account_closed_on",
)  # fmt: skip
"""Headings under which a row says since when the account is gone: empty means that it is there."""
OFF = (
    "suspended", "is_suspended", "account_suspended", "deactivated", "is_deactivated", "account_deactivated",
    "disabled", "is_disabled", "account_disabled", "banned", "is_banned", "terminated", "archived", "is_archived",
)  # fmt: skip
"""Headings under which a row says that the account was switched off: "true" means so."""
ON = ("active", "is_active", "account_active", "enabled", "is_enabled", "current", "is_current")
"""Headings under which "no" says so."""
SINCE_OFF = (
    "deactivated_at", "deactivated_on", "deactivated_date", "date_deactivated", "deactivation_date",
    "account_deactivated_at", "suspended_at", "suspended_on", "suspended_date", "date_suspended", "suspension_date",
    "disabled_at", "disabled_on", "disabled_date", "date_disabled", "banned_at", "terminated_at", "terminated_on",
    "archived_at", "inactive_since",
)  # fmt: skip
"""Headings under which a row says since when."""
EXISTS = ("exists", "account_exists", "found", "claimed", "taken", "registered", "is_registered")
RESULTS = ("result", "query_status", "availability", "available", "check", "outcome")
CODES = ("http_status", "http_code", "response_code", "status_code")
"""Headings under which searches for user names say whether there is such an account."""
ADDRESS_STATES = (
    "registration", "registration_status", "email_status", "email_state", "email_address_status", "address_status",
    "email_verification_status", "verification_status", "confirmation_status",
)  # fmt: skip
"""Headings of what a registered address is: confirmed, bounced, removed."""
ADDRESS_GONE = (
    "email_removed", "is_email_removed", "email_address_removed", "address_removed", "email_deleted", "address_deleted",
    "email_unlinked", "email_replaced",
)  # fmt: skip
"""Headings under which a row says that its address was taken off the account: "true" means so."""
SINCE_ADDRESS_GONE = (
    "email_removed_at", "email_removed_on", "email_removed_date", "date_email_removed", "email_removal_date",
    "email_address_removed_at", "address_removed_at", "address_removed_on", "email_deleted_at", "email_deleted_on",
    "address_deleted_at", "email_unlinked_at", "email_unlinked_on", "email_replaced_at", "email_replaced_on",
)  # fmt: skip
"""Headings under which a row says since when."""
ADDRESS_CURRENT = ("email_current", "email_is_current", "is_current_email", "address_current")
"""Headings under which "no" says that the address is the account's no longer."""
COLUMNS = tuple(
    dict.fromkeys(
        chain(
            STATES, DELETED, SINCE_DELETED, OFF, ON, SINCE_OFF, EXISTS, RESULTS, CODES, ADDRESS_STATES, ADDRESS_GONE,
            SINCE_ADDRESS_GONE, ADDRESS_CURRENT,
        )
    )
)  # fmt: skip
"""The headings of an export that are read for this."""
_ASKED = frozenset(COLUMNS)
_DAYS = frozenset((*SINCE_DELETED, *SINCE_OFF, *SINCE_ADDRESS_GONE))
_STANDING = frozenset((*STATES, *DELETED, *OFF, *ADDRESS_GONE, *ADDRESS_CURRENT, *_DAYS))
YES = frozenset(("true", "yes", "y", "t", "1", "x"))
NO = frozenset(("false", "no", "n", "f", "0", "never", "not"))
ABSENT = re.compile(
    r"(?:the |this )?(?:user ?name|user|account|profile|handle|e-?mail|address)?(?: is| was)? ?(?:"
    r"available|unclaimed|unregistered|un ?taken|free|non ?existent|absent|missing|illegal|(?:http )?404(?: not found)?"
    r"|(?:http )?410(?: gone)?"
    r"|not (?:found|exists?|existing|registered|claimed|taken|there)|(?:does|do|did) ?n['’o]?t exist"
    r"|no (?:such )?(?:account|user|profile|user ?name|match|result)s?(?: found)?)"
)
UNSURE = re.compile(
    r"unknown|error.*|timed? ?out|waf|blocked|captcha|rate ?limit(?:ed)?|403|429|5\d\d|n/?a|skipped|undetermined"
)
NO_LONGER = re.compile(
    r"(?:(?:account|user|profile|self|permanently|is|was|has been) )*"
    r"(?:deleted|removed|closed|erased|purged|cancell?ed)\b.*"
)
"""Words for the state of an account that is gone."""
SWITCHED_OFF = re.compile(
    r"(?:(?:account|user|profile|self|temporarily|permanently|is|was|has been) )*"
    r"(?:suspended|deactivated|disabled|banned|terminated|blocked|frozen|archived|inactive|expired|retired|withdrawn|off"
    r"|(?:not|no longer) (?:active|live|in use|enabled|open|current|valid)"
    r"|(?:pending|scheduled for|awaiting|marked for) (?:deletion|closure|removal)|to be (?:deleted|closed))\b.*"
)
"""Words for the state of one that was switched off, or is about to go: it may come back, or be gone by now."""
LIVE = re.compile(
    r"\A(?:(?:account|user|profile|is|currently) )*"
    r"(?:(?:active|live)\b.*|activated|open|enabled|ok|okay|good|(?:in )?good standing|in use|on|up|valid|current"
    r"|existing|exists|present|online|visible|published|public|private|protected|locked|restricted|limited|registered|member"
    r"|normal|regular|standard|basic|premium|pro|paid|taken|claimed|found|new|dormant|idle|unused|verified|confirmed"
    r"|validated|yes|true|y|1|200)"
)
"""Words for the state of an account that is there."""
NEVER_CONFIRMED = re.compile(
    r"(?:pending|waiting|awaiting|needs|requires|invited|staged|incomplete|unconfirmed|unverified|unvalidated|unactivated"
    r"|not (?:yet )?(?:confirmed|verified|validated|activated)|never (?:confirmed|verified)|bounced|failed|rejected"
    r"|invalid)\b.*"
)
"""Words for one that is there, and whose address was never confirmed: connectors.files.confirmed weighs them."""
ADDRESS_NO_LONGER = re.compile(
    r"(?:(?:e-?mail|address|is|was|has been) )*(?:removed|deleted|unlinked|detached|dropped|former|previous|old"
    r"|replaced|superseded|obsolete|historic(?:al)?|revoked|no longer .*|not current)\b.*"
)
"""Words for a registered address that was taken off its account."""
BEGINNING = 1970
"""The year that programs count from, and write where there is no day."""
NO_ACCOUNT = "no such account, says the export"
GONE = "an account that is gone, says the export"
UNTOLD = "whether there is such an account could not be told, says the export"
REMOVED = "an address that was removed from its account, says the export"


def why_absent(values: Mapping[str, str], day: datetime | None) -> str:
    """Why a row shows no account; empty where it shows one, as it does up to a day that is still to come. `day` is the
    one that is judged."""
    if values.keys().isdisjoint(_ASKED):
        return ""
    asked = (*EXISTS, *RESULTS, *CODES, *STATES, "verified", "is_verified", "account_verified")
    words = {name: word for name in asked if (word := word_of(values.get(name, "")))}
    if any(
        ABSENT.fullmatch(word)
        or (name in EXISTS and (word in NO or word in ("unclaimed", "inactive")))
        or (name == "available" and word in YES)
        for name, word in words.items()
    ):
        return NO_ACCOUNT
    if (
        any(NO_LONGER.fullmatch(words[name]) for name in STATES if name in words)
        or any(_says_so(values.get(name, ""), day) for name in DELETED)
        or any(_is_past(values.get(name, ""), day) for name in SINCE_DELETED)
    ):
        return GONE
    answers = [words[name] for name in (*EXISTS, *RESULTS) if name in words]
    answers = answers or [words[name] for name in CODES if name in words]
    return UNTOLD if any(map(UNSURE.fullmatch, answers)) else ""


def is_address_gone(values: Mapping[str, str], day: datetime | None) -> bool:
    """Whether a row says that its registered address is the account's no longer."""
    values = dict(_said(values, _ASKED))
    return bool(values) and (
        any(ADDRESS_NO_LONGER.fullmatch(word_of(text)) for _, text in _said(values, ADDRESS_STATES))
        or any(_says_so(text, day) for _, text in _said(values, ADDRESS_GONE))
        or any(word_of(text) in NO for _, text in _said(values, ADDRESS_CURRENT))
        or any(_is_past(text, day) for _, text in _said(values, SINCE_ADDRESS_GONE))
    )


def _switched_off(values: Mapping[str, str], day: datetime | None) -> str:
    """The heading under which a row says that its account was switched off; empty where none does."""
    state = (name for name, text in _said(values, STATES) if SWITCHED_OFF.fullmatch(word_of(text)))
    off = (name for name, text in _said(values, OFF) if _says_so(text, day))
    not_on = (name for name, text in _said(values, ON) if word_of(text) in NO)
    since = (name for name, text in _said(values, SINCE_OFF) if _is_past(text, day))
    return next(chain(state, off, not_on, since), "")


def _unread_standing(values: Mapping[str, str]) -> Iterator[str]:
    """The headings under which a row says something of this that cannot be read."""
    for name, text in _said(values, _STANDING):
        word = word_of(text)
        if not word or word in NO or (word != "unknown" and says_nothing(word)):
            continue
        if name in STATES:
            read = any(one.fullmatch(word) for one in (LIVE, SWITCHED_OFF, NO_LONGER, NEVER_CONFIRMED))
        elif name in _DAYS:
            read = is_moment(text) or _is_no_day(text)
        else:
            read = word in YES or (name not in ADDRESS_CURRENT and is_moment(text))
        if not read:
            yield name


def against_standing(values: Mapping[str, str], day: datetime | None, notes: list[str]) -> str:
    """What a row says against its account's being there, as a sentence; what cannot be read is added to `notes`."""
    values = dict(_said(values, _ASKED))
    unread = list(_unread_standing(values))
    for name in unread:
        notes.append(
            f"{name} {values[name].strip()[:40]!r} does not say whether the account is still there, or the address"
            ' still its own, so it is a lead at most. Write "active" or "deleted" (a day, where the column has days);'
            f' if the column is something else, name its heading in audit.toml: left_unread = ["{name}"].'
        )
    if name := _switched_off(values, day):
        said = f"{name} {values[name].strip()[:40]!r}"
        return f"But its source says that this account is not active ({said}), so it may be gone."
    if unread:
        return "But its source says of this account something that cannot be read, so it may be gone."
    return ""


def _said(values: Mapping[str, str], names: Collection[str]) -> Iterator[tuple[str, str]]:
    return ((name, text) for name, text in values.items() if text and name in names)


def _says_so(text: str, day: datetime | None) -> bool:
    """Whether a cell says yes, or since when."""
    return bool(text) and (word_of(text) in YES or _is_past(text, day))


def _is_past(text: str, day: datetime | None) -> bool:
    return bool(text) and is_moment(text) and not dated.is_ahead(text, day)


@lru_cache(maxsize=256)
def is_moment(text: str) -> bool:
    """Whether a cell says since when: a day, or a number that counts one, behind BEGINNING."""
    written = plain(text)
    if _is_no_day(text) or not any(letter.isdigit() for letter in written):
        return False
    year = re.search(r"(?<!\d)\d{4}(?!\d)", written)
    found = times.ALONE.moment(written)
    if found is None and year is None:
        return bool(re.fullmatch(r"\d{10,13}(?:\.\d+)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2}\b.*|\d{5}(?:\.\d+)?", written))
    return (found.year if found else int(year[0]) if year else 0) > BEGINNING


@lru_cache(maxsize=256)
def _is_no_day(text: str) -> bool:
    """Whether a cell says that there is no such day: "never", "no (2024)", or what programs write for none."""
    written = plain(text)
    first = word_of(text).partition(" ")[0]
    nothing = first in NO or first in ("unverified", "unconfirmed", "pending", "unknown") or says_nothing(written)
    if nothing or not written.strip("0-:/. TtZz+—–"):
        return True
    year = re.match(r"\d{4}(?!\d)", written)
    return year is not None and int(year[0]) <= BEGINNING


@lru_cache(maxsize=256)
def word_of(text: str) -> str:
    """A cell's words for comparison: small, with one blank between them, without marks."""
    return " ".join(re.sub(r"[_\-\s.!()]+", " ", plain(text).casefold()).split()) if text else ""
