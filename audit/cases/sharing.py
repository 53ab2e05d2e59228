"""Names that one source gives to several people's accounts: a problem of that source, never a join. Pure.

A spreadsheet that cut every id to fifteen digits, a cache that sends everybody one stored profile, a registry row that
does not say which account it means: where nobody can tell whose an account is, it is told and held against nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import combinations
from typing import NamedTuple

from audit.cases.half_named import half_named, kinds_of_name
from audit.cases.tie import Sighting, same_account
from audit.model.night import Problem
from audit.people.addresses import state_mailbox
from audit.people.directory import Directory
from audit.people.identity import Registry, called, handle_key, identity_of, is_unread, registry_key, registry_name
from audit.profiles import Affiliation
from connectors.platforms import are_others, are_rounded, is_cut, platforms
from connectors.records import Account, Agency, OfficialAccount

QUOTED = 3
"""Accounts or mailboxes that a problem names."""
ROUNDED = (
    "every account_id of more than fifteen digits ends in zeros, as a spreadsheet leaves it: accounts are told apart by"
    " handle and address alone, so that one that was renamed is not known again. Export the column as text, and do not"
    " save the file from a spreadsheet on its way here."
)
"""What is told of ids that lost their last digits."""


class Apart(NamedTuple):
    """The sightings that may be judged, what was changed or left out, and the registry rows (`registry_key`) that what
    was left out may be."""

    sightings: list[Sighting]
    problems: list[Problem]
    perhaps: frozenset[str]


def told_apart(
    sightings: Iterable[Sighting], directory: Directory, official: Registry, agencies: Iterable[Agency] = ()
) -> Apart:
    """The sightings without ids that stand for several accounts, and without accounts that a registry row may mean that
    is unreadable or knows them by another kind of name, or that are among the handles of one of the `agencies`; those
    that a source shows for several people are `contested`. Whatever was changed is told."""
    whole, rounded = _without_rounded_ids(list(sightings), official)
    cleared, shared = _without_shared_ids(_with_whole_ids(whole), directory, official)
    kept, held, perhaps = _without_meant(_named_elsewhere(cleared), directory, official)
    kept, declared = _without_declared(kept, directory, official, agencies)
    contested, told = _contested(kept, directory, official)
    return Apart(contested, [*rounded, *shared, *held, *declared, *told], perhaps)


def _without_declared(
    sightings: Sequence[Sighting], directory: Directory, official: Registry, agencies: Iterable[Agency]
) -> tuple[list[Sighting], list[Problem]]:
    """The sightings without accounts under a state mailbox that the list of agencies calls an agency's, and no registry
    knows: their keeper is not who has to answer for that."""
    declared = {
        (platform, handle_key(platform, handle, "")): agency
        for agency in agencies
        for platform, handle in agency.handles
    }
    kept, problems = [], []
    for sighting in sightings:
        account = sighting.account
        key = handle_key(account.platform, account.handle, account.url) if account.handle else ""
        agency = declared.get((account.platform, key))
        pending = official.awaited([(account.platform, key)])
        if agency is None or pending or official.knows(account) or not _has_a_mailbox(account, directory):
            kept.append(sighting)
            continue
        reason = (
            f"@{account.handle} on {platforms()[account.platform].name} ({sighting.source},"
            f" {account.provenance.where}) is among the handles of {agency.name} and in no registry of official"
            " accounts, and is not judged. Put it into the registry, with who answers for it."
        )
        problems.append(Problem("agencies", agency.agency_code, reason))
    return kept, list(dict.fromkeys(problems))


def _has_a_mailbox(account: Account, directory: Directory) -> bool:
    said = account.said[-1].addresses if account.said else ()
    written = (account.registered_email, *account.emails, *said)
    return any(state_mailbox(one, directory.system) for one in written)


def _without_shared_ids(
    sightings: list[Sighting], directory: Directory, official: Registry
) -> tuple[list[Sighting], list[Problem]]:
    """Ids that go with two handles in one source, or that lost their last digits and go with two people, are none."""
    by_id: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for place, sighting in enumerate(sightings):
        account = sighting.account
        if account.account_id:  # one that lost its last digits is the same in every export
            source = "" if is_cut(account.account_id) else sighting.source
            by_id[source, account.platform, account.account_id].append(place)
    problems = []
    for (_, platform, account_id), places in by_id.items():
        group = [sightings[place] for place in places]
        handles = _handles(group)
        cut = is_cut(account_id)
        if len(handles) > 1 and (cut or (platform, account_id) not in official.by_id):
            what = _some([f"@{handle}" for handle in handles])
        elif cut and len(_people(group, directory)) > 1:
            what = "accounts of several people"
        else:
            continue
        for place, one in zip(places, group, strict=True):
            sightings[place] = replace(one, account=replace(one.account, account_id=""))
        reason = (
            f"account id {account_id} on {platforms()[platform].name} goes with {what}, so it is no identity, and"
            " they are kept apart. Export the column as text, and correct the rows."
        )
        problems.append(Problem(group[0].source, group[0].account.provenance.where, reason))
    return sightings, problems


def _without_rounded_ids(sightings: Sequence[Sighting], official: Registry) -> tuple[list[Sighting], list[Problem]]:
    """The sightings without the ids of sources in which all long ones lost their last digits; an account that shows
    nothing else keeps what is left. A registry's are told, and compared as far as they go (`are_others`)."""
    by_source: dict[str, list[Account]] = defaultdict(list)
    for one in sightings:
        if one.fresh:  # what stands from before may be whole
            by_source[one.source].append(one.account)
    rounded = {source for source, group in by_source.items() if are_rounded(one.account_id for one in group)}
    kept = [
        replace(one, account=replace(one.account, account_id="")) if _is_named_besides(one, rounded) else one
        for one in sightings
    ]
    places = [by_source[source][0].provenance for source in sorted(rounded)]
    if are_rounded(entry.account_id for entry in official.entries):
        places.append(official.entries[0].provenance)
    return kept, [Problem(place.source, place.where, ROUNDED) for place in places]


