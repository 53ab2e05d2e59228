"""Accounts × people × official registry → cases: one wide row per account (and state mailbox), ready for the rules.

Pure. A rule reads columns and never joins; everything a rule or a sentence in the workbook needs is a column here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from itertools import chain
from typing import Any

import pandas as pd
from pandas.api.extensions import ExtensionArray

from audit.cases.elsewhere import shown_for_another
from audit.cases.half_named import HalfNamed, half_named
from audit.cases.kept import NOTHING_SAID
from audit.cases.overlap import overlap
from audit.cases.seats import seat_columns
from audit.cases.tie import Displayed, People, Sighting, latest_first, let_go, same_account, tie
from audit.model.finding import LinkStep
from audit.model.night import Problem
from audit.model.organization import Organization
from audit.people.addresses import mail_system, parse_address, state_mailbox
from audit.people.directory import Directory, Standing
from audit.people.holders import Before, Rulings, noted_holders
from audit.people.identity import (
    Registry,
    asked_by,
    declared_as,
    handle_key,
    identities,
    is_unread,
    known_by,
    registry_key,
    registry_name,
)
from connectors.platforms import are_others
from connectors.records import Account, Evidence, OfficialAccount, Strength, WordsRead

UNKNOWN_TO_HR = "unknown to HR"
_STANDING_WORDS: Mapping[str, str] = {
    Standing.LEFT: "has left, says HR",
    Standing.NOT_YET: "has not started yet, says HR",
}

# Text kept by Python: compared, it gives pandas' nullable booleans, which rules combine with & and | in three values.
# Text kept by Arrow gives Arrow booleans, and pandas cannot mix the two where something is missing.
TEXT = "string[python]"

COLUMNS = {
    # the account
    "platform": TEXT, "identity": TEXT, "account_id": TEXT, "handle": TEXT, "url": TEXT,
    "display_name": TEXT, "sources": "object", "evidence": "object", "fresh": "boolean",
    # whether a state address is right for it: a seat on a system of the organization's own, or what comes with one;
    # the seat's systems, its address and its holder (audit.cases.seats)
    "work": "boolean", "seat": "boolean", "seat_systems": TEXT, "seat_holder": TEXT, "seat_unknown": "boolean",
    "seat_address": TEXT, "seat_words": TEXT, "holder_id": TEXT, "holder_name": TEXT, "holder_standing": TEXT,
    "holder_agency": TEXT, "shown_on": TEXT,
    # what it was registered with and what it shows; mailboxes are state mailboxes or missing
    "registered_email": TEXT, "registered_words": TEXT, "unverified": "boolean",
    "registered_mailbox": TEXT, "registration": TEXT,
    "contact_mailbox": TEXT, "mentioned_mailbox": TEXT, "shown_mailbox": TEXT,
    "contested": "boolean", "owners": "Int64", "owner_standing": TEXT, "shortfall": TEXT,
    # what its own words say
    "affiliation": TEXT, "reading_reason": TEXT, "matched_text": TEXT,
    "disclaimer": TEXT, "disclaimer_text": TEXT, "agency_code": TEXT, "profile_sha256": TEXT,
    # whom it is tied to
    "employee_id": TEXT, "employee_name": TEXT, "employee_standing": TEXT, "link_step": TEXT, "link_value": TEXT,
    "rivals": "Int64", "tie_words": TEXT,
    # since when the account and the employment are known, why the tie is in doubt though the address is the person's
    # (in sentences, and which of DOUBTS they are), and the holders of the address (of the supervisor's id) as
    # audit.people.holders keeps them
    "dates": TEXT, "doubt": TEXT, "doubts": TEXT, "holders": TEXT,
    # the registry of official accounts
    "official": "boolean", "retired": "boolean", "seen": "boolean", "changed_hands": "boolean",
    "supervisor_id": TEXT, "supervisor_standing": TEXT, "held_by_state": "boolean", "registry_words": TEXT,
    "standing_words": TEXT,
}  # fmt: skip


DOUBTS = EMPLOYMENT, OTHERWISE, PENDING, UNLISTED = ("employment", "otherwise", "pending", "unlisted")
"""Why a tie may be in doubt: the employment may have begun after the account; a source shows the account otherwise; the
registry has it as pending; it stood in the registry on an earlier night, and stands in it no more."""
_ORDERED_BY = ("platform", "identity", "registered_mailbox")


@dataclass(frozen=True, slots=True)
class Watch:
    """Who would have seen an official account. Maps a platform to the sources that list all official accounts of it
    (`listing`), and an account's key to the sources that have shown it before (`before`); `complete` are those that
    can be judged from tonight. `gone` maps each source that asks key by key to the declared accounts
    (`audit.people.identity.asked_by`) of which it was last told that there is no such account: nothing else that such a
    source does not show has vanished. `perhaps` are the keys of those that something left out tonight may be."""

    listing: Mapping[str, frozenset[str]]
    before: Mapping[str, frozenset[str]]
    complete: frozenset[str]
    gone: Mapping[str, frozenset[tuple[str, str]]] = field(default_factory=dict)
    perhaps: frozenset[str] = frozenset()

    def covered(self, entry: OfficialAccount, pending: frozenset[str] = frozenset()) -> bool:
        """Whether the entry's absence tonight means something. `pending` sources showed it before and have not asked
        for it again tonight."""
        if registry_key(entry) in self.perhaps:
            return False
        watchers = self.listing.get(entry.platform, frozenset()) | self.before.get(registry_key(entry), frozenset())
        asked = asked_by(declared_as(entry))
        return any(asked in self.gone.get(source, {asked}) for source in watchers & self.complete - pending)


def build_cases(
    sightings: Iterable[Sighting],
    directory: Directory,
    organization: Organization,
    official: Registry,
    watch: Watch,
    before: Before | None = None,
    rulings: Rulings | None = None,
) -> pd.DataFrame:
    """One row per account and state mailbox, and one per registry entry, with the columns of COLUMNS.

    `before` is what earlier nights noted of the accounts, `rulings` what people have decided about whose they are.
    """
    people = People(directory, organization, rulings)
    observed: dict[int, list[Sighting]] = defaultdict(list)
    personal: list[Sighting] = []
    for sighting in sightings:
        account = sighting.account
        position = official.position(account)
        if position is None:
            personal.append(sighting)
        else:
            observed[position].append(sighting)
    agencies = frozenset(state_mailbox(one.registered_email, directory.system) for one in official.entries)
    pending = half_named((one for one in official.entries if one.pending), directory)
    listed = {_handle(entry) for entry in official.entries if entry.account_id}
    holders = {handle for s in personal if s.account.handle and (handle := _handle(s.account)) in listed}
    of_accounts = (
        _account_case(group, mailbox, organization, people, before or {}, official, pending, watch.before)
        | seat_columns(group, mailbox[0], _merged(group)["registered_email"], people, agencies)
        for group in same_account(let_go(personal), directory.system)
        for mailbox in (_registered_mailboxes(group, organization) or {"": Strength.NONE}).items()
    )
    of_registry = (
        _registry_case(entry, _seen_of(place, observed, official), holders, organization, people, watch)
        for place, entry in enumerate(official.entries)
        if not entry.pending
    )
    # By column from the beginning: a case as a dictionary takes several KB.
    columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    for case in chain(of_accounts, of_registry):
        for name, column in columns.items():
            column.append(case.get(name))
    named = pd.DataFrame({name: typed_column(columns[name], COLUMNS[name]) for name in _ORDERED_BY}, copy=False)
    order = named.sort_values(list(_ORDERED_BY)).index
    # One by one: a frame that is sorted whole is copied whole.
    typed = {
        name: typed_column(list(map(columns.pop(name).__getitem__, order)), kind) for name, kind in COLUMNS.items()
    }
    return pd.DataFrame(typed, copy=False)


def _seen_of(place: int, observed: Mapping[int, list[Sighting]], official: Registry) -> list[Sighting]:
    """The sightings of an entry's account, also where another row of it is the one that counts; one that is retired
    says nothing of one that is not, nor the other way round, and an account with another id is another account."""
    entry = official.entries[place]
    rows = [one for one in official.further_rows(place) if official.entries[one].live == entry.live]
    return observed.get(place, []) or [
        sighting
        for one in rows
        for sighting in observed.get(one, ())
        if not are_others(entry.account_id, sighting.account.account_id)
    ]


def typed_column(values: Sequence[Any], kind: Any) -> pd.Series | ExtensionArray:
    """A column of cases with the type that COLUMNS has for it; None becomes NA."""
    if kind == "object":
        return pd.Series(values, dtype=object)
    plain = [str(value) if isinstance(value, str) else value for value in values]  # a StrEnum would stay one
    column: ExtensionArray = pd.array(plain, dtype=kind)
    return column


def _registered_mailboxes(group: Sequence[Sighting], organization: Organization) -> dict[str, Strength]:
    """State mailboxes that an account is registered with, each with the strongest evidence for it."""
    found: dict[str, Strength] = {}
    for sighting in group:
        mailbox = state_mailbox(sighting.account.registered_email, mail_system(organization))
        if mailbox and found.get(mailbox) is not Strength.STRONG:
            found[mailbox] = sighting.account.registration
    return found


def _account_case(
    group: Sequence[Sighting],
    registered: tuple[str, Strength],
    organization: Organization,
    people: People,
    before: Before,
    official: Registry,
    pending: HalfNamed,
    listed_before: Collection[str],
) -> dict[str, Any]:
    mailbox, strength = registered
    facts = _merged(group)
    contact = _first_state_mailbox((text for s in group for text in s.account.emails), organization)
    said = _said(group, tied=bool(mailbox or contact))
    mentioned = _first_state_mailbox(said.addresses, organization)
    contested = any(s.contested for s in group)
    shown = Displayed(mailbox, contact, mentioned)
    names = identities(*(facts[name] for name in ("platform", "account_id", "handle", "url")))
    tied = tie(shown, said, people, *people.ruled(facts["platform"], facts["account_id"], names))
    owner, owners = people.owner(mailbox)
    case = {
        **facts,
        "identity": facts["identity"] or known_by("", "", "", mailbox or facts["registered_email"]),
        "registered_email": _as_registered(group, mailbox, organization) or facts["registered_email"],
        "registered_words": _registered_words(group, mailbox, strength, organization),
        "registered_mailbox": mailbox or None,
        "registration": str(strength) if mailbox else None,
        "unverified": strength is Strength.WEAK and not all(s.words for s in group),
        "contested": contested,
        "contact_mailbox": contact or None,
        "mentioned_mailbox": mentioned or None,
        "shown_mailbox": contact or mentioned,
        "owners": owners if mailbox else None,
        # whose it is may stand where HR could not be read: then nothing is made of it tonight, and nothing resolved
        "fresh": facts["fresh"] and not (mailbox and not owners and people.directory.may_lack(mailbox)),
        "owner_standing": people.standing(owner) or None,
        **_words(said),
        "agency_code": people.agency(tied.employee_id) or said.agency_code,
        "employee_id": tied.employee_id,
        "employee_name": people.named(tied.employee_id),
        "employee_standing": people.standing(tied.employee_id),
        "profile_sha256": said.digest,
        "link_step": tied.step.value,
        "link_value": tied.value,
        "rivals": tied.rivals,
        "tie_words": tied.words,
        **overlap(group, tied, people, before),
        "official": False,
        "work": any(s.work or s.spared for s in group),
    }
    perhaps = pending.row_of_any(
        replace(s.account, account_id=case["account_id"], handle=case["handle"]) for s in group
    )
    awaited = _awaited(case, names, owner, official, people, perhaps)
    against = _against(group, mailbox, strength, organization) or shown_for_another(group, mailbox, people)
    unlisted = _unlisted(case, listed_before)
    doubts = dict(zip(DOUBTS, (case["doubt"], against, awaited, "" if awaited else unlisted), strict=True))
    case["doubt"] = " ".join(filter(None, doubts.values()))
    case["doubts"] = " ".join(kind for kind, words in doubts.items() if words)
    return {**case, "shortfall": _shortfall(case)}


def rows_lost(cases: pd.DataFrame) -> Iterator[Problem]:
    """A problem for the accounts that stood in the registry on an earlier night, and stand in it no more."""
    lost = cases.loc[cases["doubts"].str.contains(UNLISTED, na=False), ["platform", "handle", "account_id", "url"]]
    if not lost.empty:
        platform, *names = lost.iloc[0]
        many = f"{len(lost):,} accounts" if len(lost) > 1 else "1 account"
        yield Problem(
            "official_accounts",
            "",
            f"{many} that stood in the registry on an earlier night {'stand' if len(lost) > 1 else 'stands'} in it no"
            f" more (the first here {next(filter(None, names), '')} on {platform}). What is found about them is a lead"
            " that says so. If rows were lost, or left out when the registry was exported, put them back.",
        )


def _unlisted(case: Mapping[str, Any], listed_before: Collection[str]) -> str:
    """That the account stood in the registry on an earlier night, as a sentence; `listed_before` are the keys of the
    entries that sources have shown (`registry_key`)."""
    account_id, handle, url = case["account_id"], case["handle"], case["url"]
    names = (known_by(account_id, "", ""), known_by("", handle, url), known_by("", "", url))
    if not any(name and f"{case['platform']}:{name}" in listed_before for name in names):
        return ""
    return (
        "But on an earlier night it stood in the registry of official accounts, which has no row for it now: its row"
        " may have been lost."
    )


def _awaited(
    case: Mapping[str, Any],
    names: Sequence[str],
    owner: str,
    official: Registry,
    people: People,
    perhaps: OfficialAccount | None,
) -> str:
    """That the registry has this account as pending, as a sentence: by what it is known by, or by the row that knows it
    by another kind of name, `perhaps`; one that is known by its mailbox alone, by the mailbox or the supervisor of the
    row."""
    platform, mailbox, system = case["platform"], case["registered_mailbox"] or "", people.directory.system
    entry = official.awaited((platform, name) for name in names) or perhaps
    if entry is None and mailbox and not names:
        for one in official.entries:
            answers = (one.supervisor_employee_id, *one.contacts, state_mailbox(one.registered_email, system))
            if one.pending and one.platform == platform and not {mailbox, owner or mailbox}.isdisjoint(answers):
                entry = one
    if entry is None:
        return ""
    return (
        f"But the registry of official accounts has {registry_name(entry)} as pending ({entry.provenance.where}): it"
        " may be about to become official."
    )


def _against(group: Sequence[Sighting], mailbox: str, strength: Strength, organization: Organization) -> str:
    """What is said against the account, or the registration, standing today, as a sentence; empty where a source says
    it without."""
    mine = (s.account for s in group if not mailbox or s.account.registration is strength)
    system = mail_system(organization)
    words = [one.against for one in mine if state_mailbox(one.registered_email, system) == mailbox]
    return words[0] if words and all(words) else ""


def _registered_words(group: Sequence[Sighting], mailbox: str, strength: Strength, organization: Organization) -> str:
    """What the registration rests on, in sentences."""
    system = mail_system(organization)
    mine = [s for s in group if mailbox and state_mailbox(s.account.registered_email, system) == mailbox]
    exported = [s.account.registered_email for s in mine if not s.words and s.account.registration is strength]
    is_registered = "is registered" if strength is Strength.STRONG else "is said to be registered"
    said = [f"This account {is_registered} with {exported[0]}."] if exported else []
    return " ".join([*said, *dict.fromkeys(s.words for s in mine if s.words)])


def _shortfall(case: Mapping[str, Any]) -> str:
    """Why a registration falls short of a finding, as a sentence; the weightiest reason first."""
    standing = case["owner_standing"]
    reasons = (
        (
            case["owners"] == 0,
            "But this mailbox is not in the directory: it may be a former employee's, a shared one, or a typo.",
        ),
        (case["owners"] != 1, f"But {case['owners']} employees have this address, so nobody is named."),
        (standing == Standing.LEFT, "But the directory lists its owner as having left."),
        (bool(case["doubt"]), case["doubt"]),
        (case["affiliation"] == "outlet", "But the account presents itself as an agency's, so it may not be personal."),
        (case["unverified"], "But the source does not verify this: somebody else may have typed or claimed it."),
    )
    return next((words for holds, words in reasons if holds), "") if case["registered_mailbox"] else ""


def _registry_case(
    entry: OfficialAccount,
    observed: Sequence[Sighting],
    holders: set[tuple[str, str]],
    organization: Organization,
    people: People,
    watch: Watch,
) -> dict[str, Any]:
    group = sorted(observed, key=latest_first)
    facts = _merged(group) if group else _from_registry(entry)
    email = facts["registered_email"] or entry.registered_email
    pending = frozenset(s.source for s in group)
    missing = watch.covered(entry, pending) and not is_unread(entry)
    seen = any(s.fresh for s in group) or (False if missing else None)
    changed_hands = not group and bool(entry.account_id) and _handle(entry) in holders
    supervisor = entry.supervisor_employee_id
    unknown = "" if people.directory.may_lack(supervisor) else UNKNOWN_TO_HR
    standing = (people.standing(supervisor) or unknown) if supervisor else ""
    return {
        **facts,
        "identity": registry_key(entry).partition(":")[2],
        "evidence": (_entry_evidence(entry, people.directory.as_of), *facts["evidence"]),
        "registered_email": email,
        "agency_code": entry.agency_code,
        "employee_id": supervisor if people.standing(supervisor) else "",
        "employee_name": people.named(supervisor),
        "link_step": LinkStep.OFFICIAL_REGISTRY.value,
        "link_value": registry_name(entry),
        "rivals": 0,
        "holders": noted_holders((supervisor,), people.directory),
        "official": True,
        "work": False,
        **seat_columns((), "", "", people, ()),
        "retired": entry.retired,
        "seen": seen,
        "changed_hands": changed_hands,
        "registry_words": _registry_words(entry, seen=bool(seen), changed_hands=changed_hands),
        "supervisor_id": supervisor,
        "supervisor_standing": standing or None,
        "standing_words": _STANDING_WORDS.get(standing, "is unknown to HR"),
        "held_by_state": bool(state_mailbox(email, mail_system(organization))) if parse_address(email) else None,
    }


def _handle(of: Account | OfficialAccount) -> tuple[str, str]:
    return of.platform, handle_key(of.platform, of.handle, of.url)


def _registry_words(entry: OfficialAccount, *, seen: bool, changed_hands: bool) -> str:
    if changed_hands:
        return "lists this account as active, but its handle now belongs to another account id"
    if entry.retired:
        return "lists this account as retired, but it is live" if seen else "lists this account as retired"
    return "lists this account as active" + ("" if seen else ", but the sources that would show it did not")


def _merged(group: Sequence[Sighting]) -> dict[str, Any]:
    """The sightings of one account as one set of facts: the latest non-empty value of each field."""

    def latest(field: str) -> str:
        return next((str(value) for s in group if (value := getattr(s.account, field))), "")

    first = group[0].account
    return {
        "platform": first.platform,
        "identity": known_by(latest("account_id"), latest("handle"), latest("url")),
        **{field: latest(field) for field in ("account_id", "handle", "url", "display_name", "registered_email")},
        "sources": tuple(sorted({s.source for s in group})),
        "evidence": tuple(dict.fromkeys(piece for s in group for piece in s.account.evidence)),
        "fresh": all(s.fresh for s in group),
    }


def _from_registry(entry: OfficialAccount) -> dict[str, Any]:
    return {
        "platform": entry.platform, "account_id": entry.account_id, "handle": entry.handle, "url": entry.url,
        "display_name": entry.unread_handle, "registered_email": "", "sources": (), "evidence": (), "fresh": True,
    }  # fmt: skip


def _entry_evidence(entry: OfficialAccount, as_of: date) -> Evidence:
    """The entry as a fact of the day: what the same files say twice on one day is the same to the letter."""
    state = "retired" if entry.retired else "active"
    origin = entry.provenance
    return Evidence(
        origin.source,
        "registry entry",
        f"listed as {state} at {origin.where}",
        datetime.combine(as_of, time(), UTC),
        origin.sha256,
    )


def _said(group: Sequence[Sighting], *, tied: bool) -> WordsRead:
    """What the account's own words say: those of the sighting that shows most of its profile, the latest of several."""
    shown = [s.account for s in group if s.account.said]
    if not shown:
        return NOTHING_SAID
    fullest = min(shown, key=lambda account: (not account.said[0].biography, not account.display_name))
    return fullest.said[-1 if tied else 0]


def _words(said: WordsRead) -> dict[str, Any]:
    return {
        "affiliation": said.affiliation,
        "reading_reason": said.reason,
        "matched_text": said.matched_text,
        "disclaimer": said.disclaimer,
        "disclaimer_text": said.disclaimer_text,
    }


def _as_registered(group: Sequence[Sighting], mailbox: str, organization: Organization) -> str:
    """The registered address as it was written, upper case, plus-tag and all."""
    system = mail_system(organization)
    written = (s.account.registered_email for s in group)
    return next((text for text in written if mailbox and state_mailbox(text, system) == mailbox), "")


def _first_state_mailbox(texts: Iterable[str], organization: Organization) -> str:
    system = mail_system(organization)
    return next((mailbox for text in texts if (mailbox := state_mailbox(text, system))), "")
