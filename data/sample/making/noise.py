"""Accounts without any tie to the State: the great majority, made a chunk at a time from columns of draws."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from making.draws import below, objects, stream, table, weighted

HEADINGS = (
    "platform", "account_id", "handle", "url", "display_name", "bio", "location", "links", "emails",
    "registered_email", "created_at", "observed_at",
)  # fmt: skip
PLATFORMS = {  # id -> share of accounts, spelling in other exports, address of a profile
    "x": (28, "Twitter", "https://x.com/{}"),
    "facebook": (26, "Facebook", "https://www.facebook.com/{}"),
    "instagram": (17, "Instagram", "https://www.instagram.com/{}"),
    "linkedin": (7, "LinkedIn", "https://www.linkedin.com/in/{}"),
    "youtube": (6, "YouTube", "https://www.youtube.com/@{}"),
    "tiktok": (5, "TikTok", "https://www.tiktok.com/@{}"),
    "reddit": (3, "Reddit", "https://www.reddit.com/user/{}"),
    "bluesky": (3, "Bluesky", "https://bsky.app/profile/{}"),
    "threads": (2, "Threads", "https://www.threads.net/@{}"),
    "pinterest": (1, "Pinterest", "https://www.pinterest.com/{}"),
    "github": (1, "GitHub", "https://github.com/{}"),
    "tumblr": (1, "Tumblr", "https://{}.tumblr.com"),
}
HYPHENS = ("linkedin", "github", "tumblr", "bluesky")
"""Platforms whose handles know no underscore."""
SEPARATORS = (" | ", ". ", ", ", " / ", "\n", " - ", " • ")
SEPARATOR_SHARES = (30, 34, 14, 9, 6, 5, 2)
KINDS = ("work", "hobby", "place", "quip", "accent")
KIND_SHARES = ((44, 24, 20, 11, 1), (0, 52, 18, 28, 2), (0, 44, 4, 49, 3), (0, 40, 0, 60, 0))
"""How often the first, second, third and fourth fragment of a biography are of each kind."""
PROVIDERS = ("inbox.example", "post.example", "letters.example", "mailroom.example")
FIRST_SECOND = np.datetime64("2009-01-01T00:00:00", "s")
SECONDS = int((np.datetime64("2026-10-31T00:00:00", "s") - FIRST_SECOND).astype(np.int64))


@dataclass(frozen=True)
class Vocabulary:
    """The tables that profiles are put together from. `starts` has the first position and length of each kind of
    fragment in `fragments`, in the order of KINDS."""

    given: list[str]
    given_weights: list[float]
    family: list[str]
    family_weights: list[float]
    first: list[str]
    second: list[str]
    places: list[str]
    place_weights: list[float]
    fragments: np.ndarray[Any, np.dtype[np.object_]]
    starts: list[tuple[int, int]]
    hobbies: list[str]
    homes: list[str]
    """Fragments on where somebody lives, with a place in Maine."""
    notes: list[str]
    emoji: list[str]

    def handle(self, number: int, seed: int) -> str:
        """The handle of account `number`: two words, an underscore or none, digits; no two numbers share one."""
        pairs = len(self.first) * len(self.second)
        mixed = (number * 7_654_321 + seed * 97) % (pairs * 2 * 1000)  # the factor has no divisor in common
        digits, rest = divmod(mixed, pairs * 2)
        joint, pair = divmod(rest, pairs)
        one, two = divmod(pair, len(self.second))
        return f"{self.first[one]}{'_' if joint else ''}{self.second[two]}{digits or ''}"


def vocabulary() -> Vocabulary:
    """Read the tables of names/ and texts/."""
    given, family = table("names/given_names.csv"), table("names/family_names.csv")
    words, places, lines = table("texts/words.csv"), table("texts/places.csv"), table("texts/noise.csv")
    names = [row["place"] for row in places]
    by_kind: dict[str, list[str]] = {}
    for line in lines:
        spots = names if "{place}" in line["text"] else [""]
        by_kind.setdefault(line["kind"], []).extend(line["text"].replace("{place}", spot) for spot in spots)
    starts, fragments = [], list[str]()
    for kind in KINDS:
        starts.append((len(fragments), len(by_kind[kind])))
        fragments.extend(text[:1].upper() + text[1:] for text in by_kind[kind])
    in_maine = names[: names.index("Portland, Oregon")]
    return Vocabulary(
        given=[row["given_name"] for row in given],
        given_weights=[float(row["weight"]) for row in given],
        family=[row["family_name"] for row in family],
        family_weights=[float(row["weight"]) for row in family],
        first=[row["first"] for row in words],
        second=[row["second"] for row in words],
        places=names,
        place_weights=[float(row["weight"]) for row in places],
        fragments=objects(fragments),
        starts=starts,
        hobbies=by_kind["hobby"],
        homes=[f"Living in {place}" for place in in_maine] + ["Mainer by choice", "From away"],
        notes=by_kind["note"],
        emoji=by_kind["emoji"],
    )


def account_id(number: int, seed: int) -> str:
    """Eighteen digits, different for every number below 10^9."""
    return str(100_000_000_000_000_000 + (number * 899_999_999_981 + seed * 1_000_003) % 900_000_000_000_000_000)


def spelled(platform: str, handle: str) -> str:
    """The handle as the platform would write it."""
    if platform in HYPHENS:
        handle = handle.replace("_", "-")
    return f"{handle.lower()}.bsky.social" if platform == "bluesky" else handle


def url(platform: str, handle: str) -> str:
    """The profile's address; empty without a handle."""
    return PLATFORMS[platform][2].format(handle) if handle else ""


