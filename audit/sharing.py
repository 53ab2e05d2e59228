"""Names that one source gives to several people's accounts: a problem of that source, never a join. Pure.

A spreadsheet that cut every id to fifteen digits, a cache that sends everybody one stored profile, a registry row that
does not say which account it means: where nobody can tell whose an account is, it is told and held against nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from audit.addresses import state_mailbox
from audit.directory import Directory
from audit.link import Sighting, same_account
from audit.night import Problem
from audit.people.identity import Registry, handle_key, is_unread, registry_name
from connectors.platforms import platforms
from connectors.records import Account, OfficialAccount

QUOTED = 3
"""Accounts or mailboxes that a problem names."""
DIGITS_KEPT = 15
"""Digits of a number that a spreadsheet keeps."""


def told_apart(
    sightings: Iterable[Sighting], directory: Directory, official: Registry
) -> tuple[list[Sighting], list[Problem]]:
    """The sightings without ids that stand for several accounts, and without accounts that an unreadable registry row
    may mean; those that a source shows for several people are `contested`. Whatever was changed is told."""
    cleared, shared = _without_shared_ids(list(sightings), directory, official)
    kept, held = _without_meant(cleared, directory, official)
    contested, told = _contested(kept, directory, official)
    return contested, [*shared, *held, *told]


def _without_shared_ids(
    sightings: list[Sighting], directory: Directory, official: Registry
) -> tuple[list[Sighting], list[Problem]]:
    """Ids that go with two handles in one source, or that lost their last digits and go with two people, are none."""
    by_id: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for place, sighting in enumerate(sightings):
        if sighting.account.account_id:
            by_id[sighting.source, sighting.account.platform, sighting.account.account_id].append(place)
    problems = []
    for (source, platform, account_id), places in by_id.items():
        if len(places) < 2:
            continue
        group = [sightings[place] for place in places]
        handles = {handle_key(platform, one.account.handle, one.account.url): one.account.handle for one in group}
        handles.pop("", None)
        cut, registered = is_cut(account_id), (platform, account_id) in official.by_id
        if not (
            (len(handles) > 1 and not registered) or (cut and (len(handles) > 1 or len(_people(group, directory)) > 1))
        ):
            continue
        for place in places:
            account = sightings[place].account
            sightings[place] = replace(sightings[place], account=replace(account, account_id=""))
        what = (
            _some([f"@{handle}" for handle in handles.values()]) if len(handles) > 1 else "accounts of several people"
        )
        reason = (
            f"account id {account_id} on {platforms()[platform].name} goes with {what} in one source, so it is no"
            " identity, and they are kept apart. Export the column as text, and correct the rows."
        )
        problems.append(Problem(source, group[0].account.provenance.where, reason))
    return sightings, problems


def is_cut(account_id: str) -> bool:
    """Whether a number may have lost its last digits in a spreadsheet: zeros from the sixteenth digit on."""
    return account_id.isdigit() and len(account_id) > DIGITS_KEPT and not account_id[DIGITS_KEPT:].strip("0")


def _without_meant(
    sightings: Sequence[Sighting], directory: Directory, official: Registry
) -> tuple[list[Sighting], list[Problem]]:
    kept, problems = [], []
    for sighting in sightings:
        entry = None if official.knows(sighting.account) else _meant_by(sighting.account, directory, official)
        if entry is None:
            kept.append(sighting)
            continue
        account, origin = sighting.account, entry.provenance
        named = f"@{account.handle}" if account.handle else "an account"
        reason = (
            f"{named} on {platforms()[account.platform].name} ({sighting.source}, {account.provenance.where}) may be the"
            f" official account of this row, {registry_name(entry)!r}, and is not judged. Write the row's handle as it"
            " stands in the profile's address."
        )
        problems.append(Problem(origin.source, origin.where, reason))
    return kept, list(dict.fromkeys(problems))


def _meant_by(account: Account, directory: Directory, official: Registry) -> OfficialAccount | None:
    """The unreadable registry row that may mean this account: by its words, its mailbox or its supervisor."""
    if found := official.may_mean(account):
        return found
    mailbox = state_mailbox(account.registered_email, directory.system)
    owners = directory.owners.get(mailbox, ())
    for entry in official.entries:
        if mailbox and is_unread(entry) and entry.platform == account.platform:
            own = state_mailbox(entry.registered_email, directory.system)
            if mailbox == own or entry.supervisor_employee_id in owners:
                return entry
    return None


def _contested(
    sightings: Sequence[Sighting], directory: Directory, official: Registry
) -> tuple[list[Sighting], list[Problem]]:
    """Sightings of one account that a source shows for mailboxes of several people, each marked and told."""
    by_source: dict[str, list[Sighting]] = defaultdict(list)
    kept = []
    for sighting in sightings:
        plain = sighting.account.account_id or sighting.account.handle or sighting.account.url
        if plain and sighting.account.registered_email and official.position(sighting.account) is None:
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
            reason = (
                f"one {platforms()[account.platform].name} account, {account.handle or account.account_id or account.url},"
                f" is shown for the mailboxes of {len(people)} people ({_some(sorted(people.values()))}): a problem of"
                " the source, such as a stored reply that everybody gets. It is held against none of them; ask the"
                " source's owner."
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
