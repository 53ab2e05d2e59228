"""Logs of lines: whose a line is, what is cut, rotated and forgotten; each system's own
words and forms."""

from __future__ import annotations

import gzip
import importlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from connectors.catalog import CONNECTORS
from connectors.contract import Dropped, Item, Raw, Rejected, Remark, Source, SourceChanged
from connectors.files.progress import unwatched
from connectors.mail import lines as mail_lines
from connectors.mail import syslog
from connectors.mail.accounts import parse
from connectors.mail.fates import Fate, known
from connectors.mail.lines import NO_SENDER, LogReading, entries
from connectors.mail.signals import Signals, decoded_subject, load_signals, packaged
from connectors.records import Account, Strength
from tests.made_mails import MadeMail
from tests.mail_formats import LINE_FORMATS
from tests.paths import SHARED

NOW = datetime(2026, 11, 20, tzinfo=UTC)
READERS = ("postfix_log", "sendmail_log", "exim_log", "cisco_log", "barracuda_log")


def pull(connector: str, folder: Path, text: str, name: str = "mail.log", **options: object) -> list[Item]:
    """What a night takes of a log."""
    (folder / name).write_text(text, encoding="utf-8")
    return list(CONNECTORS[connector].fetch(Source("mail", folder, {"path": name, **options}, now=NOW)))


@dataclass
class Heard:
    """What is read of a log before it is counted: (mailbox, time, strength) of what arrived, and the rest."""

    came: list[tuple[str, str, Strength]]
    others: int
    undelivered: int
    told: list[Rejected | Dropped | Remark]

    @property
    def mailboxes(self) -> list[str]:
        return sorted({mailbox.removesuffix("@maine.gov") for mailbox, _, _ in self.came})

    @property
    def strengths(self) -> set[Strength]:
        return {strength for _, _, strength in self.came}

    @property
    def unknown(self) -> int:
        return sum(one.count for one in self.told if isinstance(one, Dropped) and one.reason == NO_SENDER)


def hear(connector: str, folder: Path, text: str, zone: str = "UTC", signals: Signals | None = None) -> Heard:
    """Read a log as a night does, without the scan, which has tests of its own."""
    path = folder / "mail.log"
    path.write_text(text, encoding="utf-8")
    log = importlib.import_module(f"connectors.{connector}").LOG
    reading = LogReading(signals or packaged(), NOW, ZoneInfo(zone))
    heard, words = Heard([], 0, 0, []), known(log.words)
    for one in entries(reading, log, path, path.name, unwatched):
        if isinstance(one, (Rejected, Dropped, Remark)):
            heard.told.append(one)
        elif "sender" not in one:
            heard.others += 1
        elif words.row(one["status"])[0] is not Fate.YES or one.get("direction") == "outbound":
            assert words.row(one["status"])[0] is not Fate.UNKNOWN
            heard.undelivered += 1
        else:
            passed = "dmarc=pass" in one["auth"]
            passed |= "spf=pass" in one["auth"] and reading.signals.near(one.get("envelope", ""))
            doubtful = one.get("doubtful") == "yes" or "dmarc=fail" in one["auth"]
            meaning = reading.signals.read(
                one["sender"], decoded_subject(one["subject"]), doubtful=doubtful, proven=passed
            )
            for mailbox in one["recipient_address"].split(";"):
                heard.came.append((mailbox, one["sent_at"], meaning.strength if meaning else Strength.NONE))
    if reading.waiting:
        heard.told.append(Dropped(reading.waiting, NO_SENDER))
    return heard


def moments(text: str) -> datetime:
    """A time of an entry, to the second."""
    moment = datetime.fromisoformat(text.removesuffix(" UTC")).replace(microsecond=0)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def accounts(items: list[Item]) -> list[Account]:
    return [parse(item) for item in items if isinstance(item, Raw)]


def arrived(items: list[Item]) -> list[str]:
    return [account.registered_email for account in accounts(items)]


def dropped(items: Iterable[Item]) -> dict[str, int]:
    found: dict[str, int] = {}
    for item in items:
        if isinstance(item, Dropped):
            found[item.reason] = found.get(item.reason, 0) + item.count
    return found


def reasons(items: Iterable[Item]) -> list[tuple[str, str]]:
    return [(item.where, item.reason) for item in items if isinstance(item, Rejected)]


AT = datetime(2026, 11, 2, 13, tzinfo=UTC)


def made(number: int, sender: str, to: str, subject: str, at: datetime = AT, **others: bool) -> MadeMail:
    """A mail whose envelope and header name one sender."""
    return MadeMail(number, sender, sender, f"{to}@maine.gov", subject, at, **others)


LOGGED = [
    made(1, "verify@x.com", "ada", "New login to X"),
    made(2, "verify@x.com", "ada", 'New login to X from "Bangor"', AT + timedelta(days=3)),
    made(3, "security@facebookmail.com", "noor", "Pat's login alert"),
    made(4, "security@facebookmail.com", "lee", "Login alert: a=b", arrived=False),
    made(5, "verify@x.com", "sam", "New login to X", waits=True),
    made(6, "pat@vendor.example", "ada", "Bids"),
    made(7, "info@x.com", "kim", "Caf\u00e9 for you"),
]
"""Only the first three and the last arrived, and are a platform's."""


@pytest.mark.parametrize("name", LINE_FORMATS)
def test_a_log_of_another_system_names_the_connector_that_reads_it(tmp_path: Path, name: str) -> None:
    one = LINE_FORMATS[name]
    text = one.write(LOGGED)
    for other in READERS:
        if other != one.connector:
            assert hear(other, tmp_path, text).came == []
    other = READERS[READERS.index(one.connector) - 1]
    with pytest.raises(SourceChanged, match=rf"no line of .* stands in .*connector = \"{one.connector}\"\.$"):
        pull(other, tmp_path, text)
    assert syslog.connector_for(tmp_path / "mail.log") == one.connector


def test_every_system_has_a_connector_of_the_catalogue() -> None:
    assert {name for name in syslog.CONNECTORS.values() if name} <= set(CONNECTORS)
    assert set(READERS) <= set(syslog.CONNECTORS.values())
    assert set(syslog.PROGRAMS.values()) <= {*syslog.CONNECTORS, "OpenDMARC"}
    assert set(syslog.IN_JSON.values()) <= set(syslog.CONNECTORS)