def accounts(words: Vocabulary, seed: int, start: int, size: int, night: int) -> list[list[str]]:
    """Accounts `start` to `start + size - 1` as rows under HEADINGS. The same numbers give the same rows."""
    rng = stream(seed, 2, start)
    ids = list(PLATFORMS)
    platforms = [ids[at] for at in weighted(rng, [PLATFORMS[name][0] for name in ids], size).tolist()]
    handles = [spelled(name, words.handle(start + at, seed)) for at, name in enumerate(platforms)]
    bios = biographies(words, rng, size)
    displays = _displays(words, rng, size)
    locations = objects(words.places)[weighted(rng, words.place_weights, size)].tolist()
    links, shown, registered, silent = (rng.random(size).tolist() for _ in range(4))
    created = np.datetime_as_string(FIRST_SECOND + below(rng, SECONDS, size).astype("m8[s]")).tolist()
    first = np.datetime64("2026-11-18T02:00:00", "s") + np.timedelta64(night, "D")
    seconds = ((start + np.arange(size)) % 10_000).astype("m8[s]")
    observed = np.datetime_as_string(first + seconds).tolist()
    return [
        [
            name, account_id(start + at, seed), handle, url(name, handle), displays[at], bios[at],
            locations[at] if silent[at] < 0.7 else "",
            f"https://{handle.replace('_', '-').lower()}.example/" if links[at] < 0.15 else "",
            f"hello@{handle.replace('_', '-').lower()}.example" if shown[at] < 0.04 else "",
            private_address(handle, registered[at]) if registered[at] < 0.62 else "",
            f"{created[at]}Z", f"{observed[at]}Z",
        ]
        for at, (name, handle) in enumerate(zip(platforms, handles, strict=True))
    ]  # fmt: skip


def private_address(handle: str, draw: float) -> str:
    """An address at a provider that cannot exist, so that it is nobody's."""
    return f"{handle.split('.', maxsplit=1)[0]}@{PROVIDERS[int(draw * 997) % len(PROVIDERS)]}".lower()


def biographies(words: Vocabulary, rng: np.random.Generator, size: int) -> list[str]:
    """No fragment (a tenth) to four, joined in different ways, some with an emoji behind them."""
    columns = [_fragments(words, rng, share, size) for share in KIND_SHARES]
    lengths = weighted(rng, (9, 24, 36, 23, 8), size).tolist()
    separators = weighted(rng, SEPARATOR_SHARES, size).tolist()
    shouts = rng.random(size).tolist()
    bios = []
    for length, separator, shout, parts in zip(lengths, separators, shouts, zip(*columns, strict=True), strict=True):
        joined = SEPARATORS[separator].join(parts[:length])
        if shout < 0.06:
            joined = f"{joined} {words.emoji[int(shout / 0.06 * len(words.emoji))]}".lstrip()
        elif shout > 0.96:
            joined = ". ".join(filter(None, (joined, words.notes[int((shout - 0.96) / 0.04 * len(words.notes))])))
        bios.append(joined)
    return bios


def _fragments(words: Vocabulary, rng: np.random.Generator, kind_shares: tuple[int, ...], size: int) -> list[str]:
    kinds = weighted(rng, kind_shares, size)
    starts = np.array(words.starts, dtype=np.int64)
    at = starts[kinds, 0] + (rng.random(size) * starts[kinds, 1]).astype(np.int64)
    fragments: list[str] = words.fragments[at].tolist()
    return fragments


def _displays(words: Vocabulary, rng: np.random.Generator, size: int) -> list[str]:
    """Full names, given names, two words, with now and then an emoji."""
    given = objects(words.given)[weighted(rng, words.given_weights, size)].tolist()
    family = objects(words.family)[weighted(rng, words.family_weights, size)].tolist()
    first, second = below(rng, len(words.first), size).tolist(), below(rng, len(words.second), size).tolist()
    style = rng.random(size).tolist()
    displays = []
    for at, draw in enumerate(style):
        if draw < 0.52:
            shown = f"{given[at]} {family[at]}"
        elif draw < 0.70:
            shown = given[at]
        elif draw < 0.98:
            shown = f"{words.first[first[at]]} {words.second[second[at]]}".title()
        else:
            shown = f"{given[at]} {words.emoji[int((draw - 0.98) / 0.02 * len(words.emoji))]}"
        displays.append(shown)
    return displays
