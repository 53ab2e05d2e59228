"""Make an invented state of any size, with the truth of every account beside it.

    python data/sample/make_state.py OUT --people 13000 --accounts 200000 --seed 7

writes a folder that `identity-audit run --config OUT/audit.toml` can be run on. The same arguments give the same bytes.
How a state of a large size differs from a small one is set by the fields of `Shape`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # so that it also loads by path, from a test

from making import edits, leads, noise, people, registry, writing
from making.agencies import HEADINGS as AGENCY_HEADINGS
from making.agencies import agencies
from making.draws import Ints, shuffled, stream, table
from making.people import NOBODY
from making.situations import USUAL, Situation, Truth, Wardrobe, dress, plan

TRUTH_HEADINGS = (
    "source", "platform", "account_id", "handle", "registered_email", "situation", "rules", "employee_id",
)  # fmt: skip
CHUNK = 50_000
DEFAULT_SEED = 7
DEFAULT_PEOPLE = 400
DEFAULT_ACCOUNTS = 1_200
FEWEST_PEOPLE = 300
FEWEST_ACCOUNTS = 1_000
MONITORING, REGISTRATIONS, REGISTRY = "monitoring", "registrations", "official_accounts"
ELSEWHERE = 20_000_000
"""Account numbers from here on are in no export of the first night: first those of vanished official accounts."""
UNUSABLE, REPLACED = ELSEWHERE + 1_000_000, ELSEWHERE + 2_000_000

Row = list[str]


@dataclass(frozen=True)
class Part:
    """One account that is not noise: a situation with the employee it is about, a registry entry, a look-alike, or one
    that claims an agency, to measure leads by."""

    situation: Situation | None = None
    owner: int = NOBODY
    entry: registry.Entry | None = None
    lookalike: dict[str, str] | None = None
    lead: leads.Lead | None = None


@dataclass(frozen=True)
class Shape:
    """What grows with a state, and what changes in it. Each is left out by default.

    `findings`: share of the monitoring export that is in a situation about an employee; by default their number is 8 %
    of the people, however many accounts there are. `accents`: share of the other accounts with accented letters in the
    display name, the rest have none at all; by default as many as the tables give. `edits`: share of the biographies
    that are edited before each night but the first. `agencies`: how many, 32 of them the catalogue's.
    """

    findings: float | None = None
    accents: float | None = None
    edits: float = 0.0
    agencies: int | None = None


@dataclass(frozen=True)
class State:
    """Everything that is decided before the first account is written. `places` has the position in the monitoring
    export of each of `parts`, then of the newcomers of a second night."""

    seed: int
    night: int
    shape: Shape
    monitoring: int
    registrations: int
    wardrobe: Wardrobe
    parts: list[Part]
    unverified: list[Part]
    entries: list[registry.Entry]
    places: Ints
    gone: dict[int, int]
    """Positions of accounts that the second night no longer has, with the number of the one that stands there now."""


def make_state(
    folder: Path | str,
    people: int = DEFAULT_PEOPLE,
    accounts: int = DEFAULT_ACCOUNTS,
    seed: int = DEFAULT_SEED,
    *,
    parquet: bool = False,
    night: int = 1,
    changes: int = 0,
    output: str = "out",
    namesakes: float | None = None,
    shape: Shape = Shape(),
) -> Path:
    """Write a made state into `folder` (created where needed) and return the path of its audit.toml.

    `accounts` counts the readable rows of both exports together; one or two unusable rows come on top. On each night
    after the first every account is observed a day later, `changes` more accounts with E-1 are gone and as many others
    are new.
    With `namesakes`, a share from 0 to 1, accounts come on top that claim an agency under a name, as many as fit into a
    quarter of the monitoring export, and that share of the strangers among them bears an employee's name.
    Raises ValueError for sizes that cannot hold each situation once.
    """
    if night < 1:
        raise ValueError(f"needed: a night from 1, not {night}")
    if people < FEWEST_PEOPLE or not FEWEST_ACCOUNTS <= accounts <= ELSEWHERE:
        raise ValueError(f"needed: at least {FEWEST_PEOPLE} people, {FEWEST_ACCOUNTS} to {ELSEWHERE} accounts")
    folder, suffix = Path(folder), ".parquet" if parquet else ".csv"
    (folder / "accounts").mkdir(parents=True, exist_ok=True)
    state = _decide(people, accounts, seed, night, changes, namesakes, shape)
    wardrobe = state.wardrobe
    writing.write_csv(folder / "hr.csv", people_headings(), people_rows(wardrobe))
    writing.write_csv(folder / "agencies.csv", AGENCY_HEADINGS, (one.row for one in wardrobe.agencies))
    numbers = [noise.account_id(at, seed) for at in _registry_numbers(state)]
    official = [entry.row(number) for entry, number in zip(state.entries, numbers, strict=True)]
    writing.write_csv(folder / "official_accounts.csv", registry.HEADINGS, official)
    export = folder / "accounts" / f"monitoring_export{suffix}"
    writing.write_csv(folder / "truth.csv", TRUTH_HEADINGS, _accounts(state, export, official))
    (folder / "audit.toml").write_text(writing.audit_toml(suffix, output), encoding="utf-8", newline="\n")
    (folder / "policy.toml").write_text(writing.POLICY_TOML, encoding="utf-8", newline="\n")
    return folder / "audit.toml"


def people_headings() -> tuple[str, ...]:
    """The headings of hr.csv."""
    return people.HEADINGS


def people_rows(wardrobe: Wardrobe) -> Iterator[tuple[str, ...]]:
    """The rows of hr.csv."""
    return people.rows(wardrobe.people)


def _decide(
    count: int, accounts: int, seed: int, night: int, changes: int, namesakes: float | None, shape: Shape
) -> State:
    """Who has which situation, and where in the export it stands."""
    registrations = min(5_000, accounts // 8)
    monitoring = accounts - registrations
    planned = plan(count, monitoring, registrations, shape.findings)
    entries_wanted = registry.size(count)
    needs = {**registry.supervisors(entries_wanted), "newcomer": changes}
    asked = 0 if shape.findings is None else round(monitoring * shape.findings / USUAL)
    for situation, number in plan(max(count, min(asked, 5 * count)), monitoring, registrations):
        needs[situation.owner] = needs.get(situation.owner, 0) + number
    needs["unusual"] = max(needs["unusual"], len(table("names/unusual_people.csv")))
    everybody, pools = people.make_people(count, seed, agencies(shape.agencies), needs)
    wardrobe = Wardrobe(noise.vocabulary(), everybody.agencies, everybody, seed)
    entries = registry.entries(entries_wanted, wardrobe, pools)
    parts, unverified = _parts(planned, pools)
    parts += [Part(entry=entry) for entry in entries if entry.observed is not None]
    lookalikes = table("names/lookalike_handles.csv")
    wardrobe.taken.update((row["platform"], row["handle"].lower()) for row in lookalikes)
    parts += [Part(lookalike=row) for row in lookalikes]
    if namesakes is not None:
        parts += [Part(lead=one) for one in leads.leads(wardrobe, seed, namesakes, monitoring // 4)]
    places = shuffled(stream(seed, 4), monitoring)[: len(parts) + changes * (night - 1)]
    gone: dict[int, int] = {}
    if night > 1 and changes:
        new = next(situation for situation, _ in planned if situation.rules == "E-1")
        parts += [Part(new, owner) for owner in pools["newcomer"]] * (night - 1)
        plain = [at for at, part in enumerate(parts) if part.situation and part.situation.rules == "E-1"]
        leaving = [at for at in plain if parts[at].situation.source == MONITORING]  # type: ignore[union-attr]
        ordered = enumerate(places[leaving[: changes * (night - 1)]].tolist())
        gone = {place: REPLACED + at for at, place in ordered}
    return State(
        seed, night, shape, monitoring, registrations, wardrobe, parts, unverified, entries, places[: len(parts)], gone
    )


def _parts(planned: list[tuple[Situation, int]], pools: dict[str, list[int]]) -> tuple[list[Part], list[Part]]:
    """One part for each planned account: those of the monitoring export, and those of the registration export. Where
    there are more accounts than people set aside for them, a person has several."""
    waiting = {kind: cycle(pool) for kind, pool in pools.items()}
    parts: list[Part] = []
    unverified: list[Part] = []
    for situation, number in planned:
        for _ in range(number):
            part = Part(situation, NOBODY if situation.owner == "none" else next(waiting[situation.owner]))
            if situation.source in (MONITORING, "both", "split"):
                parts.append(part)
            else:
                unverified.append(part)
    return parts, unverified


def _registry_numbers(state: State) -> list[int]:
    """The account number of each registry entry: its position in the export, or one that is nowhere."""
    seen = {id(part.entry): place for part, place in zip(state.parts, state.places.tolist(), strict=True)}
    return [seen.get(id(entry), ELSEWHERE + at) for at, entry in enumerate(state.entries)]


def _accounts(state: State, export: Path, official: list[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Write both exports, chunk by chunk, and yield truth.csv's rows on the way."""
    carried: list[tuple[Row, Truth]] = []
    by_place = dict(zip(state.places.tolist(), state.parts, strict=True))
    with writing.AccountsFile(export) as file:
        for start in range(0, state.monitoring, CHUNK):
            size = min(CHUNK, state.monitoring - start)
            rows, truths = _chunk(state, start, size, by_place, carried)
            yield from _truth_rows(MONITORING, rows, truths)
            file.write([*rows, *_unusable(state)] if start == 0 else rows)
    rows, truths = _registrations(state, carried)
    yield from _truth_rows(REGISTRATIONS, rows, truths)
    spelled = [[noise.PLATFORMS[row[0]][1], *row[1:]] for row in rows]
    sheet = export.with_name("registration_export.xlsx")
    writing.write_xlsx(sheet, "Registrations", noise.HEADINGS, spelled)
    for entry, row in zip(state.entries, official, strict=True):
        truth = entry.truth()
        yield (REGISTRY, row[0], row[2], row[1], row[6], truth.situation, truth.rules, truth.employee_id)


