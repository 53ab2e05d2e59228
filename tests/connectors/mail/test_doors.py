"""What each kind of mail log can see of a platform, how strongly, and why no more."""

from __future__ import annotations

import pytest

from connectors.catalog import CONNECTORS
from connectors.mail import accounts
from connectors.mail.doors import DOORS, door_of, sight_in_words, sight_of
from connectors.mail.signals import told_of
from connectors.platforms import platforms
from connectors.records import Strength

BY_NAME = {door.name: door for door in DOORS}
CASES = [
    # platform, then how Graph, trace files, Google logs, envelope logs, gateways and Barracuda's cloud see it;
    # "?": it depends on the log
    ("bluesky", "strong strong strong weak strong weak"),  # the envelope has the same address
    ("facebook", "strong strong strong weak strong weak"),
    ("linkedin", "strong? strong strong weak strong weak"),  # a token for each recipient, at its own domain
    ("reddit", "strong? strong? strong none strong weak?"),  # by way of Amazon SES
    ("goodreads", "strong? strong? strong none strong weak?"),
    ("strava", "strong? strong? strong weak? strong weak?"),  # nothing is known of the envelope
    ("slack", "none strong? strong weak? strong weak?"),  # no-reply-<token>@
    ("discourse", "none weak? weak weak? weak weak?"),  # each forum's own address
    ("wikihow", "none strong? strong? weak? strong? weak?"),  # no address was seen
    ("hackernews", "none weak? weak? weak? weak? weak?"),  # from memory
    ("vk", "weak? weak? weak weak? weak weak?"),  # forged
    ("telegram", "weak? weak? strong? weak? strong? weak?"),  # strong once DMARC passed
    ("beehiiv", "none none none none none none"),
    ("metabusiness", "none none none none none none"),
    ("truthsocial", "none none none none none none"),
    ("zoom", "none none none none none none"),
]


@pytest.mark.parametrize(("platform", "expected"), CASES)
def test_what_each_door_sees_of_a_platform(platform: str, expected: str) -> None:
    sights = [sight_of(platform, door) for door in DOORS]
    assert " ".join(f"{sight.strength.value}{'' if sight.sure else '?'}" for sight in sights) == expected
    assert all(sight.why for sight in sights if not sight.sure or sight.strength is Strength.NONE)


@pytest.mark.parametrize(
    ("platform", "door", "why"),
    [
        ("facebook", "Graph", "notification+*@facebookmail.com changes with each mail"),
        ("linkedin", "Graph", "a token for each recipient, so it is not found where the log has the envelope's sender"),
        ("reddit", "trace files", "a mail service's, so it is not found where the log has the envelope's sender"),
        ("reddit", "envelope logs", "a mail service's, which names no platform"),
        ("strava", "Graph", "not known, so it may not be found where the log has the envelope's sender"),
        ("slack", "Graph", "no-reply-*@slack.com changes with each mail"),
        ("wikihow", "Graph", "no whole address of it was seen"),
        ("telegram", "gateways", "DMARC or SPF passed"),
        ("bluesky", "Barracuda's cloud", "nothing in the log shows who really sent a mail"),
        ("canva", "Graph", "no social media in the policy's sense"),
        ("beehiiv", "trace files", "reaches people without an account"),
        ("truthsocial", "gateways", "none of its mails is on the list"),
    ],
)
def test_it_says_why_a_door_sees_no_more(platform: str, door: str, why: str) -> None:
    assert why in sight_of(platform, BY_NAME[door]).why


def test_a_log_of_envelopes_alone_proves_nothing() -> None:
    assert all(sight_of(name, BY_NAME["envelope logs"]).strength is not Strength.STRONG for name in platforms())


def test_every_platform_that_is_searched_for_is_seen_by_a_door_and_no_other_is() -> None:
    seen = {name for name in platforms() if any(sight_of(name, door).strength is not Strength.NONE for door in DOORS)}
    assert seen == set(told_of())


def test_every_connector_of_mail_has_a_door() -> None:
    reading = {name for name, connector in CONNECTORS.items() if connector.parse is accounts.parse}
    assert {name for name in reading if door_of(name) is None} == set()
    assert {name for name in CONNECTORS if door_of(name)} == reading


@pytest.mark.parametrize(
    ("platform", "doors", "said"),
    [
        ("bluesky", ["Graph"], "A mail can prove an account."),
        ("reddit", ["envelope logs"], "Nothing: such a log has no mails"),
        ("reddit", ["envelope logs", "gateways"], "A mail can prove an account."),
        ("strava", ["Graph"], "A mail can prove an account, if the log shows who really sent it."),
        ("vk", ["Google logs"], "A hint at most: such mails also reach people without an account"),
        ("linkedin", ["envelope logs"], "A hint at most: "),
        ("discourse", ["trace files"], "A hint at most, and only if"),
        ("bluesky", [], ""),
    ],
)
def test_what_an_analyst_reads(platform: str, doors: list[str], said: str) -> None:
    words = sight_in_words(platform, [BY_NAME[name] for name in doors])
    assert words.startswith(said)
    assert bool(words) == words.endswith(".")
