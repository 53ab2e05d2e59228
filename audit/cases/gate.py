"""The gate: an account with no state address, no agency mark and no place in the registry is forgotten. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from audit.cases.kept import FORGETFUL, Memory, in_place_of_words, words_digest
from audit.model.organization import Organization
from audit.people.addresses import Address, MailSystem, mail_system, parse_address, state_mailbox, state_part
from audit.people.identity import Registry, declared_as, fold_handle, handle_key, identity_of, url_alone
from audit.profiles import shows_a_mark
from audit.profiles.marks import compile_marks
from audit.profiles.private import without_private_tags
from audit.profiles.search_terms import BESIDE
from connectors.contract import Nexus
from connectors.records import CLOSED, Account, Evidence, OfficialAccount, Strength

SHORTEST, TELLING = 3, 5
"""Letters from which a term is searched for without its boundaries: by itself, and beside the state's name (where
"dec" would be found in every December)."""


def search_for(organization: Organization) -> Nexus:
    """The gate as plain text, for sources that can leave out early what cannot pass it (always a superset)."""
    registered = {
        part.casefold()
        for entry in organization.official
        for part in (
            entry.handle,
            handle_key(entry.platform, entry.handle).partition("@")[0],
            entry.account_id,
            url_alone(entry).rpartition("/")[2],
        )
        if part
    }
    marks = compile_marks(organization)
    states, companions = marks.together
    named = sorted((state for state in states if len(state.strip(BESIDE)) > SHORTEST), key=len, reverse=True)
    alone, beside = [], list(companions)
    for term in marks.terms:
        state = next((state for state in named if state in term and state != term), "")
        if state:
            beside.append((_beside_state(term, state),))
        else:
            alone.append(term)
    return Nexus(
        domains=tuple(sorted(mail_system(organization).all)),
        terms=(*_loosened(alone, SHORTEST), *sorted(registered)),
        together=(_loosened(states, SHORTEST), tuple(sorted({_loosened(group, TELLING) for group in beside}))),
        names=_names(organization, marks.state.name),
        handles=_handles(organization),
        ids=tuple(
            (one.platform, one.account_id, one.handle)
            for one in map(declared_as, filter(_is_live, organization.official))
            if one.account_id
        ),
    )


def _is_live(entry: OfficialAccount) -> bool:
    return entry.live


def _names(organization: Organization, state: str) -> tuple[str, ...]:
    """What to search a platform for: every agency's names and acronyms, each with the State's name, since "Department
    of Labor" or "DEP" alone is everybody's."""
    found: list[str] = []
    for agency in organization.agencies:
        for name in (agency.name, *agency.aliases, *agency.acronyms):
            found.append(name if state.casefold() in name.casefold() else f"{state} {name}")
    return tuple(dict.fromkeys(found))


def _handles(organization: Organization) -> tuple[tuple[str, str], ...]:
    """(platform, handle) of the registry's live accounts and of those that the agencies file declares, each once, in
    their own letter case: some platforms tell it apart."""
    declared = [pair for agency in organization.agencies for pair in agency.handles]
    live = map(declared_as, filter(_is_live, organization.official))
    listed = [(one.platform, one.handle) for one in live if one.handle]
    found = {(platform, fold_handle(handle)): (platform, handle) for platform, handle in (*declared, *listed)}
    return tuple((platform, handle.strip().removeprefix("@")) for platform, handle in found.values())


def _beside_state(term: str, state: str) -> str:
    """What to search for beside the state's name: the rest of the term where that is telling ("maine & marine
    patrol": "marine patrol"), else the term as it is ("mainedot"), which holds the name itself."""
    rest = term.replace(state, "", 1).strip(BESIDE)
    return rest if len(rest) >= TELLING and not rest.isdigit() else term


def _loosened(terms: Collection[str], shortest: int) -> tuple[str, ...]:
    """Terms without the word boundaries around them, where `shortest` characters or more are left: a few more rows
    stay than must, and large files are searched several times as fast."""
    bare = (term.strip(BESIDE) for term in terms)
    loose = {short if len(short) >= shortest else term for short, term in zip(bare, terms, strict=True)}
    return tuple(sorted(loose, key=lambda term: (len(term), term)))


def passes(account: Account, organization: Organization, official: Registry, memory: Memory = FORGETFUL) -> bool:
    """Whether the account shows a tie to the organization: an address, a mark, or a place in its registry."""
    system = mail_system(organization)
    if any(state_mailbox(text, system) or state_part(text, system) for text in _written(account) if text):
        return True
    if official.knows(account):
        return True
    if any(state_mailbox(word, system) for word in account.unread_handle.split()):
        return True
    if not account.unread_handle and (words := memory.known(memory.key(words_digest(account), tied=False))):
        return words.marked
    shown = f"{account.display_name} {account.unread_handle}".strip()
    return shows_a_mark(account.handle, shown, account.bio, " ".join(account.links), organization)