@pytest.mark.parametrize("name", LINE_FORMATS)
def test_lines_of_others_are_counted_and_those_of_systems_are_named(tmp_path: Path, name: str) -> None:
    one = LINE_FORMATS[name]
    other = "sendmail" if one.connector != "sendmail_log" else "exim"
    beside = "Nov  2 08:15:00 mx1 sshd[7]: session opened for user ada\n"
    heard = hear(one.connector, tmp_path, one.write(LOGGED) + beside + LINE_FORMATS[other].write(LOGGED[:1]))
    strange = len(LINE_FORMATS[other].write(LOGGED[:1]).splitlines())
    assert dropped(heard.told) == {"line of another program": 1 + strange}
    (remark,) = [item for item in heard.told if isinstance(item, Remark)]
    assert f"{strange} lines are {other.title()}'s" in remark.text
    assert f'connector = "{LINE_FORMATS[other].connector}"' in remark.text
    assert remark.unread
    assert heard.mailboxes == ["ada", "kim", "noor"]


# what is cut, rotated, forgotten


CUT_AT = {
    "postfix": [(3, "from=<veri"), (4, "to=<ada@maine.gov>, relay=mx2")],
    "postfix by journald": [(4, '"MESSAGE": [52, 67')],
    "sendmail": [(0, "from=<verify@x.com>, size=27"), (1, "to=<ada@maine.gov>, delay=1+00"), (1, "dsn=2.0")],
    "sendmail of Proofpoint": [(1, '"data": "2026-')],
    "exim": [(0, "<= verify@x"), (1, "=> ada <ada@mai")],
    "cisco events": [(0, "suser=verify@x.com"), (0, "msg='New")],
    "cisco mail_logs": [(1, "From: <veri"), (2, "To: <ada@m"), (6, "Message done DCID 9 MID 0")],
    "barracuda": [(0, "verify@x.com ada@m"), (1, "SEND -")],
}


@pytest.mark.parametrize(("name", "at", "end"), [(name, *one) for name, cuts in CUT_AT.items() for one in cuts])
def test_a_line_that_breaks_off_is_told_by_its_number(tmp_path: Path, name: str, at: int, end: str) -> None:
    one = LINE_FORMATS[name]
    lines, others = one.write(LOGGED[:3]).splitlines(), one.write(LOGGED[:3]).splitlines()
    size = len(lines) // 3
    assert end in lines[at]
    lines[at] = lines[at][: lines[at].index(end) + len(end)]
    heard = hear(one.connector, tmp_path, "\n".join([*lines[:size], *others[-size:]]) + "\n")
    (told,) = reasons(heard.told)
    assert told[0] == f"mail.log:{at + 1}"
    assert "cut while it was copied" in told[1]
    assert heard.mailboxes == ["noor"]


@pytest.mark.parametrize("name", LINE_FORMATS)
def test_the_end_of_a_file_that_was_cut_is_told(tmp_path: Path, name: str) -> None:
    one = LINE_FORMATS[name]
    heard = hear(one.connector, tmp_path, one.write(LOGGED) + one.write(LOGGED)[:9])
    assert [where for where, _ in reasons(heard.told)] == [f"mail.log:{len(one.write(LOGGED).splitlines()) + 1}"]


@pytest.mark.parametrize("name", LINE_FORMATS)
def test_a_log_whose_newest_line_stands_first_is_read_or_told(tmp_path: Path, name: str) -> None:
    one = LINE_FORMATS[name]
    lines = one.write(LOGGED).splitlines(keepends=True)
    read, heard = (hear(one.connector, tmp_path, "".join(part)) for part in (lines, reversed(lines)))
    told = any("its oldest line first" in item.text for item in heard.told if isinstance(item, Remark))
    assert (sorted(heard.came) == sorted(read.came)) is not told


@pytest.mark.parametrize("name", LINE_FORMATS)
def test_lines_in_utf_16_that_were_added_to_a_log_are_told_one_by_one(tmp_path: Path, name: str) -> None:
    one = LINE_FORMATS[name]
    text = one.write(LOGGED)
    heard = hear(one.connector, tmp_path, text + text.encode("utf-16-le").decode("latin-1"))
    count = len(text.splitlines())
    assert {f"mail.log:{at}" for at in range(count + 1, 2 * count + 1)} <= {where for where, _ in reasons(heard.told)}


ROTATED = (
    ("mail.log.10.gz", "mail.log.9", "mail.log"),
    ("mainlog-20261101.gz", "mainlog-20261102", "mainlog"),
    ("mail.@20261101T000000.s", "mail.@20261102T000000.s", "mail.current"),
)


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("postfix", ROTATED[0]), ("sendmail", ROTATED[0]), ("exim", ROTATED[1]), ("cisco mail_logs", ROTATED[2]),
        ("barracuda", ROTATED[1]),
    ],
)  # fmt: skip
def test_a_message_goes_on_in_the_next_file_of_a_rotated_log(
    tmp_path: Path, name: str, files: tuple[str, str, str]
) -> None:
    one = LINE_FORMATS[name]
    lines, others = one.write(LOGGED[:1]).splitlines(), one.write(LOGGED[:6]).splitlines()[-2:]
    went = next(at for at, line in enumerate(lines) if re.search(r": to=<| => |Message done| SEND ", line))
    (tmp_path / "logs").mkdir()
    for file, some in zip(files, (lines[:went], [], lines[went:]), strict=True):
        opened = gzip.open if file.endswith(".gz") else open
        with opened(tmp_path / "logs" / file, "wt") as out:
            out.write("\n".join([*some, *others]) + "\n")
    items = list(CONNECTORS[one.connector].fetch(Source("mail", tmp_path, {"path": "logs"}, now=NOW)))
    (account,) = accounts(items)
    assert (account.registered_email, account.signals[0].count) == ("ada@maine.gov", 1)


def test_two_logs_that_name_no_host_do_not_share_numbers(tmp_path: Path) -> None:
    lines = LINE_FORMATS["cisco mail_logs"].write(LOGGED[:1]).splitlines()
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "esa1.log").write_text("\n".join(lines[:5]) + "\n")
    (tmp_path / "logs" / "esa2.log").write_text("\n".join(lines[5:]) + "\n")
    items = list(CONNECTORS["cisco_log"].fetch(Source("mail", tmp_path, {"path": "logs"}, now=NOW)))
    assert accounts(items) == []
    assert dropped(items) == {NO_SENDER: 1}


