"""Whether a profile bears itself as a person or as an organization: counted signs, each in a table."""

from __future__ import annotations

from dataclasses import dataclass

from audit.reading.catalogue import given_names
from audit.reading.contexts import belongs, signals
from audit.reading.disclaimers import Disclaimer
from audit.reading.marks import Hit
from audit.reading.support import Profile


@dataclass(frozen=True, slots=True)
class Bearing:
    """Signs of a person against signs of an organization."""

    personal: int
    organizational: int

    @property
    def person(self) -> bool:
        """More speaks for a person."""
        return self.personal > self.organizational

    @property
    def outlet(self) -> bool:
        """More speaks for an organization."""
        return self.organizational > self.personal


def bearing_of(profile: Profile, names: tuple[Hit, ...], told: tuple[Hit, ...], disclaimer: Disclaimer) -> Bearing:
    """Count the signs. `names` are the marks in handle and display name, `told` those in the biography."""
    bio = profile.rest_of_bio(told)
    speaks = disclaimer in (Disclaimer.GENERIC, Disclaimer.EMPLOYER, Disclaimer.STATE)
    return Bearing(_personal(profile, names, bio) + 2 * speaks, _organizational(profile, names, told, bio))


def _personal(profile: Profile, names: tuple[Hit, ...], bio: str) -> int:
    rest = profile.rest_of_name(names)
    shown = rest.partition("|")[2].split()
    score = 0
    if any(word in given_names() for word in shown):
        score += 3
    elif any(word in given_names() for word in rest.partition("|")[0].split()):
        score += 2
    table = signals()
    if table["ranks"].search(profile.names_text):
        score += 2
    if table["display_person"].search(f" {' '.join(shown)} "):
        score += 2
    score += 2 * bool(table["first_person"].search(bio)) + min(2, len(table["person"].findall(bio)))
    score += bool(table["roles"].search(bio[:80]))
    return score


def _organizational(profile: Profile, names: tuple[Hit, ...], told: tuple[Hit, ...], bio: str) -> int:
    table = signals()
    score = min(3, len(set(table["outlet"].findall(bio))))
    score += 2 * bool(table["official"].search(bio))
    rest = profile.rest_of_name(names).partition("|")[2].split()
    if any(hit.mark.span.field == "display_name" for hit in names) and not [
        word for word in rest if not word.isdigit() and not table["unit"].search(f" {word} ")
    ]:
        score += 2
    return score + (".gov" in profile.link.lower()) + 2 * any(belongs(hit) for hit in told)
