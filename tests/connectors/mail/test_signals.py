"""The table of mail signals: what it reads, what it refuses, and that DuckDB reads it as Python does."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors.bounds import LONGEST_HEADER
from connectors.contract import Source, SourceDown
from connectors.files.progress import unwatched
from connectors.files.table import connected
from connectors.mail import query as mail_query
from connectors.mail import scan as mail_scan
from connectors.mail.signals import (
    KINDS,
    Envelope,
    Meaning,
    asked_of,
    bare,
    compiled,
    decoded_subject,
    folded_subject,
    load_signals,
    mailbox_of,
    packaged,
    phrases,
    told_of,
    whole_table,
)
from connectors.platforms import platforms
from connectors.records import Strength
from connectors.reference import table
from tests.case_lines import case_lines

NOW = datetime(2026, 11, 20, tzinfo=UTC)
ROW = {
    "platform": "mastodon", "domains": "social.maine.gov", "mailbox": "", "subject": "", "kind": "notification",
    "implies": "strong", "stranger": "no", "note": "",
}  # fmt: skip
LINES = case_lines(Path(__file__).with_name("mail_cases.txt"))
CASES = [line.values[0].split("|", 2) for line in LINES]


@pytest.mark.parametrize("line", LINES)
def test_reads_what_platforms_write(line: str) -> None:
    platform, sender, rest = line.split("|", 2)
    subject, _, expected = rest.rpartition("|")
    meaning = packaged().read(sender, subject)
    assert meaning is not None
    assert meaning.platform == platform
    assert expected in {"any", meaning.kind, meaning.strength.value}


@pytest.mark.parametrize(
    "sender",
    [
        "security@faceb00k-mail.com",
        "x@linkedin.com.evil.example",
        "x@notlinkedin.com",
        "linkedin.com@evil.example",
        '"x@linkedin.com"@evil.example',
        "x@linkedin-com.example",
        "x@evil.example/linkedin.com",
        "x@linkedin.com@evil.example",
        "noreply@spotify.ca",
        "security@facebookmail.co",
        "x@xx.com",
        "x@ex.com",
        "someone@google.com",
        "verify@lınkedin.com",
        "linkedin.com",
        "<>",
        "",
    ],
)
def test_lookalikes_match_nothing(sender: str) -> None:
    assert packaged().read(sender, "Security alert: new login to your account") is None


@pytest.mark.parametrize(
    ("sender", "local", "host"),
    [
        ("Security@LinkedIn.com", "security", "linkedin.com"),
        ('"LinkedIn" <security@linkedin.com>', "security", "linkedin.com"),
        ("<notification+kx1=ab@facebookmail.com>", "notification", "facebookmail.com"),
        ("no address", "", ""),
        (f"{'x' * (LONGEST_HEADER - 6)}@x.com", "x" * (LONGEST_HEADER - 6), "x.com"),
        (f"{'x' * (LONGEST_HEADER - 5)}@x.com", "", ""),
        (f"{'x ' * LONGEST_HEADER}<info@x.com>", "", ""),
    ],
)
def test_sender_taken_apart(sender: str, local: str, host: str) -> None:
    assert mailbox_of(sender) == (local, host)


@pytest.mark.parametrize(
    ("sender", "expected"),
    [
        ("jobalerts-noreply@linkedin.com", Meaning("linkedin", "digest", Strength.STRONG, False)),
        ("security-noreply@linkedin.com", Meaning("linkedin", "security", Strength.WEAK, True)),
        ("registration@facebookmail.com", Meaning("facebook", "notification", Strength.WEAK, True)),
        ("info@x.com", Meaning("x", "notification", Strength.WEAK, True)),
    ],
)
def test_without_a_subject_little_is_proved(sender: str, expected: Meaning) -> None:
    assert packaged().read(sender, "", proven=True) == expected


@pytest.mark.parametrize(
    ("sender", "subject", "kind", "unproven", "proven"),
    [
        ("jobalerts-noreply@linkedin.com", "", "digest", (Strength.WEAK, False), (Strength.STRONG, False)),
        ("no-reply@strava.com", "Weather", "notification", (Strength.WEAK, False), (Strength.STRONG, False)),
        ("security@facebookmail.com", "Hello", "security", (Strength.WEAK, False), (Strength.STRONG, False)),
        ("security@facebookmail.com", "New login", "security", (Strength.STRONG, False), (Strength.STRONG, False)),
        ("notifications@github.com", "Re: [a/b] x", "notification", (Strength.WEAK, False), (Strength.STRONG, False)),
        ("no-reply@flickr.com", "Welcome to Flickr", "welcome", (Strength.STRONG, False), (Strength.STRONG, False)),
        ("confirm@x.com", "Anything", "verification", (Strength.WEAK, True), (Strength.WEAK, True)),
    ],
)
def test_a_subject_that_nobody_knows_proves_little_unless_the_sender_is_genuine(
    sender: str, subject: str, kind: str, unproven: tuple[Strength, bool], proven: tuple[Strength, bool]
) -> None:
    for known, (strength, third_party) in ((False, unproven), (True, proven)):
        meaning = packaged().read(sender, subject, proven=known)
        assert meaning is not None
        assert (meaning.kind, meaning.strength, meaning.third_party) == (kind, strength, third_party)


def test_a_name_in_the_header_alone_is_weak() -> None:
    meaning = packaged().read("security@mail.instagram.com", "New login", doubtful=True)
    assert meaning == Meaning("instagram", "security", Strength.WEAK, False)


def test_every_row_is_of_the_catalogue_and_every_platform_has_a_fallback() -> None:
    lines = packaged().lines
    listed = {line.platform for line in lines} - {"*"}
    assert listed <= platforms().keys()
    assert listed - {"threads"} <= {lines[at].platform for at in packaged().homes}
    media = {platforms()[name].medium for name in listed}
    assert {"blog", "wiki", "microblog", "networking", "video", "bookmarking"} <= media
    assert {line.kind for line in lines} == set(KINDS)


def test_a_log_tells_of_every_platform_that_has_a_sender_on_the_list() -> None:
    signals = packaged()
    assert told_of() == tuple(sorted({signals.lines[home].platform for home in signals.homes}))


def test_what_a_stranger_can_cause_is_said_of_every_row() -> None:
    for line in whole_table().lines:
        if line.kind in {"verification", "invitation_nonmember"}:
            assert line.third_party
            assert line.strength is not Strength.STRONG
        if line.kind == "password_reset":
            assert line.third_party


@pytest.mark.parametrize(
    ("sender", "subject", "expected"),
    [
        ("no-reply@canva.com", "A design has been shared with you", Strength.NONE),
        ("no-reply@canva.com", "Your Canva code is 123456", Strength.WEAK),
        ("no-reply@canva.com", "News about your designs", Strength.WEAK),
        ("no-reply@dropbox.com", 'Kim Sample shared "Culverts" with you', Strength.NONE),
        ("no-reply@dropbox.com", "Verify your email", Strength.WEAK),
        ("no-reply@dropbox.com", "Your files", Strength.WEAK),
        ("no-reply@zoom.us", "Kim Sample is inviting you to a scheduled Zoom meeting", Strength.NONE),
        ("no-reply@zoom.us", "Cloud recording", Strength.WEAK),
        ("noreply@business.facebook.com", "You have been invited to join a business portfolio", Strength.NONE),
        ("noreply@business.facebook.com", "Security alert: new login to your account", Strength.NONE),
        ("kim@mail.beehiiv.com", "Security alert: the weekly digest", Strength.NONE),
        ("admin@notify.vk.com", "Security alert: new login to your account", Strength.WEAK),
        ("msonlineservicesteam@microsoftonline.com", "Your password was changed", Strength.NONE),
        ("account-security-noreply@accountprotection.microsoft.com", "Microsoft account security code", Strength.WEAK),
        ("appleid@id.apple.com", "Verify your Apple ID email address", Strength.WEAK),
        ("drive-shares-noreply@google.com", 'Document shared with you: "Culverts"', Strength.NONE),
        ("noreply@glassdoor.com", "Road engineer and 4 more new jobs", Strength.WEAK),
        ("roads@discoursemail.com", "[Roads] A culvert", Strength.WEAK),
        ("noreply@lemmy.world", "Registration approved for lemmy.world", Strength.WEAK),
        ("noreply@steampowered.com", "A gift for you", Strength.WEAK),
    ],
)
def test_what_strangers_can_cause_proves_nothing_though_the_sender_is_genuine(
    sender: str, subject: str, expected: Strength
) -> None:
    meaning = whole_table().read(sender, subject, proven=True)
    assert meaning is not None
    assert meaning.strength is expected


@pytest.mark.parametrize("host", [row["domain"] for row in table("mail_relays.csv")])
def test_a_mail_service_s_domain_never_names_a_platform(host: str) -> None:
    for sender in (f"bounces@{host}", f"0100-abc@em1.{host}", f"bounces+1-ab-robin=maine.gov@{host}"):
        assert whole_table().read(sender, "Security alert: new login to your account", proven=True) is None
        assert not whole_table().near(sender)
    listed = [domain for line in whole_table().lines for domain in line.domains]
    assert not [one for one in listed if f".{host}".endswith(f".{one}") or f".{one}".endswith(f".{host}")]
    with pytest.raises(SourceDown, match="thousands write"):
        compiled([{**ROW, "domains": f"mail.{host}"}], "mine.csv")


def test_an_address_that_was_seen_is_its_platform_s_and_its_envelope_is_said_where_it_is_known() -> None:
    for sender, line in whole_table().senders.items():
        found = whole_table().read(sender.replace("*", "x1"), "")
        assert found is not None, sender
        assert found.platform == line.platform
    known = {line.platform: line.envelope for line in whole_table().lines if line.envelope is not Envelope.UNKNOWN}
    assert known["linkedin"] is known["x"] is Envelope.CHANGES
    assert known["reddit"] is known["goodreads"] is Envelope.RELAY
    assert known["bluesky"] is known["facebook"] is Envelope.OWN


def test_logs_are_not_searched_for_what_is_no_social_media_but_by_rows_of_one_s_own() -> None:
    assert not {"adobe", "apple", "canva", "dropbox", "microsoft", "zoom", "beehiiv", "metabusiness"} & {*told_of()}
    assert packaged().read("no-reply@dropbox.com", "Your password was changed") is None
    own = packaged(frozenset(("dropbox",))).read("no-reply@dropbox.com", "Your password was changed")
    assert own == Meaning("dropbox", "security", Strength.STRONG, False)
    assert told_of() == tuple(sorted({packaged().lines[home].platform for home in packaged().homes}))
    assert set(asked_of()) == {packaged().senders[sender].platform for sender in packaged().asked()}


def test_patterns_are_valid_in_python_and_in_duckdb() -> None:
    with connected(ordered=False) as connection:
        for line in whole_table().lines:
            for pattern in filter(None, (line.mailbox, line.subject)):
                re.compile(pattern)
                connection.execute("SELECT regexp_matches('x', ?)", [pattern]).fetchall()
    assert all(folded_subject(words) == words for words in ("password", "mot de passe oublie"))
    assert phrases().keys() >= {
        "verify",
        "reset",
        "alert",
        "login",
        "welcome",
        "digest",
        "invite",
        "recovery",
    }


def in_duckdb(rows: list[tuple[str, str]], proven: bool = False) -> list[Meaning | None]:
    """The meanings that the scan finds, row by row; the message id carries the row's number."""
    signals = packaged()
    entries = [
        {
            "place": "",
            "sender": sender,
            "subject": subject,
            "recipient_address": "a@x.gov",
            "auth": "dmarc=pass" if proven else "",
            "message_id": str(number),
        }
        for number, (sender, subject) in enumerate(rows)
    ]
    with connected(ordered=False) as connection:
        connection.execute(mail_query.SCANNED)
        feed = mail_scan.Feed("x", lambda _: iter(entries), dated=False)
        list(mail_scan._file(connection, feed, 0, signals, unwatched))
        connection.execute("CREATE TABLE keys AS SELECT unnest(range(?))::VARCHAR AS n", [len(rows)])
        codes = dict(
            connection.execute(
                "SELECT n::INT, code FROM keys LEFT JOIN scanned ON key = substr(sha256(n), 1, 32)"
            ).fetchall()
        )
    return [
        None if codes[number] is None else mail_query.meaning(codes[number], signals) for number in range(len(rows))
    ]