def _truth_rows(source: str, rows: list[Row], truths: list[Truth]) -> Iterator[tuple[str, ...]]:
    for row, truth in zip(rows, truths, strict=True):
        yield (source, row[0], row[1], row[2], row[9], truth.situation, truth.rules, truth.employee_id)


def _chunk(
    state: State, start: int, size: int, by_place: dict[int, Part], carried: list[tuple[Row, Truth]]
) -> tuple[list[Row], list[Truth]]:
    """One stretch of the monitoring export with its truth. Rows that the other export repeats go to `carried`."""
    words, shape = state.wardrobe.words, state.shape
    rows = noise.accounts(words, state.seed, start, size, state.night)
    edited = edits.edited_biographies(words, state.seed, start, size, state.night, shape.edits)
    for at, text in edited.items():
        if start + at not in by_place:
            rows[at][edits.BIO] = text
    if shape.accents is not None:
        edits.accent(rows, state.seed, start, shape.accents)
    truths = [Truth("no_tie")] * size
    draws = stream(state.seed, 5, start).random((size, 12)).tolist()
    for at, row in enumerate(rows):
        place = start + at
        part = by_place.get(place)
        if place in state.gone:
            rows[at] = noise.accounts(words, state.seed, state.gone[place], 1, state.night)[0]
        elif part is None:
            _forget_a_key(row, draws[at])
        else:
            rows[at], truths[at] = _dressed(part, row, state.wardrobe, draws[at], carried)
            if part.situation and at in edited:
                rows[at][edits.BIO] = edits.lengthened(rows[at][edits.BIO], words, draws[at], edited[at])
    return rows, truths


