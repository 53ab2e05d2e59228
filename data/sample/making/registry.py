"""The registry of official accounts of a made state, and what the exports show of its entries."""

from __future__ import annotations

from dataclasses import dataclass

from making.addresses import official_mailbox
from making.agencies import Words
from making.draws import pick, shares, stream, table
from making.noise import url
from making.people import employee_id
from making.situations import Truth, Wardrobe

HEADINGS = (
    "platform", "handle", "account_id", "url", "agency_code", "supervisor_employee_id", "registered_email",
    "status", "reviewed_on",
)  # fmt: skip
LISTED = ("x", "facebook", "instagram", "youtube")
"""Platforms whose registered official accounts the monitoring export lists in full."""
UNKNOWN_EMPLOYEES = 99_000_001
"""Employee ids from here on are nobody's."""


@dataclass(frozen=True)
class Entry:
    """One registry entry: how it is kept, and how the exports show the account. `observed` is None where the
    monitoring export does not list it; the account id is filled in when its place there is known."""

    situation: str
    rules: str
    detail: str
    words: Words
    platform: str
    handle: str
    supervisor_id: str
    supervisor_known: bool
    address: str
    observed: str | None
    retired: bool
    reviewed_on: str

    def row(self, number: str) -> tuple[str, ...]:
        """One row of official_accounts.csv."""
        kept_number = "" if self.detail == "no_id" else number
        handle = self.handle.swapcase() if self.detail == "no_id" else self.handle
        return (
            self.platform, handle, kept_number, url(self.platform, handle), self.words.code, self.supervisor_id,
            self.address, "retired" if self.retired else "active", self.reviewed_on,
        )  # fmt: skip

    def truth(self) -> Truth:
        """The truth of the registry entry; the account's own row has no rule to break."""
        return Truth(self.situation, self.rules, self.supervisor_id if self.supervisor_known else "")

    def account(self, row: list[str], wardrobe: Wardrobe, draws: list[float]) -> list[str]:
        """The official account as the monitoring export shows it, made from a noise account."""
        text = pick(wardrobe.voices["official"], draws[4]).format(says=self.words.says)
        shown = official_mailbox(self.words.stem, draws[5]) if self.detail == "shows" else ""
        return [
            self.platform, row[1], self.handle, url(self.platform, self.handle), self.words.says, text, "Maine",
            "https://www.maine.gov/", shown, self.observed or "", *row[10:],
        ]  # fmt: skip


def supervisors(total: int) -> dict[str, int]:
    """How many supervisors of each kind `total` entries take, for people.make_people."""
    kinds = {"active": "supervisor", "terminated": "supervisor_terminated", "ended": "supervisor_ended"}
    needs = dict.fromkeys(kinds.values(), 0)
    for row, count in _counted(total):
        if row["supervisor"] in kinds:
            needs[kinds[row["supervisor"]]] += count
    # one supervisor looks after about three accounts
    return {kind: count // 3 + 1 if kind == "supervisor" else count for kind, count in needs.items()}


def size(people: int) -> int:
    """How many entries a state of so many people keeps."""
    return min(max(people // 150, 90), 600)


def entries(total: int, wardrobe: Wardrobe, pools: dict[str, list[int]]) -> list[Entry]:
    """Invent the registry: `total` entries, each situation of texts/registry.csv at least once."""
    rng = stream(wardrobe.seed, 3)
    taken = dict.fromkeys(pools, 0)
    made: list[Entry] = []
    for row, count in _counted(total):
        for draws in rng.random((count, 6)).tolist():
            kind = {"active": "supervisor", "unknown": ""}.get(row["supervisor"], f"supervisor_{row['supervisor']}")
            known = bool(kind)
            at = pools[kind][taken[kind] % len(pools[kind])] if known else len(made)
            if known:
                taken[kind] += 1
            made.append(_entry(row, at, known, wardrobe, draws))
    return made


def _counted(total: int) -> list[tuple[dict[str, str], int]]:
    rows = table("texts/registry.csv")
    return list(zip(rows, shares([float(row["share"]) for row in rows], total), strict=True))


def _entry(row: dict[str, str], at: int, known: bool, wardrobe: Wardrobe, draws: list[float]) -> Entry:
    words = wardrobe.people.words(at) if known else pick(wardrobe.agencies, draws[0])
    platform = "linkedin" if row["detail"] == "unlisted" else pick(LISTED, draws[1])
    ending = pick(wardrobe.outlets[12:], draws[2])["handle"]
    handle = wardrobe.free_handle(platform, f"{words.stem}{ending}")
    addresses = {
        "mailbox": official_mailbox(words.stem, draws[3]),
        "supervisor": f"{wardrobe.people.local_part(at)}@maine.gov" if known else "",
        "personal": f"{wardrobe.words.handle(at, 1)}@inbox.example",
        "": "",
    }
    return Entry(
        situation=row["situation"],
        rules=row["rules"],
        detail=row["detail"],
        words=words,
        platform=platform,
        handle=handle,
        supervisor_id=employee_id(at) if known else f"{UNKNOWN_EMPLOYEES + at:08d}",
        supervisor_known=known,
        address=addresses[row["registry_address"]],
        observed=addresses[row["observed_address"]] if row["seen"] == "yes" else None,
        retired=row["status"] == "retired",
        reviewed_on=f"2026-{int(draws[4] * 9) + 1:02d}-{int(draws[5] * 28) + 1:02d}",
    )
