"""Every mail system's tables and JSON: the same mails say the same, documented samples are read, faults are told."""

import gzip
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors import exchange_trace, exchange_tracking, mimecast_log, proofpoint_log
from connectors.catalog import CONNECTORS
from connectors.contract import Connector, Dropped, Item, Raw, Rejected, Remark, Source, SourceChanged
from connectors.mail.accounts import parse
from connectors.mail.lines import NO_SENDER
from connectors.records import Account, Strength
from tests.made_mails import AT, MAILS
from tests.mail_formats import FORMATS, TRACKING, Shows, mimecast_new, mimecast_old, proofpoint_stream, tracking

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def pull(connector: Connector[Account], folder: Path, name: str | list[str], **options: object) -> list[Item]:
    return list(connector.fetch(Source("mail", folder, {"path": name, **options}, now=NOW)))


def read(connector: Connector[Account], folder: Path, text: str, name: str, **options: object) -> list[Item]:
    (folder / name).write_text(text, encoding="utf-8", newline="")
    return pull(connector, folder, name, **options)


def found(items: Sequence[Item]) -> dict[tuple[str, str], Account]:
    accounts = [parse(item) for item in items if isinstance(item, Raw)]
    return {(account.registered_email, account.platform): account for account in accounts}


def told(items: Sequence[Item]) -> list[str]:
    return [one.text for one in items if isinstance(one, Remark)] + [
        f"{one.where}: {one.reason}" for one in items if isinstance(one, Rejected)
    ]


PACKED = {"exchange tracking": ".gz", "mimecast 2.0": ".gz"}
UTF_16 = (
    "exchange enhanced", "tracking export", "defender stream", "google bigquery", "mimecast 1.0", "postfix",
    "sendmail of Proofpoint", "exim without subjects", "cisco events", "barracuda",
)  # fmt: skip
JOINED = ("proofpoint stream", "postfix, subject first", "postfix by journald", "sendmail", "exim", "cisco mail_logs")


def as_handed_in(name: str, text: str) -> bytes:
    """The text as it leaves the hands of administrators: packed, out of PowerShell, or joined under Windows."""
    if name in PACKED:
        return gzip.compress(text.encode())
    if name in UTF_16:
        return text.removeprefix("\ufeff").encode("utf-16")
    if name in JOINED:
        lines = text.splitlines(keepends=True)
        half = len(lines) // 2
        text = "".join([*lines[:half], "\ufeff", *lines[half:]]).replace("\n", "\r\n")
    return text.encode()


STRONG, WEAK = Strength.STRONG, Strength.WEAK
EVIDENCE = {
    ("ada@maine.gov", "x"): [("digest", STRONG, 1, 1, AT.replace(day=9)), ("security", STRONG, 1, 1, AT)],
    ("lee@maine.gov", "linkedin"): [("security", STRONG, 1, 1, AT)],
    ("sam@maine.gov", "linkedin"): [("security", STRONG, 1, 1, AT)],
    ("kim@maine.gov", "linkedin"): [("security", WEAK, 1, 1, AT)],
    ("eve@maine.gov", "x"): [("security", STRONG, 2, 2, AT)],
    ("ida@maine.gov", "facebook"): [("security", STRONG, 1, 1, AT)],
    ("ben@maine.gov", "x"): [("security", WEAK, 1, 1, AT)],
    ("zoe@maine.gov", "x"): [("notification", STRONG, 1, 1, AT)],
}
"""Mailbox and platform → kind, strength, messages, days, the first of them, where a log shows all of it."""
RELAYED, FORGED = ("sam@maine.gov", "linkedin"), ("kim@maine.gov", "linkedin")


def expected(shows: Shows) -> dict[tuple[str, str], list[tuple[str, Strength, int, int, datetime]]]:
    """The evidence of the mails in a log that has subjects and shows so much of who sent them."""
    found = {key: list(seen) for key, seen in EVIDENCE.items()}
    if shows is not Shows.CHECKED:  # zoe's subject proves nothing by itself, and nothing shows that ben's is forged
        found["zoe@maine.gov", "x"] = [("notification", WEAK, 1, 1, AT)]
        found["ben@maine.gov", "x"] = [("security", STRONG, 1, 1, AT)]
    if shows is Shows.ENVELOPE:  # which names no platform
        del found[RELAYED], found[FORGED]
    elif shows is Shows.ONE:  # the header's, as it is written here: nothing shows that it is forged
        found[FORGED] = found[RELAYED]
    elif shows is Shows.BOTH:  # a stranger's envelope, and nothing that vouches for the header
        found[RELAYED] = found[FORGED]
    elif shows is Shows.DOUBTFUL:
        found = {
            key: [(kind, WEAK, count, days, at) for kind, _, count, days, at in seen] for key, seen in found.items()
        }
    return found


