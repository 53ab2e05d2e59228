"""Postfix logs: lines joined on queue ids that are used again, time stamps of both forms, damaged and rotated files."""

import gzip
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.contract import Dropped, Item, Raw, Rejected, Remark, Source, SourceChanged, SourceDown
from connectors.mail.accounts import parse
from connectors.postfix_log import CONNECTOR
from connectors.records import Account, Strength

NOW = datetime(2026, 11, 20, tzinfo=UTC)
FINE = "status=sent (250 2.0.0 Ok)"


def message(
    queue: str,
    sender: str = "verify@x.com",
    to: str = "to=<ada@maine.gov>",
    subject: str = "New login to X",
    at: str = "Nov  2 08:15:00",
    fate: str = FINE,
    host: str = "mx1",
) -> list[str]:
    head = f"{at} {host} postfix"
    warned = [
        f"{head}/cleanup[9]: {queue}: warning: header Subject: {subject} from mx.example[203.0.113.4]; from=<{sender}>"
    ]
    return [
        f"{head}/smtpd[7]: connect from mx.example[203.0.113.4]",
        f"{head}/cleanup[9]: {queue}: message-id=<{queue}.{at.replace(' ', '')}@x.example>",
        *(warned if subject else []),
        f"{head}/qmgr[8]: {queue}: from=<{sender}>, size=2706, nrcpt=1 (queue active)",
        f"{head}/lmtp[6]: {queue}: {to}, relay=mx[192.0.2.1]:25, delay=1.6, dsn=2.0.0, {fate}",
        f"{head}/qmgr[8]: {queue}: removed",
    ]


def pull(folder: Path, lines: list[str], **options: object) -> list[Item]:
    (folder / "mail.log").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return list(CONNECTOR.fetch(Source("mail", folder, {"path": "mail.log", **options}, now=NOW)))


def accounts(items: list[Item]) -> list[Account]:
    return [parse(item) for item in items if isinstance(item, Raw)]


@pytest.mark.parametrize(
    ("stamp", "options", "moment"),
    [
        ("Nov  2 08:15:00", {}, datetime(2026, 11, 2, 8, 15, tzinfo=UTC)),
        ("Dec 24 08:15:00", {}, datetime(2025, 12, 24, 8, 15, tzinfo=UTC)),
        ("Feb 29 08:15:00", {}, datetime(2024, 2, 29, 8, 15, tzinfo=UTC)),
        ("Nov 20 23:15:00", {}, datetime(2026, 11, 20, 23, 15, tzinfo=UTC)),
        ("Nov  2 08:15:00", {"timezone": "America/New_York"}, datetime(2026, 11, 2, 13, 15, tzinfo=UTC)),
        ("2026-11-02T08:15:00.123456-05:00", {}, datetime(2026, 11, 2, 13, 15, tzinfo=UTC)),
        ("2026-11-02T08:15:00+00:00", {}, datetime(2026, 11, 2, 8, 15, tzinfo=UTC)),
    ],
)
def test_time_stamps(tmp_path: Path, stamp: str, options: dict[str, str], moment: datetime) -> None:
    (account,) = accounts(pull(tmp_path, message("07BA69BD9C", at=stamp), **options))
    (signal,) = account.signals
    assert signal.first_at.replace(microsecond=0) == moment
    assert (account.platform, account.registered_email, signal.kind) == ("x", "ada@maine.gov", "security")


@pytest.mark.parametrize(
    ("name", "stamp", "year"),
    [
        ("mail.log", "Nov  2", 2026),
        ("maillog-20241103", "Nov  2", 2024),
        ("maillog-20250105.gz", "Dec 31", 2024),
        ("mail-2024-11-01.log", "Nov 30", 2024),  # of a month, by its first day
        ("mail-20261103-20261109.log", "Nov  2", 2026),
        ("mail.log-20271231", "Nov  2", 2026),
        ("mail-20241399.log", "Nov  2", 2026),  # no day
        ("mail-4020241103.log", "Nov  2", 2026),
    ],
)
def test_the_day_in_a_log_s_name_bounds_its_years(tmp_path: Path, name: str, stamp: str, year: int) -> None:
    text = "\n".join(message("07BA69BD9C", at=f"{stamp} 08:15:00")).encode() + b"\n"
    (tmp_path / name).write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    (account,) = accounts(list(CONNECTOR.fetch(Source("mail", tmp_path, {"path": name}, now=NOW))))
    assert account.signals[0].first_at.year == year


