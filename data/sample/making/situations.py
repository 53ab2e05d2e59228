"""Accounts that the rules, or a careless reader, would stumble over: which there are, and how each is dressed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from making.addresses import address, official_mailbox
from making.agencies import Words
from making.draws import pick, shares, table
from making.noise import Vocabulary, spelled, url
from making.people import NOBODY, People, day, employee_id

USUAL = 0.08
"""Share of the people who have an account in a situation, where nothing else is asked for."""
OWN_SITES = ("x", "facebook", "instagram")
"""Where branded and official-looking accounts stand: the platforms that the export covers in full, but YouTube."""
RANKS = (  # handle, display name, agency code
    ("MSP_Trooper_{}", "Trooper {}, Maine State Police", "16-222"),
    ("Trooper{}_MSP", "Trooper {} | Maine State Police", "16-222"),
    ("MaineStatePolice_Sgt{}", "Sgt. {}, Maine State Police", "16-222"),
    ("MaineWarden{}", "Warden {}, Maine Warden Service", "ME-MWS"),
    ("MaineGameWarden_{}", "Game Warden {} (Maine Warden Service)", "ME-MWS"),
    ("MaineForestService_Ranger{}", "Ranger {}, Maine Forest Service", "01-669"),
    ("Ranger{}_MaineStateParks", "Ranger {}, Maine State Parks", "01-670"),
    ("MaineDOC_Sgt{}", "Sgt. {}, Maine Department of Corrections", "03"),
)


@dataclass(frozen=True)
class Situation:
    """One row of texts/situations.csv. `rules` are the ids that have to hold; `named` whether a finding may name the
    `owner`, the kind of employee whose address or name the account uses ("none": nobody's)."""

    situation: str
    per: str
    share: float
    source: str
    rules: str
    owner: str
    named: bool
    registered: str
    shown: str
    voice: str
    disclaimer: str
    face: str


@dataclass(frozen=True)
class Truth:
    """What truth.csv says about one account beyond the account itself."""

    situation: str
    rules: str = ""
    employee_id: str = ""


@dataclass
class Wardrobe:
    """What dressing an account takes; `taken` grows with every handle that is given away."""

    words: Vocabulary
    agencies: list[Words]
    people: People
    seed: int
    voices: dict[str, list[str]] = field(default_factory=dict)
    outlets: list[dict[str, str]] = field(default_factory=list)
    others: list[dict[str, str]] = field(default_factory=list)
    taken: set[tuple[str, str]] = field(default_factory=set)

    def __post_init__(self) -> None:
        for row in table("texts/voices.csv"):
            self.voices.setdefault(row["voice"], []).append(row["text"])
        self.outlets = table("texts/outlets.csv")
        self.others = table("texts/others.csv")

    def free_handle(self, platform: str, handle: str) -> str:
        """The handle, with a number behind it where somebody has it already."""
        wanted, number = spelled(platform, handle), 1
        while (platform, wanted.lower()) in self.taken:
            number += 1
            wanted = spelled(platform, f"{handle}{number}")
        self.taken.add((platform, wanted.lower()))
        return wanted

    def at_handle(self, platform: str, handle: str) -> tuple[str, str]:
        """A free handle and the address of its profile."""
        free = self.free_handle(platform, handle)
        return free, url(platform, free)


def situations() -> list[Situation]:
    """Every situation of texts/situations.csv, in its order."""
    return [
        Situation(**{**row, "share": float(row["share"]), "named": row["named"] == "yes"})  # type: ignore[arg-type]
        for row in table("texts/situations.csv")
    ]


def plan(
    people: int, monitoring: int, registrations: int, findings: float | None = None
) -> list[tuple[Situation, int]]:
    """How many accounts each situation gets: about 8 % of the people have one (or `findings`, a share of the
    monitoring export, are one's), and 3 % of the accounts are traps, each at least once, and never so many that they
    would crowd an export.

    Raises ValueError where an export is too small to hold each situation once.
    """
    everything = situations()
    parts: dict[str, int] = {}
    for per, wanted, room in (
        ("people", people * USUAL if findings is None else monitoring * findings, monitoring * 0.45),
        ("accounts", monitoring * 0.03, monitoring * 0.2),
    ):
        members = [one for one in everything if one.per == per]
        total = min(max(round(wanted), round(1.5 * len(members))), int(room))
        parts |= dict(zip([one.situation for one in members], shares([m.share for m in members], total), strict=True))
    unverified = [one for one in everything if one.source != "monitoring"]
    room, asked = int(registrations * 0.4), sum(parts[one.situation] for one in unverified)
    if asked > room:
        cut = shares([one.share for one in unverified], room)
        parts |= dict(zip([one.situation for one in unverified], cut, strict=True))
    return [(one, parts.get(one.situation, 1)) for one in everything]


def dress(
    situation: Situation, row: list[str], owner: int, wardrobe: Wardrobe, draws: list[float]
) -> tuple[list[str], Truth]:
    """Turn a noise account (under noise.HEADINGS) into one that is in the situation. `draws` are twelve uniforms."""
    platform, number, handle, _, display, bio, location, links, _, private, created, observed = row
    words = wardrobe.people.words(owner) if owner != NOBODY else pick(wardrobe.agencies, draws[0])
    if situation.face == "branded_rank":
        code = pick(RANKS, draws[2])[2]
        words = next(one for one in wardrobe.agencies if one.code == code)
    platform, handle, display = _face(situation, (platform, handle, display), (words, owner), wardrobe, draws)

    def mailbox(form: str, draw: float) -> str:
        if form == "private":
            return private or f"{wardrobe.words.first[int(draw * 100)]}{int(draw * 1e6)}@inbox.example"
        if form == "shared":
            return official_mailbox(words.stem, draw)
        return address(form, owner, wardrobe.people, wardrobe.words, draw) if form else ""

    shown = mailbox(situation.shown, draws[3])
    if situation.voice != "noise":
        bio = _voice(situation.voice, words, shown, wardrobe, draws) if situation.voice else ""
    if situation.disclaimer:
        closing = _voice(situation.disclaimer, words, "", wardrobe, draws[4:] + draws[:4])
        bio = closing if not bio else f"{bio} {closing}" if bio[-1] in ".!?" else f"{bio} | {closing}"
    if situation.face == "none":
        number = display = ""
    if owner != NOBODY:  # nobody has an account on a state mailbox before the first day there
        created = max(created, f"{day(int(wardrobe.people.started[owner]))}T12:00:00Z")
    dressed = [
        platform, number, handle, url(platform, handle), display, bio, location, links,
        "" if situation.voice == "contact" else shown, mailbox(situation.registered, draws[5]),
        "31/02/2024" if situation.situation == "registered_bad_date" else created, observed,
    ]  # fmt: skip
    return dressed, Truth(situation.situation, situation.rules, employee_id(owner) if situation.named else "")


def _voice(voice: str, words: Words, shown: str, wardrobe: Wardrobe, draws: list[float]) -> str:
    """One text of that voice with its blanks filled."""
    vocabulary = wardrobe.words
    role, hobby = pick(words.roles, draws[6]), pick(vocabulary.hobbies, draws[7])
    unit = pick(wardrobe.outlets[:12], draws[8])
    blanks: Mapping[str, str] = {
        "says": words.says,
        "short": words.short,
        "role": role,
        "Role": role[0].upper() + role[1:],
        "a_role": with_article(role),
        "hobby": hobby,
        "Hobby": hobby[0].upper() + hobby[1:],
        "a_hobby": with_article(hobby),
        "hobby2": pick(vocabulary.hobbies, draws[9]),
        "home": pick(vocabulary.homes, draws[10]),
        "place": pick(vocabulary.places[:20], draws[10]),
        "unit": unit["label"],
        "other": pick(wardrobe.others, draws[11])["agency"],
        "address": shown,
    }
    return pick(wardrobe.voices[voice], draws[4]).format_map(blanks)


def claim(agency: Words, wardrobe: Wardrobe, draws: list[float]) -> str:
    """A biography that says that its owner works for the agency now, with no disclaimer."""
    return _voice("employee", agency, "", wardrobe, draws)


def with_article(noun: str) -> str:
    """ "a" or "an" before the noun, by its first letter."""
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"


def _face(
    situation: Situation,
    plain: tuple[str, str, str],
    who: tuple[Words, int],
    wardrobe: Wardrobe,
    draws: list[float],
) -> tuple[str, str, str]:
    """Platform, handle and display name."""
    (platform, handle, display), (words, owner), face = plain, who, situation.face
    number = int(draws[2] * 900) + 100
    given = wardrobe.people.given_name(owner) if owner != NOBODY else pick(wardrobe.words.given[:400], draws[1])
    short = words.short
    badge = pick(words.badges, draws[2])
    if face == "none":
        return platform, "", ""
    if face in ("plain", "first", "named"):
        faces = {"plain": display, "first": given, "named": wardrobe.people.name(owner) if owner >= 0 else ""}
        return platform, handle, faces[face]
    if face in ("branded_display", "branded_named", "group", "union"):
        name = wardrobe.people.name(owner) if face == "branded_named" else given
        titles = {
            "group": f"{wardrobe.words.first[number % 100].title()} Street Watch",
            "union": f"Workers United Local {number}",
        }
        branded = pick((f"{name}, {short}", f"{name} | {short}", f"{name} - {short}", f"{name} ({short})"), draws[3])
        return platform, handle, titles.get(face, branded)
    platform = pick(OWN_SITES, draws[11])
    unit = pick(wardrobe.outlets[:12], draws[8])
    other = pick(wardrobe.others, draws[11])
    rank = pick(RANKS, draws[2])
    handles = {
        "branded_handle": pick(("{0}_{1}", "{0}_{2}_{1}", "{1}_{0}"), draws[3]),
        "branded_both": pick(("{0}_{1}", "{0}_{2}_{1}"), draws[3]),
        "branded_rank": rank[0].replace("{}", "{1}"),
        "outlet": pick(("{0}{3}", "{0}_{3}"), draws[3]),
        "parody": pick(("Not{0}", "Fake{0}", "{0}_Parody"), draws[3]),
        "other": "{4}",
    }
    displays = {
        "branded_handle": given,
        "branded_both": f"{given}, {short}",
        "branded_rank": rank[1].format(given),
        "outlet": f"{short} {unit['label']}",
        "parody": f"{short} (parody)",
        "other": other["agency"],
    }
    chosen = handles[face].format(words.stem, given, badge, unit["handle"], other["handle"])
    return platform, wardrobe.free_handle(platform, chosen), displays[face]