def test_duckdb_reads_the_cases_as_python_does() -> None:
    rows = [(sender, rest.rpartition("|")[0]) for _, sender, rest in CASES]
    rows += [(sender, "") for _, sender, _ in CASES]
    rows += [("X@LinkedIn.com", "Beştätigung Ihrer E‑Mail"), ("a@b.linkedin.com.example", "x"), ("", "x")]
    assert in_duckdb(rows) == [packaged().read(sender, subject) for sender, subject in rows]
    assert in_duckdb(rows, proven=True) == [packaged().read(sender, subject, proven=True) for sender, subject in rows]


LOGIN = "New login to X"


@pytest.mark.parametrize("proven", [False, True])
@pytest.mark.parametrize("filling", ["a", " ", "é", "e\u0301", "\u0301", "한", "🤦🏽\u200d♂", "İ"])
def test_a_header_longer_than_any_platform_s_says_nothing_wherever_it_is_read(filling: str, proven: bool) -> None:
    most, sender, named = LONGEST_HEADER - len(LOGIN), "verify@x.com", "<verify@x.com>"
    full, over = (f"{LOGIN}{(filling * LONGEST_HEADER)[:letters]}" for letters in (most, most + 1))
    names = [f"{(filling * LONGEST_HEADER)[: LONGEST_HEADER - len(named) + more]}{named}" for more in (0, 1)]
    rows = [(sender, full), (sender, over), (sender, ""), *((name, LOGIN) for name in names)]
    read = [packaged().read(*row, proven=proven) for row in rows]
    assert in_duckdb(rows, proven) == read
    assert read[0] is not None
    assert read[0].kind == "security"
    assert read[1] == read[2] != read[0]
    assert (read[3] is None, read[4] is None) == (False, True)