def test_a_queue_id_used_again_is_another_message(tmp_path: Path) -> None:
    lines = [
        *message("07BA69BD9C"),
        *message("07BA69BD9C", sender="pat@vendor.example", to="to=<lee@maine.gov>"),
        *message("07BA69BD9C", to="to=<noor@maine.gov>", at="Nov  3 08:15:00", host="mx2"),
    ]
    items = pull(tmp_path, lines)
    assert [account.registered_email for account in accounts(items)] == ["ada@maine.gov", "noor@maine.gov"]
    assert sum(item.count for item in items if isinstance(item, Dropped)) == 1


@pytest.mark.parametrize(
    ("to", "mailbox"),
    [
        ("to=<ada@store.maine.gov>, orig_to=<ada.t@maine.gov>", "ada.t@maine.gov"),
        ("to=<ada@maine.gov>, orig_to=<root>", "ada@maine.gov"),
        ("to=ada@maine.gov", "ada@maine.gov"),
    ],
)
def test_the_mailbox_is_the_address_that_the_platform_wrote_to(tmp_path: Path, to: str, mailbox: str) -> None:
    assert [account.registered_email for account in accounts(pull(tmp_path, message("07BA69BD9C", to=to)))] == [mailbox]


@pytest.mark.parametrize("fate", ["bounced (550)", "deferred (try later)", "expired"])
def test_what_did_not_arrive_proves_nothing(tmp_path: Path, fate: str) -> None:
    items = pull(tmp_path, message("07BA69BD9C", fate=f"status={fate}"))
    assert accounts(items) == []
    assert sum(item.count for item in items if isinstance(item, Dropped)) == 1


def test_without_subjects_a_mail_proves_little(tmp_path: Path) -> None:
    (account,) = accounts(pull(tmp_path, message("07BA69BD9C", subject="")))
    assert [(one.kind, one.strength, one.third_party) for one in account.signals] == [
        ("notification", Strength.WEAK, True)
    ]


def test_a_message_that_passes_two_hosts_counts_once(tmp_path: Path) -> None:
    first = message("07BA69BD9C")
    second = [line.replace("mx1", "mx2").replace("07BA69BD9C:", "1C6CDAD250:") for line in first]
    (account,) = accounts(pull(tmp_path, first + second))
    assert account.signals[0].count == 1


def test_rotated_and_packed_logs_in_a_folder(tmp_path: Path) -> None:
    lines = message("07BA69BD9C", at="Nov  1 23:59:59")
    (tmp_path / "logs").mkdir()
    with gzip.open(tmp_path / "logs" / "mail.log.2.gz", "wt", encoding="utf-8") as out:
        out.write("\n".join(lines) + "\n")
    (tmp_path / "logs" / "mail.log.1").write_text("\n".join(lines + message("17BA69BD9C", at="Nov  2 00:10:00")) + "\n")
    items = list(CONNECTOR.fetch(Source("mail", tmp_path, {"path": "logs"}, now=NOW)))
    (account,) = accounts(items)
    assert (account.signals[0].count, account.signals[0].days) == (2, 2)
    assert account.provenance.where == "2 files, mail.log.2.gz to mail.log.1"


def test_damaged_lines_are_rejected_by_number(tmp_path: Path) -> None:
    lines = message("07BA69BD9C")
    cut = [*message("17BA69BD9C")[:-2], message("17BA69BD9C")[-2][:80]]
    items = pull(tmp_path, [lines[3][20:], *lines, *cut, "Nov  2 08:15:00 mx1 kernel: nothing of ours"])
    rejected = [item for item in items if isinstance(item, Rejected)]
    assert [item.where for item in rejected] == ["mail.log:1", "mail.log:12"]
    assert "breaks off" in rejected[1].reason
    assert len(accounts(items)) == 1