@pytest.mark.parametrize("name", [name for name in LINE_FORMATS if name != "cisco events"])
def test_messages_under_way_are_bounded_and_what_is_forgotten_is_told(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_lines, "OPEN_AT_MOST", 2)
    one = LINE_FORMATS[name]
    lines = one.write(LOGGED[:3]).splitlines()
    size = len(lines) // 3
    begin = size - {"postfix_log": 2, "exim_log": 2, "cisco_log": 2}.get(one.connector, 1)
    parts = [lines[at : at + size] for at in range(0, len(lines), size)]
    mixed = [line for part in parts for line in part[:begin]] + [line for part in parts for line in part[begin:]]
    heard = hear(one.connector, tmp_path, "\n".join(mixed) + "\n")
    assert (len(heard.came), heard.unknown) == (2, 1)


def test_a_log_of_deliveries_alone_says_that_it_proves_nothing(tmp_path: Path) -> None:
    lines = [line for line in LINE_FORMATS["sendmail"].write(LOGGED).splitlines() if "from=" not in line]
    items = pull("sendmail_log", tmp_path, "\n".join(lines) + "\n")
    (remark,) = [item for item in items if isinstance(item, Remark)]
    assert f"of {len(LOGGED)} deliveries the log says of {len(LOGGED)} only where they went" in remark.text
    assert dropped(items) == {NO_SENDER: len(LOGGED)}


# Postfix: 30 lines of a relay, subjects before and after message ids


RELAY = """\
postfix/postscreen[401]: CONNECT from [203.0.113.4]:41000 to [192.0.2.5]:25
postfix/postscreen[401]: PASS NEW [203.0.113.4]:41000
postfix/smtpd[402]: connect from mx.example[203.0.113.4]
postfix/smtpd[402]: Anonymous TLS connection established from mx.example[203.0.113.4]: TLSv1.3 with cipher X
postfix/smtpd[402]: 4dTq9k2R3x1zXv: client=mx.example[203.0.113.4]
postfix/cleanup[403]: 4dTq9k2R3x1zXv: warning: header Subject: New login to X from mx.example[203.0.113.4]; \
from=<verify@x.com> to=<ada@maine.gov> proto=ESMTP helo=<mx.example>
postfix/cleanup[403]: 4dTq9k2R3x1zXv: message-id=<r1@x.example>
opendmarc[90]: 4dTq9k2R3x1zXv: x.com pass
postfix/qmgr[404]: 4dTq9k2R3x1zXv: from=<verify@x.com>, size=20480, nrcpt=1 (queue active)
postfix/smtpd[402]: disconnect from mx.example[203.0.113.4] ehlo=2 starttls=1 mail=1 rcpt=1 data=1 quit=1 commands=7
postfix/smtp[405]: Trusted TLS connection established to mx2[192.0.2.25]:25: TLSv1.3 with cipher X
postfix/smtp[405]: 4dTq9k2R3x1zXv: to=<ada@maine.gov>, relay=mx2[192.0.2.25]:25, delay=1.2, delays=0.1/0/0.1/1, \
dsn=2.6.0, status=sent (250 2.6.0 <r1@x.example> Queued mail for delivery)
postfix/qmgr[404]: 4dTq9k2R3x1zXv: removed
postfix/smtpd[402]: 4CF0A1B2C3: client=mx.example[203.0.113.4]
postfix/cleanup[403]: 4CF0A1B2C3: message-id=<r2@x.example>
postfix/cleanup[403]: 4CF0A1B2C3: info: header Subject: =?utf-8?Q?New_login?= to X from mx.example[203.0.113.4]; \
from=<verify@x.com> to=<noor@maine.gov> proto=ESMTP helo=<mx.example>
postfix/qmgr[404]: 4CF0A1B2C3: from=<verify@x.com>, size=20480, nrcpt=2 (queue active)
postfix/smtp[405]: 4CF0A1B2C3: to=<noor@maine.gov>, relay=mx2[192.0.2.25]:25, delay=1.2, dsn=4.0.0, \
status=deferred (connect to mx2[192.0.2.25]:25: Connection refused)
postfix/smtp[406]: 4CF0A1B2C3: to=<"lee"@maine.gov>, relay=mx2[192.0.2.25]:25, delay=1.2, dsn=5.1.1, \
status=bounced (host mx2[192.0.2.25] said: 550 5.1.1 User unknown (in reply to RCPT TO command))
postfix/bounce[407]: 4CF0A1B2C3: sender non-delivery notification: 4CF0A1B2C9
postfix/qmgr[404]: 4CF0A1B2C3: from=<verify@x.com>, size=20480, nrcpt=2 (queue active)
postfix/smtp[405]: 4CF0A1B2C3: to=<noor@maine.gov>, relay=mx2[192.0.2.25]:25, delay=312, dsn=2.0.0, \
status=sent (250 2.0.0 Ok)
postfix/qmgr[404]: 4CF0A1B2C3: removed
postfix/smtpd[402]: NOQUEUE: reject: RCPT from unknown[203.0.113.9]: 554 5.7.1 <x@y.example>: Relay access denied; \
from=<verify@x.com> to=<x@y.example> proto=ESMTP helo=<y>
relay-out/smtpd[408]: 4CF0A1B2C4: client=localhost[127.0.0.1]
relay-out/cleanup[409]: 4CF0A1B2C4: message-id=<r3@x.example>
relay-out/qmgr[410]: 4CF0A1B2C4: from=<"verify"@x.com>, size=900, nrcpt=1 (queue active)
relay-out/smtp[411]: 4CF0A1B2C4: warning: header Subject: New login to X
relay-out/smtp[411]: 4CF0A1B2C4: to=<kim@maine.gov>, relay=mx2[192.0.2.25]:25, delay=1, dsn=2.0.0, status=sent (250 Ok)
relay-out/qmgr[410]: 4CF0A1B2C4: removed
"""
HEADS = {
    "old": "Nov  2 13:00:02 mx1 ",
    "ISO": "2026-11-02T13:00:02.102938+00:00 mx1 ",
    "seconds since 1970": "1793624402.102938 mx1 ",
    "the long form of journald": "Mon 2026-11-02 13:00:02 UTC mx1 ",
    "a year": "Nov  2 2026 13:00:02 mx1 ",
}