@pytest.mark.parametrize("between", [" ", "  ", "\r\n ", "\n\t", "\u00a0 "])
def test_a_subject_on_several_lines_says_the_same(between: str) -> None:
    written = f"Your LinkedIn{between}password has been changed "
    assert folded_subject(written) == "your linkedin password has been changed"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("=?utf-8?q?S=C3=A9curit=C3=A9?= de X", "Sécurité de X"),
        ("=?utf-8?b?U8OpY3VyaXTDqQ==?=\n =?utf-8?q?_=C3=A9?=", "Sécurité é"),
        ("=?utf-8?q?S=C3=A9?= =?utf-8?q?cur", "Sé =?utf-8?q?cur"),
        ("=?utf-8?q?a =?utf-8?q?b", "=?utf-8?q?a =?utf-8?q?b"),
        ("Code: =?", "Code: =?"),
        ("=?none?q?a?=", "=?none?q?a?="),
    ],
)
def test_a_subject_in_ascii_alone(written: str, said: str) -> None:
    assert decoded_subject(written) == said


def test_a_subject_made_to_hurt_its_reader_stays_as_it_stands() -> None:
    for hostile in ("=?a?q?x" * 100_000, "=?a?q?x" * 1_000, "=?a?q?x" * 1_000 + "\n?=", "=?utf-8?q?a?=" * 100_000):
        assert decoded_subject(hostile) == hostile


