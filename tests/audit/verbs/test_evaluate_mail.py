"""The score of the mail signals, on a small labelled file and on the published examples where they are present."""

import csv
from hashlib import sha256
from pathlib import Path

import pytest

from audit.verbs.evaluate_mail import examples, misses, score_mail
from tests.paths import SHARED

HEADINGS = ["platform", "sender", "subject", "kind", "implies_account", "source"]
ROWS = [
    ["X/Twitter", "verify@x.com", "New login to X", "security", "strong", "M: own"],
    ["X/Twitter", "verify@x.com", "New login to X", "security", "weak", "M: mislabelled on purpose"],
    ["LinkedIn", "x@linkedin.com.example", "New sign-in", "phish_spoof", "none", "P: own"],
    [
        "LinkedIn",
        "member@linkedin.com",
        "Invitation to connect on LinkedIn",
        "digest",
        "none",
        "A: wrong kind",
    ],
    ["Tumblr", "no-reply@tumblr.com", "whatever", "marketing", "none", "X: from memory"],
    ["(other) Shop", "shop@shop.example", "Welcome", "welcome", "strong", "M: own"],
]


def labelled(folder: Path, rows: list[list[str]]) -> Path:
    with (folder / "mail_examples.csv").open("w", encoding="utf-8", newline="") as lines:
        csv.writer(lines).writerows([HEADINGS, *rows])
    return folder


def test_score(tmp_path: Path) -> None:
    assert score_mail(labelled(tmp_path, ROWS)) == {
        "kind_accuracy": 3 / 4,
        "implication_accuracy": 3 / 4,
        "overclaimed": 1,
        "n": 4,
    }
    assert score_mail(tmp_path, grades="X") == {
        "kind_accuracy": 0,
        "implication_accuracy": 0,
        "overclaimed": 1,
        "n": 1,
    }
    assert [(miss.line, miss.implies, miss.read_implies) for miss in misses(tmp_path)] == [
        (2, "weak", "strong"),
        (4, "none", "none"),
    ]


def test_an_absent_file_and_an_empty_one(tmp_path: Path) -> None:
    assert score_mail(tmp_path) == {}
    assert score_mail(labelled(tmp_path, []))["n"] == 0


def test_a_file_without_its_columns(tmp_path: Path) -> None:
    (tmp_path / "mail_examples.csv").write_text("sender,subject\na@b.c,x\n")
    with pytest.raises(ValueError, match="no column implies_account, kind, platform, source"):
        score_mail(tmp_path)


@pytest.mark.parametrize("half", [0, 1])
def test_published_examples(tmp_path: Path, half: int) -> None:
    if not (SHARED / "eval" / "mail_examples.csv").exists():
        pytest.skip("the labelled mails are not here: set IDENTITY_AUDIT_SHARED")
    rows = [
        [row[name] for name in HEADINGS]
        for row in examples(SHARED / "eval" / "mail_examples.csv")
        if sha256((row["sender"] + row["subject"]).encode()).digest()[-1] % 2 == half
    ]
    score = score_mail(labelled(tmp_path, rows))
    assert score["n"] > 30
    assert score["kind_accuracy"] >= 0.95
    assert score["implication_accuracy"] >= 0.97
    assert score["overclaimed"] == 0
    assert not [miss for miss in misses(tmp_path) if miss.platform.startswith("(other)")]