@pytest.mark.parametrize("head", HEADS)
def test_thirty_lines_of_a_relay(tmp_path: Path, head: str) -> None:
    lines = RELAY.splitlines()
    assert len(lines) == 30
    stamped = [f"{HEADS[head]}{line}" for line in lines]
    heard = hear("postfix_log", tmp_path, "\n".join(stamped) + "\n")
    assert heard.told == []
    assert (heard.mailboxes, heard.strengths) == (["ada", "kim", "noor"], {Strength.STRONG})
    assert {moments(at) for _, at, _ in heard.came} == {datetime(2026, 11, 2, 13, 0, 2, tzinfo=UTC)}
    assert (heard.undelivered, heard.others) == (2, 0)


def test_an_entry_of_journald_without_its_message_is_told(tmp_path: Path) -> None:
    entry = '{"__REALTIME_TIMESTAMP":"1793624402102938","SYSLOG_IDENTIFIER":"postfix/smtp","MESSAGE":null}'
    before = LINE_FORMATS["postfix"].write(LOGGED[:1])
    heard = hear("postfix_log", tmp_path, f"{before}{entry}\n")
    assert [where for where, _ in reasons(heard.told)] == [f"mail.log:{len(before.splitlines()) + 1}"]


# Sendmail


HEAD = "Nov  2 06:00:0{0} mx1 sm-mta[77]: 6A2E01aa012560: "
CAME = "from=<verify@x.com>, size=2706, class=0, nrcpts=2, msgid=<a1@x.example>, proto=ESMTPS, relay=mx [203.0.113.4]"
LOCAL = CAME.replace("relay=mx [203.0.113.4]", "relay=root@localhost")
SENDMAIL = [
    ("to=<ada@maine.gov>, delay=00:00:01, mailer=esmtp, relay=mx2. [192.0.2.25], dsn=2.0.0, stat=Sent (Ok)", ["ada"]),
    ("to=<ada@maine.gov>,<lee@maine.gov>, delay=1+12:04:52, mailer=esmtp, dsn=2.0.0, stat=Sent (Ok)", ["ada", "lee"]),
    ("to=ada@maine.gov,lee@maine.gov, delay=00:00:01, mailer=local, dsn=2.0.0, stat=Sent", ["ada", "lee"]),
    ('to=<"ada"@maine.gov>, delay=00:00:01, mailer=local, dsn=2.0.0, stat=Sent', ["ada"]),
    ('to=<"x, dsn=2.0.0, stat=Sent"@maine.gov>, delay=00:00:01, mailer=local, dsn=5.1.1, stat=User unknown', []),
    (
        "to=<ada.home@mail.example>, ctladdr=<ada@maine.gov> (1001/100), mailer=esmtp, dsn=2.0.0, stat=Sent (Ok)",
        ["ada"],
    ),
    ("to=<ada@maine.gov>, delay=00:00:01, mailer=esmtp, dsn=4.0.0, stat=Deferred: Connection refused by mx2.", []),
    ("to=<ada@maine.gov>, delay=00:00:00, mailer=local, dsn=5.1.1, stat=User unknown", []),
    ("to=<ada@maine.gov>, delay=00:00:00, mailer=esmtp, stat=554 5.7.1 blocked by a milter", []),
    ("to=<ada@maine.gov>, delay=00:00:00, mailer=esmtp, pri=30042, stat=queued", []),
    ("to=<ada@maine.gov>, delay=00:00:00, mailer=esmtp, dsn=2.0.0, stat=queued", []),
    ("to=<ada@maine.gov>, mailer=esmtp, relay=mx2. [192.0.2.25], dsn=2.0.0, stat=Sent (Ok, discarded, UBE)", []),
    ("to=<ada@maine.gov>, mailer=*file*, pri=35342, dsn=2.0.0, stat=Sent", []),
    ("to=<ada@maine.gov>, mailer=dsn, pri=35342, dsn=2.0.0, stat=Sent", []),
    ('to="|/usr/bin/procmail -f-", ctladdr=<ada@maine.gov> (1001/100), mailer=prog, dsn=2.0.0, stat=Sent', ["ada"]),
    ('to="|/usr/bin/vacation ada", ctladdr=<ada@maine.gov> (1001/100), mailer=prog, dsn=2.0.0, stat=Sent', []),
    (
        "to=<ada@maine.gov>, delay=00:00:00, mailer=relay, relay=[127.0.0.1] [127.0.0.1], dsn=2.0.0,"
        " stat=Sent (6A2E01ab012561 Message accepted for delivery)",
        [],
    ),
]


@pytest.mark.parametrize(("said", "mailboxes"), SENDMAIL)
def test_what_sendmail_says_of_a_delivery(tmp_path: Path, said: str, mailboxes: list[str]) -> None:
    heard = hear("sendmail_log", tmp_path, f"{HEAD.format(1)}{CAME}\n{HEAD.format(2)}{said}\n")
    assert (heard.mailboxes, heard.told) == (mailboxes, [])
    assert heard.strengths <= {Strength.WEAK}
    assert mailboxes or heard.undelivered == 1


def test_whoever_writes_on_the_host_is_not_whom_a_platform_wrote_to(tmp_path: Path) -> None:
    said = "to=<ada@maine.gov>, ctladdr=<lee@maine.gov> (1001/100), mailer=esmtp, dsn=2.0.0, stat=Sent (Ok)"
    heard = hear("sendmail_log", tmp_path, f"{HEAD.format(1)}{LOCAL}\n{HEAD.format(2)}{said}\n")
    assert heard.mailboxes == ["ada"]


def test_a_word_of_sendmail_that_is_not_known_is_told(tmp_path: Path) -> None:
    said = "to=<ada@maine.gov>, mailer=esmtp, dsn=2.0.0, stat=Teleported (Ok)"
    sent = "to=<lee@maine.gov>, mailer=esmtp, dsn=2.0.0, stat=Sent (Ok)"
    text = "".join(f"{HEAD.format(at)}{one}\n" for at, one in enumerate((CAME, said, sent)))
    items = pull("sendmail_log", tmp_path, text)
    assert arrived(items) == ["lee@maine.gov"]
    assert "'Teleported'" in " ".join(item.text for item in items if isinstance(item, Remark))