def _forget_a_key(row: Row, draws: list[float]) -> None:
    """A few accounts come without their id, or with nothing but the address of the profile."""
    if draws[0] < 0.03:
        row[1] = ""
    if draws[0] < 0.01:
        row[2] = ""


def _dressed(
    part: Part, row: Row, wardrobe: Wardrobe, draws: list[float], carried: list[tuple[Row, Truth]]
) -> tuple[Row, Truth]:
    """The account of one part. A registration that only the other export knows is taken off this one."""
    if part.lookalike:
        return _lookalike(part.lookalike, row, wardrobe, draws), Truth("lookalike_handle")
    if part.lead:
        return leads.dressed(part.lead, row, wardrobe, draws)
    if part.entry:
        account = part.entry.account(row, wardrobe, draws)
        truth = Truth(part.entry.situation)
        if part.entry.detail == "both":
            carried.append((account, truth))
        return account, truth
    assert part.situation is not None
    account, truth = dress(part.situation, row, part.owner, wardrobe, draws)
    if part.situation.source in ("both", "split"):
        carried.append((list(account), truth))
    if part.situation.source == "split":
        account[9] = ""
    return account, truth


def _lookalike(known: dict[str, str], row: Row, wardrobe: Wardrobe, draws: list[float]) -> Row:
    bio = wardrobe.voices[known["voice"]][int(draws[4] * len(wardrobe.voices[known["voice"]]))]
    platform, handle = known["platform"], known["handle"]
    return [
        platform, row[1], handle, noise.url(platform, handle), known["display_name"], bio, *row[6:9], row[9],
        *row[10:],
    ]  # fmt: skip