def _with_whole_ids(sightings: Sequence[Sighting]) -> list[Sighting]:
    """The sightings; of a handle's ids that are one number, with and without its last digits, the one that has most."""
    ids: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in (sighting.account for sighting in sightings):
        if one.handle and one.account_id:
            ids[one.platform, one.handle.casefold()].add(one.account_id)
    whole = {
        name: max(several, key=lambda one: (len(one.rstrip("0")), one))
        for name, several in ids.items()
        if len(several) > 1 and not any(are_others(one, other) for one, other in combinations(several, 2))
    }
    named = ((one, whole.get((one.account.platform, one.account.handle.casefold()))) for one in sightings)
    return [
        replace(one, account=replace(one.account, account_id=full)) if full and one.account.account_id else one
        for one, full in named
    ]


def _is_named_besides(sighting: Sighting, rounded: Collection[str]) -> bool:
    account = sighting.account
    return sighting.source in rounded and is_cut(account.account_id) and bool(account.handle or account.url)


def _handles(group: Iterable[Sighting]) -> list[str]:
    """The handles of a group, each once."""
    accounts = (one.account for one in group if one.account.handle)
    return list({handle_key(one.platform, one.handle, one.url): one.handle for one in accounts}.values())


def _named_elsewhere(sightings: Sequence[Sighting]) -> list[Sighting]:
    """The sightings; one that shows a number alone with the handle that goes with this number elsewhere tonight."""
    handles: dict[tuple[str, str], dict[str, Account]] = defaultdict(dict)
    for one in (sighting.account for sighting in sightings):
        if one.account_id and one.handle and not is_cut(one.account_id):
            handles[one.platform, one.account_id].setdefault(handle_key(one.platform, one.handle, one.url), one)
    found = []
    for sighting in sightings:
        account = sighting.account
        named = handles.get((account.platform, account.account_id), {}) if not account.handle else {}
        if len(named) == 1:
            (other,) = named.values()
            account = replace(account, handle=other.handle, url=account.url or other.url)
            sighting = replace(sighting, account=account)  # noqa: PLW2901
        found.append(sighting)
    return found


def _without_meant(
    sightings: Sequence[Sighting], directory: Directory, official: Registry
) -> tuple[list[Sighting], list[Problem], frozenset[str]]:
    kept, problems, perhaps = [], [], set()
    rows = half_named((one for one in official.entries if not one.pending), directory)
    shown = _kinds_shown(sightings, official)
    for sighting in sightings:
        account = sighting.account
        if official.knows(account):
            kept.append(sighting)
            continue
        advice = "Write the row's handle as it stands in the profile's address."
        entry = _meant_by(account, directory, official)
        if entry is None:
            entry = rows.row_of(account)
            if entry is None or shown[registry_key(entry)] & kinds_of_name(account):  # tonight it has another one
                kept.append(sighting)
                continue
            perhaps.add(registry_key(entry))
            advice = _how_to_tell(account)
        origin = entry.provenance
        named = f"@{account.handle}" if account.handle else "an account"
        where = f"{platforms()[account.platform].name} ({sighting.source}, {account.provenance.where})"
        reason = (
            f"{named} on {where} may be the official account of this row, {registry_name(entry)!r}, and is not judged."
            f" {advice}"
        )
        problems.append(Problem(origin.source, origin.where, reason))
    return kept, list(dict.fromkeys(problems)), frozenset(perhaps)