def test_solaris_and_opendmarc_beside_sendmail(tmp_path: Path) -> None:
    said = "to=<ada@maine.gov>, mailer=esmtp, dsn=2.0.0, stat=Sent (Ok)"
    head = HEAD.replace("6A2E01aa", "[ID 801593 mail.info] 6A2E01aa")
    checked = f"{HEAD.format(0).replace('sm-mta', 'opendmarc')}x.com pass"
    heard = hear("sendmail_log", tmp_path, f"{checked}\n{head.format(1)}{CAME}\n{head.format(2)}{said}\n")
    assert (heard.mailboxes, heard.told) == (["ada"], [])
    plain = packaged().read("verify@x.com", "", proven=True)
    assert plain is not None
    assert heard.strengths == {plain.strength}


# Exim


EXIM_CAME = "<= verify@x.com H=mx.example [203.0.113.4]:41000 P=esmtps S=1364 id=a1@x.example"
EXIM = [
    ('=> ada@maine.gov R=dnslookup T=remote_smtp H=mx2 [192.0.2.25] C="250 2.0.0 Ok"', ["ada"]),
    ("=> ada <ada@maine.gov> R=localuser T=local_delivery", ["ada"]),
    ("-> ada <ada@maine.gov> R=localuser T=local_delivery", ["ada"]),
    ("=> box@store.example <ada.t@store.example> <ada@maine.gov> R=dnslookup T=remote_smtp", ["ada"]),
    ("=> ada@maine.gov F=<verify@x.com> P=<verify@x.com> R=dnslookup T=remote_smtp QT=1s DT=0s", ["ada"]),
    ("== ada@maine.gov R=dnslookup T=remote_smtp defer (111): Connection refused", []),
    ("** ada@maine.gov R=system_aliases: Unrouteable address", []),
    ("** ada@maine.gov: Unrouteable address", []),
    ("** ada@maine.gov <lee@maine.gov>: retry timeout exceeded", []),
    ("*> ada@maine.gov R=localuser T=local_delivery", []),
    ("=> :blackhole: <ada@maine.gov> R=system_aliases", []),
    ("=> /dev/null <ada@maine.gov> R=userforward T=**bypassed**", []),
    ("=> /home/ada/archive <ada@maine.gov> R=userforward T=address_file", []),
    ("=> |/usr/bin/vacation ada <ada@maine.gov> R=userforward T=address_pipe", []),
    ("=> |/usr/bin/procmail <ada@maine.gov> R=userforward T=address_pipe", ["ada"]),
    ("=> |IFS=' ' exec /usr/bin/procmail -f- <ada@maine.gov> R=userforward T=address_pipe", ["ada"]),
    ('=> ada@maine.gov R=scan T=scan H=localhost [127.0.0.1]:10024 C="250 2.0.0 Ok: queued as 1C6CDAD250"', []),
    ('=> ada@maine.gov R=dnslookup T=remote_smtp H=mx2 [192.0.2.25] C="250 2.7.0 Ok, discarded, id=7-04 - spam"', []),
]
FILED = [
    (
        "sendmail_log",
        f"{HEAD}{{1}}",
        CAME,
        'to="|/opt/bin/filed", ctladdr=<ada@maine.gov>, mailer=prog, dsn=2.0.0, stat=Sent',
    ),
    (
        "exim_log",
        "2026-11-02 06:00:0{0} 1xAa1B-00000000Cc1-2dDe {1}",
        EXIM_CAME,
        "=> |/opt/bin/filed <ada@maine.gov> R=a T=b",
    ),
]


@pytest.mark.parametrize(("connector", "line", "came", "went"), FILED)
def test_a_log_whose_mails_all_go_to_a_program_that_nobody_knows_is_refused(
    tmp_path: Path, connector: str, line: str, came: str, went: str
) -> None:
    text = "".join(f"{line.format(at, one)}\n" for at, one in enumerate((came, went)))
    with pytest.raises(SourceChanged, match="the word 'sent to the command filed' is not known"):
        pull(connector, tmp_path, text)


STAMPS = {
    "2026-11-02 06:00:0{0} ": "UTC",
    "2026-11-02 01:00:0{0}.120 -0500 [81] ": "UTC",
    "2026-11-02 01:00:0{0} ": "America/New_York",
    "Nov  2 06:00:0{0} mx1 exim[81]: ": "UTC",
    "Nov  2 06:00:0{0} mx1 exim4[81]: 2026-11-02 06:00:0{0} ": "UTC",
}


@pytest.mark.parametrize(("said", "mailboxes"), EXIM)
def test_what_exim_says_of_a_delivery(tmp_path: Path, said: str, mailboxes: list[str]) -> None:
    head = "2026-11-02 06:00:0{} 1xAa1B-00000000Cc1-2dDe "
    text = "".join(f"{head.format(at)}{one}\n" for at, one in enumerate((EXIM_CAME, said, "Completed")))
    heard = hear("exim_log", tmp_path, text)
    assert (heard.mailboxes, heard.told) == (mailboxes, [])
    assert heard.strengths <= {Strength.WEAK}
    assert mailboxes or heard.undelivered == 1


@pytest.mark.parametrize("number", ["1xAa1B-00000000Cc1-2dDe", "1xAa1B-000Cc1-2d"])
@pytest.mark.parametrize("stamp", STAMPS)
def test_stamps_and_ids_of_exim(tmp_path: Path, stamp: str, number: str) -> None:
    said = (f'{EXIM_CAME} T="New login to X" for ada@maine.gov', "=> ada@maine.gov R=a T=b", "Completed")
    text = "".join(f"{stamp.format(at)}{number} {one}\n" for at, one in enumerate(said))
    heard = hear("exim_log", tmp_path, text, STAMPS[stamp])
    assert heard.strengths == {Strength.STRONG}
    assert [moments(at) for _, at, _ in heard.came] == [datetime(2026, 11, 2, 6, 0, 1, tzinfo=UTC)]


@pytest.mark.parametrize(
    ("subject", "strength"),
    [
        ("New login to X", Strength.STRONG),
        (r"\"New login to X\" was it you?", Strength.STRONG),
        ("=?utf-8?Q?New_login_to_X?=", Strength.STRONG),
        ("Lunch", Strength.WEAK),
    ],
)
def test_subjects_of_exim(tmp_path: Path, subject: str, strength: Strength) -> None:
    head = "2026-11-02 06:00:01 1xAa1B-00000000Cc1-2dDe "
    text = f'{head}{EXIM_CAME} T="{subject}" for ada@maine.gov\n{head}=> ada@maine.gov R=a T="New login to X"\n'
    assert hear("exim_log", tmp_path, text).strengths == {strength}