def _registrations(state: State, carried: list[tuple[Row, Truth]]) -> tuple[list[Row], list[Truth]]:
    """The registration export: noise with an address, the situations that are unverified, and accounts that the
    monitoring export has too."""
    rows = noise.accounts(state.wardrobe.words, state.seed, state.monitoring, state.registrations, state.night)
    truths = [Truth("no_tie")] * len(rows)
    rng = stream(state.seed, 6)
    order, draws = shuffled(rng, len(rows)).tolist(), rng.random((len(rows), 12)).tolist()
    for row, draw in zip(rows, draws, strict=True):
        row[9] = row[9] or noise.private_address(row[2], draw[0])
    for at, part in zip(order, state.unverified, strict=False):
        rows[at], truths[at] = _dressed(part, rows[at], state.wardrobe, draws[at], [])
    for at, (row, truth) in zip(order[len(state.unverified) :], carried, strict=False):
        rows[at], truths[at] = row, truth
    for at, row in enumerate(rows):
        if "says" not in truths[at].situation:
            row[5:9] = ["", "", "", ""]  # a list of sign-ups knows no biography
    return rows, truths


def _unusable(state: State) -> list[Row]:
    """Rows that no reader can use: they belong on the workbook's sheet "Data quality", and in no truth."""
    row = noise.accounts(state.wardrobe.words, state.seed, UNUSABLE, 2, state.night)
    unknown, ragged = row
    unknown[0], unknown[3], unknown[9] = "Palaverbox", "", "no.such.person@maine.gov"
    return [unknown, ragged[:7]]


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("folder", type=Path, help="where to write the state")
    parser.add_argument("--people", type=int, default=DEFAULT_PEOPLE, help="employees in the HR directory")
    parser.add_argument("--accounts", type=int, default=DEFAULT_ACCOUNTS, help="rows in both exports together")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="another seed, another state")
    parser.add_argument("--format", choices=("csv", "parquet"), default="csv", help="of the monitoring export")
    parser.add_argument("--night", type=int, default=1, help="2: the same state a day later, and so on")
    parser.add_argument(
        "--changes", type=int, default=0, help="accounts that go, and that come, before each next night"
    )
    parser.add_argument("--edits", type=float, default=0.0, help="share of biographies edited before each next night")
    parser.add_argument(
        "--findings", type=float, help="share of accounts about an employee; default: 8 %% of the people"
    )
    parser.add_argument(
        "--accents", type=float, help="share of other accounts with accented letters; default: about 4 %%"
    )
    parser.add_argument("--agencies", type=int, help="how many; default: the 32 of names/agency_words.csv")
    parser.add_argument(
        "--namesakes", type=float, help="add accounts to measure leads by: share of the strangers named"
    )
    parser.add_argument("--output", default="out", help="output folder to write into audit.toml")
    given = parser.parse_args()
    made = make_state(
        given.folder,
        given.people,
        given.accounts,
        given.seed,
        parquet=given.format == "parquet",
        night=given.night,
        changes=given.changes,
        output=given.output,
        namesakes=given.namesakes,
        shape=Shape(given.findings, given.accents, given.edits, given.agencies),
    )
    print(f"{given.people} people and {given.accounts} accounts: {made}")


if __name__ == "__main__":
    main()