def restrained(
    account: Account,
    organization: Organization,
    official: Registry,
    *,
    work: bool = False,
    memory: Memory = FORGETFUL,
) -> Account:
    """The account without private addresses and without its biography and links, in the place of which stands what the
    rules read of them: only a state address bears on the question. Official accounts keep
    theirs, since whose address they hang on is the question. Of several registered addresses the State's counts; where
    two of them are the State's, none does, and a note tells so, as of a state address in words that cannot be read.

    The evidence about what was left out goes with it; that the profile was seen, and where, stays. Of an account for
    `work` on a system of the organization's own, of which nothing but this is known, only its name on that system
    stays, and of its private address "@" and the domain; all of it where nothing else says which account it is.
    """
    system = mail_system(organization)
    registered, notes = _registered(account, system)
    emails = tuple(text for text in account.emails if state_mailbox(text, system))
    strange = (state_part(text, system) for text in _written(account) if not state_mailbox(text, system))
    notes += [
        f"an address column holds {part!r} in words that cannot be read, so nobody is tied to this account by it. Write"
        " the address alone."
        for part in dict.fromkeys(filter(None, strange))
    ]
    listed = official.knows(account)
    bare = work and not passes(account, organization, official)
    private = _private(account, system) if work and not registered and not listed else None
    if private:
        registered = f"@{private.domain}" if identity_of(account) else account.registered_email
    if listed:
        registered, emails = registered or account.registered_email, account.emails
    kept = {text for text in (registered, *emails) if text}
    gone = {text for text in _written(account) if text} - kept
    evidence = tuple(piece for piece in account.evidence if not any(text in piece.detail for text in gone))
    if not listed and identity_of(account):
        origin = account.provenance
        where, at = f"seen at {origin.where}", origin.observed_at
        seen = Evidence(origin.source, "public profile", where, at, origin.sha256, Strength.NONE)
        evidence = (*evidence, seen)
    if not work:
        evidence = tuple(piece for piece in evidence if piece.kind != CLOSED)
    if private and identity_of(account):
        evidence = (*evidence, _lies_at(private.domain, account))
    if bare:
        account = replace(account, display_name="", bio="", links=())
    tagged = {text: plain for text in (registered, *emails) if (plain := without_private_tags(text)) != text}
    for text, plain in tagged.items():
        evidence = tuple(replace(piece, detail=piece.detail.replace(text, plain)) for piece in evidence)
    return in_place_of_words(
        replace(
            account,
            url=_without_address(account.url),
            registered_email=tagged.get(registered, registered),
            registered_others=(),
            unread_handle="",
            emails=tuple(tagged.get(text, text) for text in emails),
            evidence=evidence,
            notes=(*account.notes, *notes),
        ),
        organization,
        FORGETFUL if bare else memory,
    )


def _without_address(url: str) -> str:
    """A profile's address on the web, without what follows its path where a mail address stands there."""
    path = re.split(r"[?#]", url, maxsplit=1)[0]
    return path if re.search(r"@|%40", url[len(path) :]) else url


def _private(account: Account, system: MailSystem) -> Address | None:
    """The address that an account is registered with, where it is plainly none of the State's."""
    if any(state_mailbox(text, system) or state_part(text, system) for text in _written(account) if text):
        return None
    return parse_address(account.registered_email) if account.registered_email else None


def _lies_at(domain: str, account: Account) -> Evidence:
    origin = account.provenance
    words = f"registered with an address at {domain} ({origin.where})"
    return Evidence(origin.source, "registered address", words, origin.observed_at, origin.sha256, account.registration)


def _written(account: Account) -> tuple[str, ...]:
    """Everything that stands in the account's address columns."""
    return account.registered_email, *account.registered_others, *account.emails


def _registered(account: Account, system: MailSystem) -> tuple[str, list[str]]:
    """The state address that the account is registered with, as written; empty, with a note, where there are two."""
    written = (account.registered_email, *account.registered_others)
    mailboxes = {mailbox: text for text in reversed(written) if (mailbox := state_mailbox(text, system))}
    if len(mailboxes) < 2:
        return next(iter(mailboxes.values()), ""), []
    named = ", ".join(sorted(mailboxes))
    return "", [f"registered_email holds several state addresses ({named}), so nobody is tied by it. Correct the row."]