@pytest.mark.parametrize(
    ("way", "strength"),
    [
        ("P=esmtps", Strength.STRONG), ("P=esmtpsa A=plain:kim", Strength.WEAK), ("P=esmtpsa A=plain", Strength.WEAK),
        ("U=www P=local", Strength.WEAK),
    ],
)  # fmt: skip
def test_what_somebody_of_our_own_sent_by_exim_proves_nothing(tmp_path: Path, way: str, strength: Strength) -> None:
    head = "2026-11-02 06:00:01 1xAa1B-00000000Cc1-2dDe "
    came = EXIM_CAME.replace("P=esmtps", way) + ' T="New login to X from P=local" for ada@maine.gov'
    text = f"{head}{came}\n{head}=> ada@maine.gov R=a T=remote_smtp\n"
    assert hear("exim_log", tmp_path, text).strengths == {strength}


def test_octal_letters_of_exim_are_read(tmp_path: Path) -> None:
    own = "platform,domains,mailbox,subject,kind,implies,stranger\nx,x.com,,caf\u00e9,security,strong,no\n"
    (tmp_path / "own.csv").write_text(f"{own}x,x.com,,,digest,weak,no\n", encoding="utf-8")
    head = "2026-11-02 06:00:01 1xAa1B-00000000Cc1-2dDe "
    text = f'{head}{EXIM_CAME} T="Caf\\303\\251" for ada@maine.gov\n{head}=> ada@maine.gov R=a T=b\n'
    assert hear("exim_log", tmp_path, text, signals=load_signals(tmp_path / "own.csv")).strengths == {Strength.STRONG}


def test_cutthrough_is_logged_before_the_message_came_in(tmp_path: Path) -> None:
    head = "2026-11-02 06:00:01 1xAa1B-00000000Cc1-2dDe "
    other = head.replace("2dDe", "2dDf")
    lines = [
        f"{head}>> ada@maine.gov R=a T=remote_smtp H=mx2 [192.0.2.25]", f"{head}{EXIM_CAME}", f"{head}Completed",
        f"{other}>> ada@maine.gov R=a T=remote_smtp H=mx2 [192.0.2.25]",
    ]  # fmt: skip
    heard = hear("exim_log", tmp_path, "\n".join(lines) + "\n")
    assert (heard.mailboxes, heard.unknown) == (["ada"], 1)


# Cisco


CEF = (
    "<166>Nov 02 06:00:03 esa1 consolidated_event: CEF:0|Cisco|C100V Email Security Virtual Appliance|14.3.0-032|"
    "ESA_CONSOLIDATED_LOG_EVENT|Consolidated Log Event|5|{0}"
)
FIELDS = {
    "ESAMID": "7703", "endTime": "Mon Nov  2 06:00:02 2026", "ESAFriendlyFrom": "X <verify@x.com>",
    "deviceDirection": "0", "suser": "verify@x.com", "cs1Label": "MailPolicy", "cs1": "DEFAULT", "act": "DELIVERED",
    "cs4Label": "ExternalMsgID", "cs4": "'<a1@x.example>'", "duser": "ada@maine.gov", "msg": "'New login to X'",
    "ESATLSInConnStatus": "Success",
}  # fmt: skip
VERDICTS = "{'mailfrom': {'result': '%s', 'sender': 'verify@x.com'}, 'helo': {'result': 'Pass', 'sender': 'p@x.com'}}"
EVENTS: list[tuple[dict[str, str], list[str], Strength]] = [
    ({}, ["ada"], Strength.STRONG),
    ({"duser": "ada@maine.gov;lee@maine.gov"}, ["ada", "lee"], Strength.STRONG),
    ({"msg": '"Pat\'s New login to X"'}, ["ada"], Strength.STRONG),
    ({"msg": "New login to X"}, ["ada"], Strength.STRONG),
    ({"msg": "'New login to X duser\\=lee@maine.gov'"}, ["ada"], Strength.STRONG),
    ({"msg": "'Lunch'"}, ["ada"], Strength.WEAK),
    ({"msg": "''"}, ["ada"], Strength.WEAK),
    ({"msg": "'Lunch'", "ESADMARCVerdict": "Success"}, ["ada"], Strength.STRONG),
    ({"msg": "'Lunch'", "ESADMARCVerdict": "TempFailure"}, ["ada"], Strength.WEAK),
    ({"msg": "'Lunch'", "ESASPFVerdict": VERDICTS % "Pass"}, ["ada"], Strength.STRONG),
    ({"msg": "'Lunch'", "ESASPFVerdict": VERDICTS % "Fail"}, ["ada"], Strength.WEAK),
    ({"suser": "b1@mailer.example"}, ["ada"], Strength.WEAK),
    ({"suser": "b1@mailer.example", "ESADMARCVerdict": "Success"}, ["ada"], Strength.STRONG),
    ({"suser": "b1@mailer.example", "ESASPFVerdict": "Pass"}, ["ada"], Strength.WEAK),
    ({"ESAFriendlyFrom": "boss@maine.gov"}, ["ada"], Strength.STRONG),
    ({"deviceDirection": "1"}, [], Strength.NONE),
    *(({"act": word}, [], Strength.NONE) for word in ("QUARANTINED", "DQ", "DROPPED", "BOUNCED")),
]


@pytest.mark.parametrize(("other", "mailboxes", "strength"), EVENTS)
def test_what_a_consolidated_event_says(
    tmp_path: Path, other: Mapping[str, str], mailboxes: list[str], strength: Strength
) -> None:
    text = CEF.format(" ".join(f"{name}={value}" for name, value in {**FIELDS, **other}.items()))
    heard = hear("cisco_log", tmp_path, text + "\n")
    assert (heard.mailboxes, heard.told) == (mailboxes, [])
    assert heard.strengths == ({strength} if mailboxes else set())


@pytest.mark.parametrize(
    "prefix",
    [
        "Mon Nov  2 06:00:03 2026 ",
        "Nov  2 06:00:03 esa1: ",
        "<14>Nov  2 06:00:03 esa1 logs: Mon Nov  2 06:00:02 2026: ",
    ],
)
def test_consolidated_events_under_other_names(tmp_path: Path, prefix: str) -> None:
    text = prefix + CEF[CEF.index("CEF:") :].format(" ".join(f"{name}={value}" for name, value in FIELDS.items()))
    assert hear("cisco_log", tmp_path, text + "\n").mailboxes == ["ada"]