@pytest.mark.parametrize("name", FORMATS)
def test_the_same_mails_say_the_same_in_every_format_or_less(name: str, tmp_path: Path) -> None:
    form, packed = FORMATS[name], PACKED.get(name, "")
    text = form.write(MAILS)
    (tmp_path / f"{form.name}{packed}").write_bytes(as_handed_in(name, text))
    items = pull(CONNECTORS[form.connector], tmp_path, f"{form.name}{packed}")
    assert told(items) == []
    seen = {
        key: sorted(
            (one.kind, one.strength, one.count, one.days, one.first_at.replace(microsecond=0))
            for one in account.signals
        )
        for key, account in found(items).items()
    }
    whole = expected(form.shows)
    if form.subjects:
        assert seen == whole
    else:
        assert {key: sum(count for *_, count, _, _ in some) for key, some in seen.items()} == {
            key: sum(count for *_, count, _, _ in some) for key, some in whole.items()
        }
        assert {strength for some in seen.values() for _, strength, *_ in some} == {WEAK}
    assert not re.search("vendor|roads|Bangor", repr(items))
    dropped = Counter[str]()
    for one in items:
        dropped.update({one.reason: one.count} if isinstance(one, Dropped) else {})
    if form.lines:
        lines_of_a_delivery = 2 if name == "barracuda" else 1
        unseen = len(EVIDENCE) - len(whole)
        assert dropped["sender not on the list"] == lines_of_a_delivery * (1 + unseen)
        assert NO_SENDER not in dropped
    else:
        rows = len([line for line in text.splitlines() if line and not line.lstrip("\ufeff").startswith("#")])
        others = sum(not isinstance(one, (Dropped, Remark)) for one in items)
        assert dropped.total() + others == rows - form.name.endswith(".csv")


