"""Postfix logs: lines joined on queue ids that are used again, time stamps of both forms, damaged and rotated files."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.contract import Dropped, Item, Raw, Rejected, Source, SourceDown
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