def test_a_field_that_stands_twice_is_no_guess(tmp_path: Path) -> None:
    sound = CEF.format(" ".join(f"{name}={value}" for name, value in FIELDS.items()))
    heard = hear("cisco_log", tmp_path, f"{sound}\n{sound} duser=lee@maine.gov\n")
    assert heard.mailboxes == ["ada"]
    assert [(at, "duser= stands twice" in reason) for at, reason in reasons(heard.told)] == [("mail.log:2", True)]


def test_what_was_aborted_before_it_had_a_recipient_is_no_fault(tmp_path: Path) -> None:
    fields = {name: value for name, value in FIELDS.items() if name != "duser"} | {"act": "ABORTED", "msg": "''"}
    sound = CEF.format(" ".join(f"{name}={value}" for name, value in FIELDS.items()))
    aborted = CEF.format(" ".join(f"{name}={value}" for name, value in fields.items()))
    heard = hear("cisco_log", tmp_path, f"{aborted}\n{sound}\n")
    assert (heard.mailboxes, heard.told) == (["ada"], [])


START = (
    "MID 5 ICID 8 From: <verify@x.com>", "MID 5 ICID 8 RID 0 To: <ada@maine.gov>",
    "MID 5 ICID 8 RID 1 To: <lee@maine.gov>", "MID 5 Message-ID '<a1@x.example>'", "MID 5 Subject 'New login to X'",
)  # fmt: skip
DONE = "Message done DCID 9 MID 5 to RID [0]"
MAIL_LOGS: list[tuple[tuple[str, ...], list[str]]] = [
    ((*START, DONE), ["ada"]),
    ((*START, "Message done DCID 9 MID 5 to RID [0, 1] [('from', 'x@y.example')]"), ["ada", "lee"]),
    ((DONE, *reversed(START)), ["ada"]),
    ((START[0], DONE, "Message finished MID 5 done", *START[3:], *START[1:3]), ["ada"]),
    ((*START, "EUQ: Quarantined MID 5", "Message finished MID 5 done"), []),
    ((*START, 'MID 5 quarantined to "Policy" (message filter:x)', "Message finished MID 5 done"), []),
    ((*START, "Message aborted MID 5 Dropped by antispam", "Message finished MID 5 done"), []),
    ((*START, "Bounced: DCID 9 MID 5 to RID 0 - 5.1.0 - Unknown address error"), []),
    ((*START, "Delayed: DCID 9 MID 5 to RID 0 - 4.1.0 - refused", DONE), ["ada"]),
    ((*START, "MID 5 queued for delivery", "Message finished MID 5 done"), []),
    ((*START, "MID 5 rewritten to MID 6 by add-footer", "Message done DCID 9 MID 6 to RID [0]"), ["ada"]),
    (
        (*START, "MID 5 was split creating MID 6 due to a per-recipient policy x in the inbound table",
         "MID 6 ICID 0 RID 0 To: <noor@maine.gov>", "Message done DCID 9 MID 6 to RID [0]"),
        ["noor"],
    ),
    (("Message aborted MID 5 Receiving aborted by sender", "Message finished MID 5 aborted"), []),
    ((*START, "MID 5 matched all recipients for per-recipient policy DEFAULT in the outbound table", DONE), []),
]  # fmt: skip
TEXT_HEADS = ("Mon Nov  2 06:00:01 2026 Info: ", "<166>Nov  2 06:00:01 esa1 mail_logs: Info: ",
              "<166>Nov 02 06:00:01 mail_logs: Info: ", "Nov  2 06:00:01 esa1 my_mail_log: Info: ")  # fmt: skip


@pytest.mark.parametrize("head", TEXT_HEADS)
@pytest.mark.parametrize(("said", "mailboxes"), MAIL_LOGS)
def test_what_mail_logs_say(tmp_path: Path, said: tuple[str, ...], mailboxes: list[str], head: str) -> None:
    heard = hear("cisco_log", tmp_path, "".join(f"{head}{one}\n" for one in said))
    assert (heard.mailboxes, heard.told) == (mailboxes, [])
    assert heard.strengths <= {Strength.STRONG}


@pytest.mark.parametrize(
    ("lines", "strength"),
    [
        (['MID 5 Subject "Pat\'s New login to X"'], Strength.STRONG),
        (["MID 5 Subject New login\\r\\n to X"], Strength.STRONG),
        (["MID 5 Subject 'Lunch'"], Strength.WEAK),
        (
            ["MID 5 Subject 'Lunch'", "MID 5 DMARC: Message from domain x.com, DMARC pass (SPF aligned True)"],
            Strength.STRONG,
        ),
        (
            ["MID 5 Subject 'Lunch'", "MID 5 DMARC: Message from domain y.example, DMARC pass (SPF aligned True)"],
            Strength.WEAK,
        ),
        (
            [
                "MID 5 Subject 'New login to X'",
                "MID 5 DMARC: Message from domain x.com, DMARC fail (SPF aligned False)",
            ],
            Strength.WEAK,
        ),
        (["MID 5 Subject 'Lunch'", "MID 5 SPF: mailfrom identity verify@x.com Pass (v=spf1)"], Strength.STRONG),
        (["MID 5 Subject 'Lunch'", "MID 5 SPF: mailfrom identity verify@x.com SoftFail (v=spf1)"], Strength.WEAK),
    ],
)
def test_subjects_and_checks_of_mail_logs(tmp_path: Path, lines: list[str], strength: Strength) -> None:
    said = (*START[:4], *lines, DONE)
    text = "".join(f"Mon Nov  2 06:00:01 2026 Info: {one}\n" for one in said)
    assert hear("cisco_log", tmp_path, text).strengths == {strength}


def test_times_of_an_appliance_are_in_the_zone_that_is_said(tmp_path: Path) -> None:
    one = LINE_FORMATS["cisco mail_logs"].write(LOGGED[:1]) + LINE_FORMATS["cisco events"].write(LOGGED[2:3])
    heard = hear("cisco_log", tmp_path, one, "America/New_York")
    assert {moments(at) for _, at, _ in heard.came} == {datetime(2026, 11, 2, 18, tzinfo=UTC)}


# Barracuda