def _kinds_shown(sightings: Iterable[Sighting], official: Registry) -> Mapping[str, set[str]]:
    """By what kinds of name each row's own account is shown tonight."""
    shown: dict[str, set[str]] = defaultdict(set)
    for sighting in sightings:
        position = official.position(sighting.account)
        if position is not None:
            shown[registry_key(official.entries[position])] |= kinds_of_name(sighting.account)
    return shown


def _how_to_tell(account: Account) -> str:
    """What to write where, so that an account and a registry row that are known by different names are told apart."""
    shows = "address and name are" if account.display_name or account.handle else "address is"
    kinds = kinds_of_name(account)
    if "number" in kinds:
        number = account.account_id or account.handle
        return (
            f"Its {shows} the row's, and the row says no number. Write the number of the row's account into account_id:"
            f" {number} if it is this one, which is official then, and judged otherwise."
        )
    if "handle" in kinds:
        return (
            f"Its {shows} the row's, and the row says no handle. Write the handle of the row's account into it:"
            f" {account.handle} if it is this one, which is official then, and judged otherwise."
        )
    return f"Its {shows} the row's. Have the export show its handle or its number, as the row does."


def _meant_by(account: Account, directory: Directory, official: Registry) -> OfficialAccount | None:
    """The unreadable registry row that may mean this account: by its words, its mailbox or its supervisor, or because
    the account presents itself as the row's agency's, on the row's platform."""
    if found := official.may_mean(account):
        return found
    mailbox = state_mailbox(account.registered_email, directory.system)
    owners = directory.owners.get(mailbox, ())
    for entry in official.entries:
        if mailbox and is_unread(entry) and entry.platform in ("", account.platform):
            own = state_mailbox(entry.registered_email, directory.system)
            answers = (entry.supervisor_employee_id, *entry.contacts)
            if mailbox == own or not {mailbox, *owners}.isdisjoint(answers):
                return entry
    said = account.said[-1] if account.said else None
    if said is None or said.affiliation != Affiliation.OUTLET or not said.agency_code:
        return None
    return next(
        (
            entry
            for entry in official.entries
            if is_unread(entry)
            and not entry.pending
            and entry.platform == account.platform
            and said.agency_code in (entry.agency_code, *entry.further_agencies)
        ),
        None,
    )


def _contested(
    sightings: Sequence[Sighting], directory: Directory, official: Registry
) -> tuple[list[Sighting], list[Problem]]:
    """Sightings of one account that a source shows for mailboxes of several people, each marked and told."""
    by_source: dict[str, list[Sighting]] = defaultdict(list)
    kept = []
    for sighting in sightings:
        account = sighting.account
        if identity_of(account) and account.registered_email and official.position(account) is None:
            by_source[sighting.source].append(sighting)
        else:
            kept.append(sighting)
    problems = []
    for source, own in by_source.items():
        for group in same_account(own, directory.system):
            people = _people(group, directory)
            if len(people) < 2:
                kept += group
                continue
            kept += [replace(sighting, contested=True) for sighting in group]
            account = group[0].account
            name = called(account)
            reason = (
                f"one {platforms()[account.platform].name} account, {name}, is shown for {len(people)} different"
                f" mailboxes ({_some(sorted(people.values()))}): a problem of the source, such as the same stored reply"
                " for everybody. It is held against nobody, since whose it is cannot be told; ask the source's owner."
            )
            problems.append(Problem(source, account.provenance.where, reason))
    return kept, problems


def _people(group: Iterable[Sighting], directory: Directory) -> dict[str, str]:
    """The owners of the state mailboxes of a group (a mailbox that is not one person's stands for itself), each with
    one of the mailboxes."""
    found: dict[str, str] = {}
    for sighting in group:
        if mailbox := state_mailbox(sighting.account.registered_email, directory.system):
            owners = directory.owners.get(mailbox, ())
            found.setdefault(f"id {owners[0]}" if len(owners) == 1 else mailbox, mailbox)
    return found


def _some(values: Sequence[str]) -> str:
    return ", ".join(values[:QUOTED]) + (f" and {len(values) - QUOTED} more" if len(values) > QUOTED else "")