@pytest.mark.parametrize("fields", [TRACKING, (TRACKING[0], *TRACKING[4:])], ids=["same version", "older version"])
def test_a_tracking_log_of_joined_logs(fields: Sequence[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if fields is TRACKING:  # DuckDB reads it alone
        monkeypatch.setattr(exchange_tracking, "_rows", lambda *_: pytest.fail("read row by row"))
    text = tracking(MAILS[:2]) + tracking(MAILS[2:4], fields)
    items = read(exchange_tracking.CONNECTOR, tmp_path, text, "MSGTRK.LOG")
    assert told(items) == []
    assert {mailbox for mailbox, _ in found(items)} == {"ada@maine.gov", "lee@maine.gov", "sam@maine.gov"}


def test_a_folder_of_tracking_logs(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    for at, mail in enumerate(MAILS[:3]):
        (tmp_path / "logs" / f"MSGTRKMD2026110{at}-1.LOG").write_text(tracking([mail]), encoding="utf-8", newline="")
    items = pull(exchange_tracking.CONNECTOR, tmp_path, "logs")
    assert {mailbox for mailbox, _ in found(items)} == {"ada@maine.gov", "lee@maine.gov"}


@pytest.mark.parametrize("broken", ["", "short,row\r\n"], ids=["by DuckDB", "row by row"])
def test_recipients_and_their_statuses_are_in_step(broken: str, tmp_path: Path) -> None:
    many = replace(MAILS[0], to="ada@maine.gov;lee@maine.gov;sam@maine.gov")
    text = re.sub(r"(DELIVER,\d+,<[^,]*>,[^,]*),,", r"\1,250 2.0.0;550 5.1.1 nobody;,", tracking([many])) + broken
    items = read(exchange_tracking.CONNECTOR, tmp_path, text, "MSGTRK.LOG")
    assert {mailbox for mailbox, _ in found(items)} == {"ada@maine.gov", "sam@maine.gov"}
    assert bool(told(items)) == bool(broken)


@pytest.mark.parametrize("broken", ["", "short,row\r\n"], ids=["by DuckDB", "row by row"])
@pytest.mark.parametrize(
    ("status", "arrived"),
    [("", True), ("250 2.1.5", True), ("Inbox", True), ("Junk E-mail", False), ("550 5.1", False)],
)
def test_the_folder_for_junk_is_no_delivery(status: str, arrived: bool, broken: str, tmp_path: Path) -> None:
    text = re.sub(r"(DELIVER,\d+,<[^,]*>,[^,]*),,", rf"\1,{status},", tracking(MAILS[:1])) + broken
    items = read(exchange_tracking.CONNECTOR, tmp_path, text, "MSGTRK.LOG")
    assert bool(found(items)) == arrived


def test_a_tracking_log_of_which_a_row_is_broken_is_told_by_its_line(tmp_path: Path) -> None:
    text = tracking(MAILS[:1]) + "2026-11-02T13:00:00Z,cut\r\n" + '2026-11-02T13:00:01Z,"open\r\n'
    items = read(exchange_tracking.CONNECTOR, tmp_path, text, "MSGTRK.LOG")
    assert [one.where for one in items if isinstance(one, Rejected)] == ["MSGTRK.LOG:7", "MSGTRK.LOG:8"]
    assert ("ada@maine.gov", "x") in found(items)


def test_a_tracking_log_without_its_head(tmp_path: Path) -> None:
    with pytest.raises(SourceChanged, match="no line #Fields: names its columns"):
        read(exchange_tracking.CONNECTOR, tmp_path, "#Version: 15\r\n2026-11-02T13:00:00Z,a\r\n", "MSGTRK.LOG")
    text = tracking(MAILS[:1]).replace("event-id", "event")
    with pytest.raises(SourceChanged, match=r"no column holds the kind of event.*'recipient-address'"):
        read(exchange_tracking.CONNECTOR, tmp_path, text, "MSGTRK.LOG")


@pytest.mark.parametrize(
    "connector", [exchange_tracking.CONNECTOR, exchange_trace.CONNECTOR], ids=["tracking", "trace"]
)
@pytest.mark.parametrize("name", ["System.String[]", "System.Collections.Generic.List`1[System.String]"])
def test_recipients_that_were_not_joined(connector: Connector[Account], name: str, tmp_path: Path) -> None:
    form = FORMATS["tracking export"]
    text = form.write(MAILS).replace("ada@maine.gov", name)
    items = read(connector, tmp_path, text, "t.csv")
    faults = [one for one in items if isinstance(one, Rejected)]
    assert len(faults) == 1
    assert "-join ';'" in faults[0].reason
    assert faults[0].where == "t.csv:3"


def test_defenders_other_tables_are_told(tmp_path: Path) -> None:
    text = FORMATS["defender stream"].write(MAILS[:1])
    other = text.replace("EmailEvents", "EmailPostDeliveryEvents")
    items = read(exchange_trace.CONNECTOR, tmp_path, text + other, "a.json")
    assert [remark.unread for remark in items if isinstance(remark, Remark)] == [False]
    assert Dropped(1, "line about something else than a mail") in items
    assert ("ada@maine.gov", "x") in found(items)
    (remark,) = [one for one in read(exchange_trace.CONNECTOR, tmp_path, other, "b.json") if isinstance(one, Remark)]
    assert (remark.where, remark.unread) == ("b.json", True)
    assert "rows of other tables of Defender" in remark.text


def test_rows_of_email_events_without_an_envelope_of_the_stream(tmp_path: Path) -> None:
    """As a script writes the answer of the hunting API, a row a line."""
    rows = [json.loads(line)["properties"] for line in FORMATS["defender stream"].write(MAILS[:1]).splitlines()]
    items = read(exchange_trace.CONNECTOR, tmp_path, "".join(f"{json.dumps(row)}\n" for row in rows), "a.jsonl")
    assert ("ada@maine.gov", "x") in found(items)
    with pytest.raises(SourceChanged, match="not one object a line"):
        read(exchange_trace.CONNECTOR, tmp_path, json.dumps(rows), "b.json")
    with pytest.raises(SourceChanged, match="not one object a line"):
        read(exchange_trace.CONNECTOR, tmp_path, json.dumps({"results": rows}, indent=2), "c.json")


DATES = ["Nov 2, 2026 1:00:02 PM", "Nov 2, 2026, 1:00:02 PM", "2026-11-02T13:00:02.4012345Z", "11/2/2026 1:00:02 PM"]


@pytest.mark.parametrize("written", DATES)
def test_times_of_the_portal(written: str, tmp_path: Path) -> None:
    text = FORMATS["defender csv"].write(MAILS[:1]).replace(MAILS[0].iso, f'"{written}"')
    items = read(exchange_trace.CONNECTOR, tmp_path, text, "a.csv", date_format="MM/DD/YYYY")
    assert told(items) == []
    ((signal,),) = [account.signals for account in found(items).values()]
    assert signal.first_at.replace(microsecond=0) == datetime(2026, 11, 2, 13, 0, 2, tzinfo=UTC)


MAILLOG = json.dumps({"ts": "2026-11-02T06:00:02.5-0700", "data": "to=<a@b>", "sm": {"to": ["<a@b>"], "stat": "Sent"}})


def test_proofpoints_other_stream_is_told(tmp_path: Path) -> None:
    items = read(proofpoint_log.CONNECTOR, tmp_path, f"{proofpoint_stream(MAILS[:1])}{MAILLOG}\n", "a.jsonl")
    assert ["Sendmail" in text for text in told(items)] == [True]
    assert ("ada@maine.gov", "x") in found(items)


@pytest.mark.parametrize(
    ("disposition", "action", "arrives"),
    [
        ("accept", None, True), ("continue", "continue", True), ("discard", "discard", False),
        ("continue", "quarantine", False), ("redirect", "redirect", False), ("tempfail", None, False),
    ],
)  # fmt: skip
def test_what_proofpoint_did_with_a_message(
    disposition: str, action: str | None, arrives: bool, tmp_path: Path
) -> None:
    one = json.loads(proofpoint_stream(MAILS[:1]))
    one["filter"]["disposition"], one["final_action"] = disposition, action
    one["ts"] = f"2026-11-02T06:00:02.058340{'-0700' if action else '-07:00'}"
    items = read(proofpoint_log.CONNECTOR, tmp_path, f"{json.dumps(one)}\n", "a.jsonl")
    assert told(items) == []
    assert list(found(items)) == ([("ada@maine.gov", "x")] if arrives else [])
    for account in found(items).values():
        assert account.signals[0].first_at == datetime(2026, 11, 2, 13, 0, 2, 58340, tzinfo=UTC)


def test_only_those_to_whom_proofpoint_delivered(tmp_path: Path) -> None:
    one = json.loads(proofpoint_stream(MAILS[:1]))
    one["envelope"]["rcpts"] = ["ada@maine.gov", "lee@maine.gov"]
    items = read(proofpoint_log.CONNECTOR, tmp_path, f"{json.dumps(one)}\n", "a.jsonl")
    assert {mailbox for mailbox, _ in found(items)} == {"ada@maine.gov"}


def test_a_word_of_proofpoint_that_is_not_known(tmp_path: Path) -> None:
    text = proofpoint_stream([*MAILS[:3], MAILS[7]])
    odd = proofpoint_stream(MAILS[3:4]).replace('"continue"', '"teleport"')
    items = read(proofpoint_log.CONNECTOR, tmp_path, text + odd, "a.jsonl")
    assert ["'teleport'" in text for text in told(items)] == [True]
    assert ("sam@maine.gov", "linkedin") not in found(items)


@pytest.mark.parametrize("write", [mimecast_old, mimecast_new])
def test_mimecasts_lines_stand_in_files_of_their_own(write: object, tmp_path: Path) -> None:
    assert callable(write)
    lines = [json.loads(line) for line in write(MAILS).splitlines()]
    kinds = {"receipt": [], "process": [], "delivery": []}  # type: ignore[var-annotated]
    for line in lines:
        arrived = line.get("Delivered", line.get("delivered")) is not None
        kinds["delivery" if arrived else "receipt" if "recipients" in line or "Rcpt" in line else "process"].append(
            line
        )
    for kind, own in kinds.items():
        (tmp_path / f"{kind}_1.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in own), encoding="utf-8")
    items = pull(mimecast_log.CONNECTOR, tmp_path, "*.jsonl")
    assert told(items) == []
    assert ("sam@maine.gov", "linkedin") in found(items)
    alone = found(pull(mimecast_log.CONNECTOR, tmp_path, "delivery_1.jsonl"))
    assert ("sam@maine.gov", "linkedin") not in alone  # the envelope is a relay's, and says nothing
    assert ("lee@maine.gov", "linkedin") in alone


@pytest.mark.parametrize("value", [True, "True", False, "false"])
def test_delivered_as_a_boolean_or_a_text(value: object, tmp_path: Path) -> None:
    text = mimecast_old(MAILS[:1]).replace('"Delivered": true', f'"Delivered": {json.dumps(value)}')
    items = read(mimecast_log.CONNECTOR, tmp_path, text, "a.jsonl")
    assert bool(found(items)) == (str(value).lower() == "true")


def test_a_message_id_that_came_with_two_senders_is_nobodys(tmp_path: Path) -> None:
    forged = replace(MAILS[3], sender="verify@x.com", to="kim@maine.gov", arrived=False)
    items = read(mimecast_log.CONNECTOR, tmp_path, mimecast_old([MAILS[3], forged]), "a.jsonl")
    assert found(items) == {}


def test_mimecasts_older_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceChanged, match="Ask Mimecast's API for JSON"):
        read(mimecast_log.CONNECTOR, tmp_path, "datetime=2026-11-02T13:00:01+0000|aCode=a|Act=Acc\n", "a.txt")


@pytest.mark.parametrize("name", ["defender stream", "proofpoint stream", "mimecast 1.0", "mimecast 2.0"])
def test_a_broken_line_is_told_by_its_number(name: str, tmp_path: Path) -> None:
    form = FORMATS[name]
    text = form.write(MAILS[:4])
    broken = '{cut\n\n[1]\n"text"\n'
    items = read(CONNECTORS[form.connector], tmp_path, text + broken + text, form.name)
    number = len(text.splitlines())
    assert [one.where for one in items if isinstance(one, Rejected)] == [
        f"{form.name}:{number + at}" for at in (1, 3, 4)
    ]
    assert {key: one.signals for key, one in found(items).items()} == {
        key: one.signals for key, one in found(read(CONNECTORS[form.connector], tmp_path, text, form.name)).items()
    }


SAMPLES = [
    ("## 1.", exchange_tracking.CONNECTOR, "MSGTRK.LOG", {"pat.doe@state.example.gov"}),
    ("## 3.", exchange_trace.CONNECTOR, "events.csv", {"pat.doe@state.example.gov"}),
    ("## 4.", proofpoint_log.CONNECTOR, "message.jsonl", {"pat.doe@state.example.gov"}),
    ("## 6.", mimecast_log.CONNECTOR, "siem.jsonl", {"pat.doe@state.example.gov"}),
]


@pytest.mark.parametrize(("part", "connector", "name", "arrived"), SAMPLES, ids=[part for part, *_ in SAMPLES])
def test_the_samples_of_the_formats(
    shared: Path, part: str, connector: Connector[Account], name: str, arrived: set[str], tmp_path: Path
) -> None:
    """With a table of signals that knows the samples' sender."""
    page = shared / "data" / "mail_formats.md"
    if not page.exists():
        pytest.skip("the page of formats is not here")
    written = page.read_text(encoding="utf-8").partition(f"\n{part}")[2].partition("\n## ")[0]
    sample = written.split("```")[1].lstrip("\n")
    row = "platform,domains,mailbox,subject,kind,implies,stranger\nx,example.net,,,notification,strong,no\n"
    (tmp_path / "own.csv").write_text(row, encoding="utf-8")
    parts = [line for line in sample.splitlines(keepends=True) if '"type":' in line] if part == "## 6." else []
    items = read(connector, tmp_path, sample, name, signals="own.csv")
    assert {mailbox for mailbox, _ in found(items)} == arrived
    assert not [one for one in items if isinstance(one, Rejected)]
    if parts:
        newer = read(connector, tmp_path, "".join(parts), "new.jsonl", signals="own.csv")
        assert {mailbox for mailbox, _ in found(newer)} == arrived