SCAN = (
    "Nov  2 06:00:02 esg1 scan[4101]: mx.example[203.0.113.4] 1793624401-1a2b3c4d5e01-Qw3rTy 1793624401 1793624402"
    " SCAN - verify@x.com {to}@maine.gov 0.10 {action} 0 - SZ:2706 SUBJ:New login to X"
)
SEND = (
    "Nov  2 06:00:03 esg1 outbound/smtp[4102]: 127.0.0.1 1793624401-1a2b3c4d5e01-Qw3rTy 0 0 SEND ENC"
    " {action} 7C00AA11BB 250 2.6.0 Queued"
)
RECV = (
    "Nov  2 06:00:00 esg1 inbound/pass1[4103]: unknown[203.0.113.4] 1793624401-1a2b3c4d5e01-Qw3rTy 1793624400"
    " 1793624400 RECV verify@x.com ada@maine.gov {action} 4 -"
)
BARRACUDA: list[tuple[list[str], bool]] = [
    *(([SCAN.format(to="ada", action=scan), SEND.format(action=1)], True) for scan in (0, 4, 7, 8, 10)),
    *(([SCAN.format(to="ada", action=scan)], False) for scan in range(11)),
    *(([SCAN.format(to="ada", action=0), SEND.format(action=send)], False) for send in (2, 3, 4)),
    ([SCAN.format(to="ada", action=0), SEND.format(action=3), SEND.format(action=1)], True),
    ([SCAN.format(to="ada", action=0), SEND.format(action=1).replace("127.0.0.1 ", "")], True),
    ([RECV.format(action=2)], False),
    ([RECV.format(action=1)], False),
    ([RECV.format(action=2).replace("verify@x.com ada@maine.gov", "- -"), SCAN.format(to="ada", action=0)], False),
]


@pytest.mark.parametrize(("lines", "came"), BARRACUDA)
def test_action_numbers_mean_what_their_service_says(tmp_path: Path, lines: list[str], came: bool) -> None:
    heard = hear("barracuda_log", tmp_path, "\n".join(lines) + "\n")
    assert heard.told == []
    assert [(mailbox, moments(at), strength) for mailbox, at, strength in heard.came] == (
        [("ada@maine.gov", datetime(2026, 11, 2, 13, 0, 2, tzinfo=UTC), Strength.STRONG)] if came else []
    )


def test_a_number_that_is_not_known_is_told(tmp_path: Path) -> None:
    lines = [SCAN.format(to="ada", action=42), SCAN.format(to="lee", action=0).replace("5e01", "5e02")]
    items = pull("barracuda_log", tmp_path, "\n".join([*lines, SEND.format(action=1).replace("5e01", "5e02")]) + "\n")
    assert arrived(items) == ["lee@maine.gov"]
    assert "'scan 42'" in " ".join(item.text for item in items if isinstance(item, Remark))


def test_of_several_recipients_it_is_not_said_whom_a_delivery_reached(tmp_path: Path) -> None:
    lines = [SCAN.format(to="ada", action=0), SCAN.format(to="lee", action=0), SEND.format(action=1)]
    assert hear("barracuda_log", tmp_path, "\n".join(lines) + "\n").mailboxes == []
    one_blocked = [SCAN.format(to="ada", action=0), SCAN.format(to="lee", action=2), SEND.format(action=1)]
    assert hear("barracuda_log", tmp_path, "\n".join(one_blocked) + "\n").mailboxes == ["ada"]


def test_postfix_under_the_name_of_a_gateways_program_stays_postfixs(tmp_path: Path) -> None:
    text = LINE_FORMATS["postfix"].write(LOGGED).replace(" postfix/", " outbound/")
    assert hear("postfix_log", tmp_path, text).mailboxes == ["ada", "kim", "noor"]


# the samples that lie beside the project

OWN_SIGNALS = "platform,domains,mailbox,subject,kind,implies,stranger\nx,example.net,,,notification,strong,no\n"
SAMPLES = [
    ("cisco_log", "consolidated_event", ["lee@", "pat.doe@"], []),
    ("cisco_log", "New SMTP ICID", ["pat.doe@"], []),
    ("barracuda_log", "barracuda scan", ["pat.doe@"], []),
    (
        "sendmail_log", "sm-mta", ["lee@", "pat.doe@"],
        ["Nov  2 06:00:01 mta1 sm-mta[1]: {0}: from=<b@example.net>, size=1, class=0, nrcpts=1, relay=mx [192.0.2.1]",
         r"mta1 sm-mta\S+ (\w+): to="],
    ),
    (
        "exim_log", "<= b-1", ["lee@", "pat.doe@"],
        ["2026-11-02 06:00:01 {0} <= b@example.net H=mx [192.0.2.1] P=esmtp S=1", r"(\S+) (?:==|\*\*)"],
    ),
    (
        "postfix_log", "812345", ["pat.doe@"],
        ["Nov  2 06:00:01 mta1 postfix/qmgr[1]: {0}: from=<b@example.net>, size=1, nrcpt=1 (queue active)",
         r"(4CF0A1B2C3): to="],
    ),
    (
        "sendmail_log", '"sm":', ["pat.doe@"],
        ["2026-11-02T06:00:01-07:00 m0000123 sendmail[1]: 5A2AAAAAAA: from=<b@example.net>, size=1, class=0, nrcpts=1, "
         "relay=mx [192.0.2.1]", ""],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("connector", "mark", "mailboxes", "beginning"), SAMPLES)
def test_the_samples_of_formats_are_read(
    tmp_path: Path, connector: str, mark: str, mailboxes: list[str], beginning: list[str]
) -> None:
    page = SHARED / "data" / "mail_formats.md"
    if not page.exists():
        pytest.skip("the page of formats is not beside the project (IDENTITY_AUDIT_SHARED)")
    blocks = re.findall(r"```\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    block = next(one for one in blocks if mark in one).replace("5A2\u2026", "5A2AAAAAAA")
    if beginning:  # most samples show deliveries whose beginning they leave away
        line, shape = beginning
        ids = dict.fromkeys(re.findall(shape, block)) if shape else {"": None}
        known = set(re.findall(r"(\w+): from=|(\S+) <=", block)) if shape else set()
        begun = {name for pair in known for name in pair}
        block = "\n".join(line.format(one) for one in ids if one not in begun) + "\n" + block
    (tmp_path / "own.csv").write_text(OWN_SIGNALS)
    heard = hear(connector, tmp_path, block, signals=load_signals(tmp_path / "own.csv"))
    assert heard.mailboxes == [f"{one}state.example.gov" for one in mailboxes]
    assert reasons(heard.told) == []
    assert heard.unknown == (1 if mark == "New SMTP ICID" else 0)