senders = st.sampled_from([case[1] for case in CASES] + ["s@bounce.linkedin.com", "x@x.com", "a@linkedin.com.example"])
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\x1f"), max_size=12)
subjects = st.lists(st.one_of(words, st.sampled_from([rest.rpartition("|")[0] for _, _, rest in CASES])), max_size=3)


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(senders, subjects.map(" ".join)), min_size=20, max_size=60))
@example([("security-noreply@linkedin.com", subject) for subject in ("", "-", " N/A ", "(none)", "Unknown", "–")])
@example([("security-noreply@linkedin.com", "Your LinkedIn\r\n  password \t has  been changed")])
@example([("info@x.com", "İlk ÉTÉ\u2019s メールアドレス ยืนยัน Å ﬀ ß ŉ ẞ Σς ᾳ 새로운")])
def test_duckdb_reads_anything_as_python_does(rows: list[tuple[str, str]]) -> None:
    assert in_duckdb(rows) == [packaged().read(sender, subject) for sender, subject in rows]


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cn", "Co"], exclude_characters="\x00"), max_size=20))
def test_folding_is_stable(text: str) -> None:
    assert folded_subject(bare(folded_subject(text))) == folded_subject(text)
    assert folded_subject(text.upper()).isascii() or not text.isascii()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"platform": "heartmatch"}, "no platform of the catalogue"),
        ({"platform": ""}, "no platform of the catalogue"),
        ({"domains": ""}, "needs domains"),
        ({"domains": "@example.com"}, "is no domain"),
        ({"domains": "localhost"}, "is no domain"),
        ({"kind": "gossip"}, "unknown"),
        ({"stranger": "maybe"}, "yes or no"),
        ({"implies": "sure"}, "sure"),
        ({"subject": "(open"}, "invalid"),
        ({"subject": "(?=ahead)"}, "not allowed"),
        ({"subject": r"(a)\1"}, "not allowed"),
        ({"subject": "Welcome"}, "capital"),
        ({"subject": "{nothing}"}, "no phrase"),
        ({"senders": "x@elsewhere.example"}, "does not fit"),
        ({"senders": "x@social.maine.gov", "subject": "hello"}, "does not fit"),
        ({"envelope": "brown"}, "brown"),
        ({"kind": None}, "missing"),
        ({None: ["x"]}, "more fields"),
    ],
)
def test_a_row_that_cannot_be_used_is_said_in_a_sentence(change: dict[str, str], said: str) -> None:
    with pytest.raises(SourceDown, match=f"mine.csv, row 1: .*{said}.*Correct the row"):
        compiled([{**ROW, **change}], "mine.csv")


def test_an_agency_adds_rows_of_its_own(tmp_path: Path) -> None:
    text = "# ours\n" + ",".join(ROW) + "\n" + ",".join(ROW.values()) + "\n"
    (tmp_path / "mine.csv").write_text(text, encoding="utf-8")
    signals = mail_scan.signals_of(Source("mail", tmp_path, {"signals": "mine.csv"}))
    known = Meaning("mastodon", "notification", Strength.STRONG, False)
    assert signals.read("x@social.maine.gov", "Hello", proven=True) == known
    assert packaged().read("x@social.maine.gov", "Hello") is None
    assert signals.read("verify@x.com", "New login to X") == packaged().read("verify@x.com", "New login to X")


@pytest.mark.parametrize(
    "content", [None, "\udcff", "platform,domains\n*,x\n", ",".join(ROW) + "\n*,,,x,digest,none,no,\n"]
)
def test_a_file_of_rows_that_cannot_be_used(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "mine.csv"
    if content is not None:
        path.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(SourceDown, match=r"mine\.csv"):
        load_signals(path)