def test_a_packed_log_that_is_cut_off(tmp_path: Path) -> None:
    packed = gzip.compress("\n".join(line for n in range(500) for line in message(f"{n:010X}")).encode())
    (tmp_path / "mail.log.gz").write_bytes(packed[: len(packed) // 2])
    with pytest.raises(SourceDown, match="cut off or damaged"):
        list(CONNECTOR.fetch(Source("mail", tmp_path, {"path": "mail.log.gz"}, now=NOW)))


def test_an_unknown_time_zone(tmp_path: Path) -> None:
    with pytest.raises(SourceDown, match="no time zone 'Mars'"):
        pull(tmp_path, message("07BA69BD9C"), timezone="Mars")


def test_no_subject_survives(tmp_path: Path) -> None:
    canary = "zanzibar-7731"
    lines = [
        *message("07BA69BD9C", subject=f"New login {canary}"),
        *message("17BA69BD9C", sender=f"{canary}@v.example"),
    ]
    items = pull(tmp_path, [*lines, f"postfix {canary}"])
    assert len(accounts(items)) == 1
    assert canary not in repr(items) + repr(accounts(items))


def at_rfc5424(line: str) -> str:
    stamp, host, tag, rest = re.fullmatch(r"(.{15}) (\S+) (\S+?)\[\d+\]: (.*)", line).groups()
    moment = datetime.strptime(f"2026 {stamp} +0000", "%Y %b %d %H:%M:%S %z").replace(tzinfo=None)
    return f'<22>1 {moment.isoformat()}.102938Z {host} {tag} 77 - [x@1 a="b \\] c"] \ufeff{rest}'


def by_journald(line: str) -> str:
    stamp, host, tag, rest = re.fullmatch(r"(.{15}) (\S+) (\S+?)\[\d+\]: (.*)", line).groups()
    moment = datetime.strptime(f"2026 {stamp} +0000", "%Y %b %d %H:%M:%S %z")
    micros = str(int(moment.timestamp() * 1e6))
    return json.dumps(
        {"__REALTIME_TIMESTAMP": micros, "_HOSTNAME": host, "SYSLOG_IDENTIFIER": tag, "PRIORITY": "6", "MESSAGE": rest}
    )


def in_epoch(line: str) -> str:
    moment = datetime.strptime(f"2026 {line[:15]} +0000", "%Y %b %d %H:%M:%S %z")
    return f"{moment.timestamp():.6f}{line[15:]}"


LAYOUTS = [
    lambda line: line,
    lambda line: f"<22>{line}",
    lambda line: f"2026-11-02T08:15:00.5+00:00{line[15:]}",
    lambda line: re.sub(r"\[\d+\]", "", line),
    lambda line: line.replace("Nov  2", "Nov 02"),
    lambda line: line.replace(" postfix/", " relay-in/"),
    lambda line: line.replace(" postfix/", " postfix-out/"),
    lambda line: line.replace(" postfix/", " postfix/edge/"),
    lambda line: line.replace(" mx1 ", " postfix01 "),
    at_rfc5424,
    by_journald,
    in_epoch,
]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_layout_of_syslog_is_read_alike(tmp_path: Path, layout: Callable[[str], str]) -> None:
    (account,) = accounts(pull(tmp_path, [layout(line) for line in message("07BA69BD9C")]))
    (signal,) = account.signals
    assert (account.registered_email, signal.kind, signal.strength) == ("ada@maine.gov", "security", Strength.STRONG)
    assert signal.first_at.replace(microsecond=0) == datetime(2026, 11, 2, 8, 15, tzinfo=UTC)


OTHER = {
    "sendmail": "Nov  2 08:15:00 mta1 sm-mta[12]: 6A2E01aa012560: from=<verify@x.com>, size=2706, nrcpts=1, proto=SMTP",
    "exim": "2026-11-02 06:00:01 1xAa1B-00000000Cc1-2dDe <= verify@x.com H=mx.example.net [192.0.2.10]:41000 P=esmtps",
    "a host of that name": "Nov  2 08:15:00 postfix01 sshd[7]: session opened for user ada",
    "an old Exim": "2026-11-02 06:00:02.123 +0000 [81] 1xAa1B-00Cc1d-De => ada@maine.gov R=local T=maildir",
}


@pytest.mark.parametrize(
    ("other", "said"),
    [("sendmail", "Sendmail's"), ("exim", "Exim's"), ("a host of that name", "no line"), ("an old Exim", "Exim's")],
)
def test_a_log_of_another_program_is_named(tmp_path: Path, other: str, said: str) -> None:
    with pytest.raises(SourceChanged, match=r"no line of Postfix stands in mail\.log"):
        pull(tmp_path, [OTHER[other]] * 3)
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "a.log").write_text("\n".join([OTHER[other]] * 3) + "\n")
    (tmp_path / "logs" / "b.log").write_text("\n".join(message("07BA69BD9C")) + "\n")
    items = list(CONNECTOR.fetch(Source("mail", tmp_path, {"path": "logs"}, now=NOW)))
    (remark,) = [item for item in items if isinstance(item, Remark)]
    assert (remark.where, said in remark.text, remark.unread) == ("a.log", True, True)
    assert [item.count for item in items if isinstance(item, Dropped) and "program" in item.reason] == [3]
    assert len(accounts(items)) == 1


def test_lines_of_other_programs_beside_postfixs_are_counted(tmp_path: Path) -> None:
    items = pull(tmp_path, [*message("07BA69BD9C"), OTHER["a host of that name"], OTHER["a host of that name"]])
    assert Dropped(2, "line of another program") in items
    assert not [item for item in items if isinstance(item, (Remark, Rejected))]


def test_what_lies_in_a_folder_of_logs_and_is_not_read_is_named(tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    (logs / "old").mkdir(parents=True)
    (logs / "old" / "mail.log").write_text("x")
    (logs / "mail.log").write_text("\n".join(message("07BA69BD9C")) + "\n")
    (logs / "mail.log.1.bz2").write_bytes(b"BZh9")
    (logs / "mail.2").write_bytes(b"\xfd7zXZ\x00")
    items = list(CONNECTOR.fetch(Source("mail", tmp_path, {"path": "logs"}, now=NOW)))
    assert {item.where for item in items if isinstance(item, Remark)} == {
        "logs/old",
        "logs/mail.log.1.bz2",
        "logs/mail.2",
    }
    (logs / "mail.log").unlink()
    with pytest.raises(SourceDown, match="unpack it"):
        list(CONNECTOR.fetch(Source("mail", tmp_path, {"path": "logs"}, now=NOW)))


def reordered(lines: list[str]) -> list[str]:
    """The subject is logged before the message-id, as cleanup does where the header stands so in the mail."""
    return [lines[0], lines[2], lines[1], *lines[3:]]


@pytest.mark.parametrize(
    ("subject", "read"),
    [
        ("New login to X", Strength.STRONG),
        ("=?UTF-8?Q?New_login_to_X?=", Strength.STRONG),
        ("=?utf-8?B?TmV3IGxvZ2luIHRvIFg=?=", Strength.STRONG),
        ("=?utf-8?Q?New_login?=? =?utf-8?Q?_to_X?=", Strength.STRONG),  # on two lines
        ("=?nonsense?B?!!?=", Strength.WEAK),
    ],
)
def test_a_subject_logged_before_the_message_id_is_kept(tmp_path: Path, subject: str, read: Strength) -> None:
    (account,) = accounts(pull(tmp_path, reordered(message("07BA69BD9C", subject=subject))))
    assert [one.strength for one in account.signals] == [read]


def test_a_subject_is_not_carried_to_the_next_message_of_a_queue_id(tmp_path: Path) -> None:
    first = message("07BA69BD9C", to="to=<lee@maine.gov>")[:-1]  # never removed: the log was cut there
    second = message("07BA69BD9C", subject="", at="Nov  3 08:15:00")
    strengths = {
        account.registered_email: account.signals[0].strength for account in accounts(pull(tmp_path, first + second))
    }
    assert strengths == {"lee@maine.gov": Strength.STRONG, "ada@maine.gov": Strength.WEAK}


@pytest.mark.parametrize(
    ("to", "mailbox"),
    [
        ('to=<"ada"@maine.gov>', "ada@maine.gov"),
        ('to=<"ada lee"@maine.gov>', '"ada lee"@maine.gov'),
        ('to=<ada@relay.maine.gov>, orig_to=<"ada.t"@maine.gov>', "ada.t@maine.gov"),
        ('to=<"x;lee@maine.gov;"@maine.gov>', ""),
    ],
)
def test_quoted_mailboxes(tmp_path: Path, to: str, mailbox: str) -> None:
    items = pull(tmp_path, message("07BA69BD9C", to=to))
    assert not [item for item in items if isinstance(item, Rejected)]
    raws = [item.values["mailbox"] for item in items if isinstance(item, Raw)]
    assert raws == [mailbox] if mailbox else "lee@maine.gov" not in raws


FATES = [
    (["status=deferred (try later)", FINE], True),
    (["status=deferred (try later)"], False),
    ([FINE, "status=bounced (550)"], False),
    (["status=bounced (550)", FINE], True),
    (["status=sent (discarded)"], False),
    (["status=deliverable (delivers to command)"], False),
]


@pytest.mark.parametrize(("fates", "arrived"), FATES)
def test_the_last_fate_decides(tmp_path: Path, fates: list[str], arrived: bool) -> None:
    lines = message("07BA69BD9C")
    delivery = lines[-2]
    told = [delivery.replace(FINE, fate).replace("08:15:00", f"08:15:0{at}") for at, fate in enumerate(fates)]
    if "discard" in fates[0]:
        told = [line.replace("/lmtp[", "/discard[") for line in told]
    found = accounts(pull(tmp_path, [*lines[:-2], *told, lines[-1]]))
    assert [account.signals[0].count for account in found] == ([1] if arrived else [])


def test_a_filter_on_the_same_host_is_no_mailbox(tmp_path: Path) -> None:
    lines = message(
        "07BA69BD9C", fate="status=sent (250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): Ok: queued as 1C6CDAD250)"
    )
    through = [line.replace("relay=mx[192.0.2.1]:25", "relay=127.0.0.1[127.0.0.1]:10024") for line in lines]
    assert accounts(pull(tmp_path, through)) == []
    lmtp = [line.replace("relay=mx[192.0.2.1]:25", "relay=127.0.0.1[127.0.0.1]:24") for line in message("07BA69BD9C")]
    assert len(accounts(pull(tmp_path, lmtp))) == 1


@pytest.mark.parametrize(
    ("first", "second", "strength"),
    [
        ([], "", Strength.STRONG),  # the subject stands where it came in alone
        (["opendmarc[5]: 07BA69BD9C: x.com fail"], "", Strength.WEAK),
        (["opendmarc[5]: 07BA69BD9C: x.com fail"], "New login to X", Strength.WEAK),
        (["opendmarc[5]: 07BA69BD9C: x.com pass"], "Something else", Strength.STRONG),
        (["postfix/smtpd[5]: 07BA69BD9C: client=pc[10.0.0.5], sasl_username=joe"], "New login to X", Strength.WEAK),
    ],
)
def test_what_is_known_of_a_mail_before_a_filter_holds_behind_it(
    tmp_path: Path, first: list[str], second: str, strength: Strength
) -> None:
    came = message(
        "07BA69BD9C", fate="status=sent (250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): Ok: queued as 1C6CDAD250)"
    )
    came = [line.replace("relay=mx[192.0.2.1]:25", "relay=127.0.0.1[127.0.0.1]:10024") for line in came]
    said = [f"Nov  2 08:15:00 mx1 {one}" for one in first]
    came = [*said, *came] if "client=" in "".join(first) else [came[0], *said, *came[1:]]
    again = [line.replace("<1C6CDAD250.", "<07BA69BD9C.") for line in message("1C6CDAD250", subject=second)]
    for lines in ([*came, *again], [*came[:-2], *again, *came[-2:]]):
        (account,) = accounts(pull(tmp_path, lines))
        assert [one.strength for one in account.signals] == [strength]


NEXT_HOSTS = [
    ("smtp", "250 2.0.0 Ok: queued as 1C6CDAD250", True),
    ("smtp", "250 2.7.0 Ok, discarded, id=25245-04 - spam", False),
    ("lmtp", "250 2.5.0 Ok, id=25245-04, DISCARD(bounce.suppressed)", False),
    ("smtp", "250 2.6.0 message quarantined as spam", False),
    ("local", "delivered to mailbox", True),
    ("local", "delivered to file: /dev/null", False),
    ("local", "delivered to file: /var/archive/all", False),
    ("local", 'delivered to command: /usr/bin/procmail -a "$EXTENSION"', True),
    ("local", "delivered to command: IFS=' ' && exec /usr/bin/procmail -f- || exit 75", True),
    ("local", "delivered to command: /usr/bin/vacation ada", False),
    ("local", "delivered to command: /opt/rt5/bin/rt-mailgate --queue IT", False),
    ("pipe", "delivered via dovecot service", True),
    ("pipe", "delivered via maildrop service", True),
    ("pipe", "delivered via spamassassin service", False),
    ("pipe", "delivered via mailman service", False),
]


@pytest.mark.parametrize(("program", "reason", "arrived"), NEXT_HOSTS)
def test_what_took_the_mail_says_whether_it_is_in_a_mailbox(
    tmp_path: Path, program: str, reason: str, arrived: bool
) -> None:
    lines = message("07BA69BD9C", fate=f"status=sent ({reason})")
    items = pull(tmp_path, [line.replace("/lmtp[", f"/{program}[") for line in lines])
    assert bool(accounts(items)) == arrived
    assert not [item for item in items if isinstance(item, Remark)]


@pytest.mark.parametrize(
    ("program", "reason", "word"),
    [
        ("local", "delivered to command: /opt/bin/filed -q", "sent to the command filed"),
        ("pipe", "delivered via filed service", "sent to the service filed"),
    ],
)
def test_a_command_that_nobody_knows_is_told_and_proves_nothing(
    tmp_path: Path, program: str, reason: str, word: str
) -> None:
    ours = [line.replace("/lmtp[", f"/{program}[") for line in message("17BA69BD9C", fate=f"status=sent ({reason})")]
    items = pull(tmp_path, message("07BA69BD9C") + ours)
    (remark,) = [item for item in items if isinstance(item, Remark)]
    assert f"'{word}'" in remark.text
    assert [account.signals[0].count for account in accounts(items)] == [1]
    (account,) = accounts(pull(tmp_path, message("07BA69BD9C") + ours, fates={word: "delivered"}))
    assert account.signals[0].count == 2


def test_the_number_that_solaris_writes_before_what_is_said(tmp_path: Path) -> None:
    lines = [re.sub(r"(\[\d\]: )", r"\1[ID 197553 mail.info] ", line) for line in message("07BA69BD9C")]
    items = pull(tmp_path, lines)
    assert len(accounts(items)) == 1
    assert not [item for item in items if isinstance(item, Remark)]


def test_lines_of_which_none_is_a_delivery_are_told(tmp_path: Path) -> None:
    lines = [line.replace("]: ", "]: <info> ") for line in message("07BA69BD9C")]
    (remark,) = [item for item in pull(tmp_path, lines) if isinstance(item, Remark)]
    assert "none of the 6 lines of Postfix tells to whom a mail was delivered" in remark.text
    assert remark.unread


def test_a_word_that_is_not_known_is_told_and_proves_nothing(tmp_path: Path) -> None:
    lines = message("07BA69BD9C") + message("17BA69BD9C", fate="status=teleported (250)")
    items = pull(tmp_path, lines)
    (remark,) = [item for item in items if isinstance(item, Remark)]
    assert "'teleported'" in remark.text
    assert [account.signals[0].count for account in accounts(items)] == [1]
    with pytest.raises(SourceChanged, match="'teleported'"):
        pull(tmp_path, lines[6:])
    (account,) = accounts(pull(tmp_path, lines, fates={"teleported": "delivered"}))
    assert account.signals[0].count == 2


@pytest.mark.parametrize(
    ("verdict", "strength"),
    [("x.com pass", Strength.STRONG), ("x.com fail", Strength.WEAK), ("mailer.example pass", Strength.WEAK)],
)
def test_opendmarc_in_the_log_proves_the_sender(tmp_path: Path, verdict: str, strength: Strength) -> None:
    lines = message("07BA69BD9C", subject="Lunch?")
    lines.insert(2, f"Nov  2 08:15:00 mx1 opendmarc[5]: 07BA69BD9C: {verdict}")
    (account,) = accounts(pull(tmp_path, lines))
    assert [one.strength for one in account.signals] == [strength]


@pytest.mark.parametrize(
    ("line", "strength"),
    [
        ("", Strength.STRONG),
        ("opendmarc[5]: 07BA69BD9C: x.com fail", Strength.WEAK),
        ("postfix/smtpd[5]: 07BA69BD9C: client=pc[192.0.2.9], sasl_method=LOGIN, sasl_username=kim", Strength.WEAK),
    ],
)
def test_a_sender_that_the_log_speaks_against_proves_nothing(tmp_path: Path, line: str, strength: Strength) -> None:
    """Somebody of our own signed in and wrote it, or DMARC failed: anybody can write the platform's words."""
    lines = message("07BA69BD9C", subject="New login to X")
    lines.insert("client=" in line, f"Nov  2 08:15:00 mx1 {line}")
    (account,) = accounts(pull(tmp_path, lines))
    assert [one.strength for one in account.signals] == [strength]
