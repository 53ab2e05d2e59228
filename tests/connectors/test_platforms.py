"""Platforms by one name each, and what a profile's URL says."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.platforms import (
    ProfileUrl,
    are_others,
    are_rounded,
    from_url,
    on_own_host,
    platform_column,
    platform_id,
    platforms,
    profile,
    stands_for_nobody,
)

MEDIA = {"blog", "wiki", "microblog", "networking", "video", "bookmarking", "other"}

NAMES = {
    "x": ["X", "x", "Twitter", "twitter.com", "X (formerly Twitter)", "Twitter/X", "@Twitter", "Ｔｗｉｔｔｅｒ"],
    "facebook": ["FB", "Facebook Page", "facebook.com", "www.facebook.com", "Face Book", "https://m.facebook.com/x"],
    "youtube": ["YouTube channel", "You Tube", "youtu.be", "YT"],
    "linkedin": ["LinkedIn profile", "Linked-In", "linkedin.com"],
    "google": ["Google+", "Google Plus"],
    "wordpress": ["WordPress.com", "WordPress self-hosted", "Word Press"],
    "stackexchange": ["Stack Overflow", "stackoverflow.com"],
    "mastodon": ["Mastodon (mastodon.social)", "fediverse"],
    "delicious": ["del.icio.us"],
    "letterboxd": ["Letterboxd", "Letter Boxd"],
    "truthsocial": ["Truth Social", "TruthSocial profile"],
    "threads": ["Threads", "Threads (Meta)", "Instagram Threads", "threads.net"],
    "hackernews": ["Hacker News", "news.ycombinator.com"],
    "epicgames": ["Epic Games", "Fortnite"],
    "lemmy": ["Lemmy", "Lemmy (lemmy.world)"],
    None: [
        "Epic", "News", "Itch", "Lead threads", "Steam plant", "Medium duty", "Streams", "", "  ",
        "Palaverbox", "Facebook, Instagram", "Facebook/Twitter", "social media",
        "unknown", "other", "-", "https://",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [(text, name) for name, texts in NAMES.items() for text in texts])
def test_a_platform_is_known_by_any_of_its_names(text: str, expected: str | None) -> None:
    assert platform_id(text) == expected


URLS = [
    ("https://x.com/MaineDOT", ("x", "MaineDOT")),
    ("twitter.com/MaineDOT/status/1", ("x", "MaineDOT")),
    ("https://mobile.twitter.com/MaineDOT?lang=en", ("x", "MaineDOT")),
    ("https://twitter.com/#!/MaineDOT", ("x", "MaineDOT")),
    ("https://x.com/i/status/1", None),
    ("https://x.com/search?q=maine", None),
    ("https://x.com/", None),
    ("https://www.facebook.com/MaineDEP/posts/1", ("facebook", "MaineDEP")),
    ("https://m.facebook.com/MaineDEP", ("facebook", "MaineDEP")),
    ("https://facebook.com/groups/123", None),
    ("https://facebook.com/profile.php?id=1000123", ("facebook", "1000123")),
    ("https://facebook.com/profile.php", None),
    ("https://www.facebook.com/people/Ann-Lee/1000123/", ("facebook", "1000123")),
    ("https://www.instagram.com/ann.lee/", ("instagram", "ann.lee")),
    ("https://www.instagram.com/p/Abc123/", None),
    ("https://www.threads.net/@ann", ("threads", "ann")),
    ("https://www.linkedin.com/in/ann-lee-123/", ("linkedin", "ann-lee-123")),
    ("https://de.linkedin.com/in/ann", ("linkedin", "ann")),
    ("https://www.linkedin.com/feed/", None),
    ("https://www.youtube.com/@mainedot/videos", ("youtube", "mainedot")),
    ("https://youtube.com/user/mainedot", ("youtube", "mainedot")),
    ("https://youtube.com/channel/UCabc-1", ("youtube", "UCabc-1")),
    ("https://youtube.com/watch?v=1", None),
    ("https://youtu.be/abc", None),
    ("https://vimeo.com/mainedot", ("vimeo", "mainedot")),
    ("https://vimeo.com/123456", None),
    ("https://www.tiktok.com/@ann.lee/video/1", ("tiktok", "ann.lee")),
    ("https://old.reddit.com/user/ann/comments", ("reddit", "ann")),
    ("https://reddit.com/r/Maine", None),
    ("https://bsky.app/profile/ann.bsky.social/post/1", ("bluesky", "ann.bsky.social")),
    ("https://ann.bsky.social", ("bluesky", "ann.bsky.social")),
    ("https://mastodon.social/@ann/1", ("mastodon", "ann")),
    ("https://maine.social/@ann", ("mastodon", "ann")),
    ("https://example.org/@ann", None),
    ("https://ann.tumblr.com/post/1", ("tumblr", "ann")),
    ("https://www.tumblr.com/ann", ("tumblr", "ann")),
    ("https://www.tumblr.com/dashboard", None),
    ("https://ann.wordpress.com/2024/01/", ("wordpress", "ann")),
    ("https://annlee.blogspot.com/", ("blogger", "annlee")),
    ("https://medium.com/@ann/a-story", ("medium", "ann")),
    ("https://ann.substack.com/p/letter", ("substack", "ann")),
    ("https://en.wikipedia.org/wiki/User:Ann_Lee", ("wikipedia", "Ann_Lee")),
    ("https://en.wikipedia.org/wiki/Maine", None),
    ("https://pinboard.in/u:ann", ("pinboard", "ann")),
    ("https://github.com/mainedot/roads", ("github", "mainedot")),
    ("https://t.me/ann", ("telegram", "ann")),
    ("https://www.facebook.com/p/Ann-Lee-100064800000017/", ("facebook", "100064800000017")),
    ("https://www.facebook.com/pages/category/Park/Maine-Parks-207812345/", ("facebook", "207812345")),
    ("https://www.facebook.com/pages/Maine-Parks/207812345?ref=hl", ("facebook", "207812345")),
    ("https://www.facebook.com/Maine-Parks-207812345/", ("facebook", "207812345")),
    ("https://www.facebook.com/pages/create", None),
    ("https://www.facebook.com/share/p/1AbC/", None),
    ("https://www.facebook.com/watch/?v=12", None),
    ("https://www.facebook.com/profile.php?id=null", None),
    ("https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.instagram.com%2Fann.lee%2F&h=AT0", ("instagram", "ann.lee")),
    ("https://l.instagram.com/?u=https%3A%2F%2Fx.com%2Fann", ("x", "ann")),
    ("https://www.instagram.com/accounts/login/?next=/ann.lee/", ("instagram", "ann.lee")),
    ("https://nam10.safelinks.protection.outlook.com/?url=https%3A%2F%2Fx.com%2Fann&data=05", ("x", "ann")),
    ("https://instagram.com/_u/ann.lee/", ("instagram", "ann.lee")),
    ("https://www.instagram.com/reel/Cab12/", None),
    ("https://www.instagram.com/stories/highlights/178/", None),
    ("https://nextdoor.com/agency-detail/me/bangor/bangor-parks/", ("nextdoor", "bangor-parks")),
    ("https://nextdoor.com/agency-detail/me/", None),
    ("https://x.com/intent/follow?screen_name=MaineParks", ("x", "MaineParks")),
    ("https://x.com/i/user/2244", ("x", "2244")),
    ("https://twitter.com/MaineParks%20", ("x", "MaineParks")),
    ("https://www.facebook.com/permalink.php?story_fbid=7&id=100064800000017", ("facebook", "100064800000017")),
    ("https://www.facebook.com/groups/99/user/100064800000017/", ("facebook", "100064800000017")),
    ("https://zh-hans.facebook.com/MaineParks", ("facebook", "MaineParks")),
    ("https://www.facebook.com/app_scoped_user_id/2244/", None),
    ("https://ig.me/m/ann.lee", ("instagram", "ann.lee")),
    ("https://www.linkedin.com/mwlite/in/ann-lee", ("linkedin", "ann-lee")),
    ("https://www.linkedin.com/pub/ann-lee/12/345/678", None),  # of many a name, told apart by the numbers alone
    ("https://www.linkedin.com/pub/dir/Ann/Lee", None),
    ("https://www.tiktok.com/share/user/6812345678901234567", ("tiktok", "6812345678901234567")),
    ("https://studio.youtube.com/channel/UCabcdefghijklmnopqrstuv", ("youtube", "UCabcdefghijklmnopqrstuv")),
    ("https://www.youtube.com/feeds/videos.xml?channel_id=UCabcdefghijklmnopqrstuv",
     ("youtube", "UCabcdefghijklmnopqrstuv")),
    ("https://www.reddit.com/user/me/", None),
    ("https://www.reddit.com/r/u_ann_lee/", ("reddit", "ann_lee")),
    ("https://story.snapchat.com/@ann", ("snapchat", "ann")),
    ("https://www.pinterest.com.au/ann/", ("pinterest", "ann")),
    ("https://open.substack.com/pub/ann/p/letter", ("substack", "ann")),
    ("https://www.tumblr.com/blog/view/ann", ("tumblr", "ann")),
    ("https://at.tumblr.com/ann/letter/abc", ("tumblr", "ann")),
    ("https://www.twitch.tv/popout/ann/chat", ("twitch", "ann")),
    ("https://on.soundcloud.com/Ab1", None),
    ("https://www.goodreads.com/user/show/2244-ann-lee", ("goodreads", "2244")),
    ("https://gist.github.com/ann/0a1b", ("github", "ann")),
    ("https://github.com/orgs/mainedot/people", ("github", "mainedot")),
    ("https://en.wikipedia.org/wiki/Special:Contributions/Ann_Lee", ("wikipedia", "Ann_Lee")),
    ("https://x.com/None", None),
    ("https://x.com/N/A", None),
    ("https://t.me/s/ann_lee", ("telegram", "ann_lee")),
    ("https://www.youtube.com/shorts/ab12", None),
    ("https://www.flickr.com/photos/1234567@N03/", ("flickr", "1234567@N03")),
    ("https://bsky.app/profile/did:plc:ab12cd", ("bluesky", "did:plc:ab12cd")),
    ("https://mastodon.social/@ann@maine.social", ("mastodon", "ann@maine.social")),
    ("https://pin.it/ab12", None),
    ("https://truthsocial.com/@ann_lee/posts/1", ("truthsocial", "ann_lee")),
    ("https://www.threads.com/@ann.lee/post/Ab1", ("threads", "ann.lee")),
    ("https://linktr.ee/annlee", ("linktree", "annlee")),
    ("https://linktr.ee/login", None),
    ("https://letterboxd.com/ann_lee/films/", ("letterboxd", "ann_lee")),
    ("https://letterboxd.com/film/amelie/", None),
    ("https://lemmy.world/u/ann", ("lemmy", "ann")),
    ("https://lemmy.world/u/ann@lemmy.ml", ("lemmy", "ann@lemmy.ml")),
    ("https://lemmy.world/c/maine", None),
    ("https://lemmy.world/post/12", None),
    ("https://pixelfed.social/ann", ("pixelfed", "ann")),
    ("https://pixelfed.social/@ann", ("pixelfed", "ann")),
    ("https://pixelfed.social/p/ann/512345678901234567", None),
    ("https://pixelfed.social/i/web/profile/512345678901234567", ("pixelfed", "512345678901234567")),
    ("https://framatube.org/a/ann/video-channels", ("peertube", "ann")),
    ("https://framatube.org/c/maine_roads@tilvids.com/videos", ("peertube", "maine_roads@tilvids.com")),
    ("https://framatube.org/w/ab12", None),
    ("https://news.ycombinator.com/user?id=annlee", ("hackernews", "annlee")),
    ("https://news.ycombinator.com/item?id=12", None),
    ("https://www.glassdoor.com/Reviews/State-of-Maine-Reviews-E1.htm", None),
    ("https://www.wattpad.com/user/annlee", ("wattpad", "annlee")),
    ("https://annlee.beehiiv.com/p/letter", ("beehiiv", "annlee")),
    ("https://annlee.itch.io/roads", ("itchio", "annlee")),
    ("https://itch.io/games", None),
    ("https://buymeacoffee.com/annlee", ("buymeacoffee", "annlee")),
    ("https://steamcommunity.com/id/annlee/games", ("steam", "annlee")),
    ("https://steamcommunity.com/profiles/76561197960287930", ("steam", "76561197960287930")),
    ("https://www.roblox.com/users/12345/profile", ("roblox", "12345")),
    ("https://www.twitch.tv/annlee/about", ("twitch", "annlee")),
    ("https://www.patreon.com/c/annlee/posts", ("patreon", "annlee")),
    ("https://ko-fi.com/annlee", ("kofi", "annlee")),
    ("https://annlee.ghost.io/a-story/", ("ghost", "annlee")),
    ("https://www.etsy.com/shop/AnnLee?ref=x", ("etsy", "AnnLee")),
    ("https://x.com.evil.example/ann", None),
    ("https://evil.example/x.com/ann", None),
    ("https://someone@x.com:443/ann", ("x", "ann")),
    ("https://x.com/Ann%20Lee", None),
    ("http://[bad", None),
    ("javascript:alert(1)", None),
    ("mailto:ann@x.com", None),
    ("", None),
]  # fmt: skip


@pytest.mark.parametrize(("url", "expected"), URLS)
def test_a_profile_url_yields_platform_and_handle(url: str, expected: tuple[str, str] | None) -> None:
    assert from_url(url) == expected


@pytest.mark.parametrize(
    ("url", "nobody"),
    [
        ("https://x.com/", True),
        ("https://www.facebook.com/profile.php", True),
        ("https://www.facebook.com/groups/12", True),
        ("https://www.linkedin.com/feed/", True),
        ("https://x.com/null", True),
        ("https://x.com/ann", False),
        ("https://reddit.com/r/Maine", False),
        ("https://maine.example/", False),
    ],
)
def test_a_page_of_the_platform_itself_is_nobody_s(url: str, nobody: bool) -> None:
    assert stands_for_nobody(url) is nobody


@pytest.mark.parametrize("heading", ["Threads", "Steam", "Medium", "Mix", "Pocket", "Discord", "Zoom link", "Kick"])
def test_an_everyday_word_over_a_column_does_not_say_by_itself_that_the_platform_is_meant(heading: str) -> None:
    column = platform_column(heading)
    assert column is not None
    assert not column.sure


@pytest.mark.parametrize("heading", ["Epic", "Threads per inch", "Steam plant", "Hacker", "Glass", "Street", "News"])
def test_words_that_only_hold_a_platform_s_name_are_no_platform_s_column(heading: str) -> None:
    assert platform_column(heading) is None


def test_tools_of_an_office_and_stores_are_no_social_media() -> None:
    told = {name for name, platform in platforms().items() if not platform.social}
    assert told == {"adobe", "amazon", "apple", "canva", "dropbox", "ebay", "microsoft", "zoom"}
    assert {platforms()[name].medium for name in told} == {"other"}


def test_an_id_in_a_url_is_no_handle() -> None:
    assert profile("https://youtube.com/channel/UCabc-1") == ProfileUrl("youtube", account_id="UCabc-1")


@given(st.text(max_size=60))
def test_no_text_breaks_the_readers(text: str) -> None:
    for found in (from_url(text), from_url("https://" + text), from_url("https://x.com/" + text)):
        assert found is None or found[0] in platforms()
    assert platform_id(text) is None or platform_id(text) in platforms()


def test_the_table_is_sound() -> None:
    for name, platform in platforms().items():
        assert name == name.lower()
        assert platform.medium in MEDIA
        assert platform_id(name) == platform_id(platform.name) == name
        assert all(any(slot in shape for slot in ("{handle}", "{id}", "{number}", "{long}")) for shape in platform.urls)
        assert all(host == host.lower() and "/" not in host for host in platform.hosts)
    for medium in MEDIA:
        assert any(platform.medium == medium for platform in platforms().values())


def test_platforms_of_the_shared_examples_are_known(shared: Path) -> None:
    with (shared / "eval" / "official_accounts.csv").open(encoding="utf-8", newline="") as file:
        names = {row["platform"] for row in csv.DictReader(file)}
    assert {name for name in names if platform_id(name) is None} == set()


@pytest.mark.parametrize(
    ("platform", "url", "own"),
    [
        ("x", "https://x.com/MaineDOT", True),
        ("x", "https://mobile.twitter.com/MaineDOT", True),
        ("tumblr", "https://ann.tumblr.com/", True),
        ("x", "https://x.com.evil.example/MaineDOT", False),
        ("x", "https://evil.example/x.com/MaineDOT", False),
        ("x", "https://x.com@evil.example/MaineDOT", False),
        ("x", "https://evil.example\\@x.com/MaineDOT", False),
        ("x", "https://facebook.com/MaineDOT", False),
        ("facebook", "https://l.facebook.com/l.php?u=https%3A%2F%2Fevil.example%2F", False),
        ("facebook", "https://facebook.com/l.php?u=https%3A%2F%2Ffacebook.com%2Fann", True),
        ("x", "javascript:alert(1)", False),
        ("x", "", False),
        ("xbox", "https://evil.example/ann", False),
        ("mastodon", "https://social.example/@ann", True),
        ("mediawiki", "https://wiki.example/index.php?title=User:Ann", True),
    ],
)
def test_an_address_stands_on_the_platforms_own_hosts(platform: str, url: str, own: bool) -> None:
    assert on_own_host(url, platform) is own


@pytest.mark.parametrize(
    ("heading", "platform"),
    [
        ("Twitter 2", "x"), ("2nd Twitter account", "x"), ("twitter2", "x"), ("Other Facebook page", "facebook"),
        ("Instagram #2 URL", "instagram"), ("Twitter followers 2", None), ("Twitter 2019", None), ("Web 2.0", None),
    ],
)  # fmt: skip
def test_headings_of_a_platforms_further_columns(heading: str, platform: str | None) -> None:
    found = platform_column(heading)
    assert (found.platform if found else None) == platform


WHOLE = "100141300006997038"


@pytest.mark.parametrize(
    ("one", "other", "others"),
    [
        (WHOLE, WHOLE, False),
        (WHOLE, "", False),
        (WHOLE, "100141300006997000", False),  # as Excel keeps a number
        (WHOLE, "100141000000000000", False),  # as it shows one
        (WHOLE, "100141300006997040", False),  # as a double is written
        (WHOLE, "100141300006997039", False),
        (WHOLE, "100141300006998000", False),  # rounded upwards
        (WHOLE, "100141300007997000", True),
        (WHOLE, "100141300006997238", True),
        (WHOLE, "10014130000699703", True),
        ("555", "556", True),
        ("1500", "1000", True),
        ("did:plc:otter", "did:plc:seal", True),
    ],
)
def test_ids_are_of_two_accounts_where_no_program_made_them_differ(one: str, other: str, others: bool) -> None:
    assert are_others(one, other) is are_others(other, one) is others


@pytest.mark.parametrize(
    ("ids", "rounded"),
    [
        ([f"1001413000{n:05}000" for n in range(5)], True),
        ([f"1001413000{n:05}000" for n in range(5)] + ["77", "", "did:plc:otter"], True),
        ([f"1001413000{n:05}000" for n in range(5)] + [WHOLE], False),
        ([f"1001413000{n:05}000" for n in range(4)], False),
        (["77000"] * 9, False),
    ],
)
def test_a_column_of_ids_lost_its_last_digits(ids: list[str], rounded: bool) -> None:
    assert are_rounded(ids) is rounded
