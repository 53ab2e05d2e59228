"""The addresses of a made state's accounts, by form: how each is written and whose it is."""

from __future__ import annotations

from collections.abc import Callable

from making.draws import mail_word, pick
from making.noise import Vocabulary
from making.people import People

TAGS = ("social", "facebook", "lists", "signup", "news", "x")
SHARED = ("info", "frontdesk", "intake", "scheduling", "webmaster", "news", "records", "permits")
SUBDOMAINS = ("mdot.maine.gov", "dhhs.maine.gov", "mail.maine.gov", "ifw.maine.gov")
LOOKALIKES = (
    "maine.gov.example", "notmaine.gov", "maine-gov.org", "mainegov.example", "state.me.us.example",
    "maine.gov-mail.example", "themaine.gov.example",
)  # fmt: skip


def address(form: str, owner: int, people: People, words: Vocabulary, draw: float) -> str:
    """An address of that form; `owner` is the employee it derives from, or -1. Raises KeyError for an unknown form."""
    return FORMS[form](owner, people, words, draw)


def invented_name(words: Vocabulary, draw: float) -> tuple[str, str]:
    """Given and family name in mail spelling, of nobody in particular."""
    scaled = draw * len(words.given)
    return mail_word(words.given[int(scaled)]), mail_word(pick(words.family, scaled % 1))


def official_mailbox(stem: str, draw: float) -> str:
    """A function's mailbox under the State's domain; HR has no such person."""
    return f"{pick(SHARED, draw)}{int(draw * 9973) % 40 or ''}.{stem.lower()}@maine.gov"


def _mixed_case(plain: str, draw: float) -> str:
    return plain.upper() if draw < 0.5 else plain.title().replace("@Maine.Gov", "@Maine.gov")


def _plus(owner: int, people: People, draw: float) -> str:
    return f"{people.local_part(owner)}+{pick(TAGS, draw)}"


def _gone(words: Vocabulary, draw: float) -> str:
    """With a middle initial, which HR's addresses never have: it belongs to nobody there."""
    given, family = invented_name(words, draw)
    return f"{given}.{'abcdefghjklmnprstw'[int(draw * 7919) % 18]}.{family}@maine.gov"


def _agency_domain(people: People, words: Vocabulary, draw: float) -> str:
    domains = [domain for agency in people.agencies for domain in agency.domains]
    return f"{'.'.join(invented_name(words, draw))}@{domains[int(draw * 7919) % len(domains)]}"


def _freemail(words: Vocabulary, draw: float) -> str:
    given, family = invented_name(words, draw)
    forms = ("maine.gov.{}@gmail.com", "stateofmaine.{}@gmail.com", "{}.maine.gov@gmail.com")
    return forms[int(draw * 7919) % 3].format(f"{given}{family}{int(draw * 99_991)}")


def _lookalike(words: Vocabulary, draw: float) -> str:
    return f"{'.'.join(invented_name(words, draw))}@{LOOKALIKES[int(draw * 7919) % len(LOOKALIKES)]}"


def _international(words: Vocabulary, draw: float) -> str:
    word = pick(words.first, draw)
    return (f"{word}@bücher-{word}.example", f"jörg.{word}@{word}.example", f"{word}@почта-{word}.example")[
        int(draw * 7919) % 3
    ]


FORMS: dict[str, Callable[[int, People, Vocabulary, float], str]] = {
    "work": lambda owner, people, _, __: f"{people.local_part(owner)}@maine.gov",
    "plus": lambda owner, people, _, draw: f"{_plus(owner, people, draw)}@maine.gov",
    "upper": lambda owner, people, _, draw: _mixed_case(f"{people.local_part(owner)}@maine.gov", draw),
    "legacy": lambda owner, people, _, __: f"{people.local_part(owner)}@state.me.us",
    "legacy_plus_upper": lambda owner, people, _, draw: f"{_plus(owner, people, draw)}@state.me.us".upper(),
    "alias": lambda owner, people, _, __: f"{people.alias_part(owner)}@maine.gov",
    "alias_legacy": lambda owner, people, _, __: f"{people.alias_part(owner)}@state.me.us",
    "joint": lambda owner, people, _, __: people.team_mailbox(owner),
    "typo": lambda owner, people, _, __: f"{people.local_part(owner).replace('.', '')}@maine.gov",
    "courts": lambda owner, people, _, __: f"{people.local_part(owner)}@courts.maine.gov",
    "legislature": lambda owner, people, _, __: f"{people.local_part(owner)}@legislature.maine.gov",
    "subdomain": lambda owner, people, _, draw: f"{people.local_part(owner)}@{pick(SUBDOMAINS, draw)}",
    "gone": lambda _, __, words, draw: _gone(words, draw),
    "agency_domain": lambda _, people, words, draw: _agency_domain(people, words, draw),
    "lookalike_domain": lambda _, __, words, draw: _lookalike(words, draw),
    "freemail_state": lambda _, __, words, draw: _freemail(words, draw),
    "idn": lambda _, __, words, draw: _international(words, draw),
    "homograph": lambda _, __, words, draw: f"{'.'.join(invented_name(words, draw))}@mаine.gov",
}
"""Form -> address. In the homograph's domain the second letter is the Cyrillic а."""
