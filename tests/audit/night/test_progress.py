"""What is said about a long step: bytes where files are read, items else; a line every so often."""

import logging
import time

import pytest

from audit.night import progress


@pytest.mark.parametrize(
    ("items", "read", "told", "share"),
    [
        (0, (0, 0), "0 read", (0, 200)),
        (20_114, (0, 0), "20,114 read", (20_114, 200)),
        (0, (500_000_000, 2_341_219_468), "500 of 2,341 MB", (500_000_000, 2_341_219_468)),
        (7, (1_200_000, 9_000_000), "1 of 9 MB, 7 read", (1_200_000, 9_000_000)),
        (3, (812, 2_000), "812 of 2,000 bytes, 3 read", (812, 2_000)),
    ],
)
def test_told(items: int, read: tuple[int, int], told: str, share: tuple[int, int]) -> None:
    step = progress.Step(lambda _: None, 1.0, 200, items, read)
    assert (step.told(), step.share()) == (told, share)


def test_log_lines_come_every_so_often(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    begun = time.monotonic()
    now = [begun]
    monkeypatch.setattr("audit.night.progress.time.monotonic", lambda: now[0])
    caplog.set_level(logging.INFO, "identity-audit")
    with progress.step("mail") as step:
        for second in range(40):
            now[0] = begun + second + 0.5
            step.at_byte(second * 1_000_000, 40_000_000)
        step.advance(5)
    assert caplog.messages == ["mail: 15 of 40 MB", "mail: 30 of 40 MB", "mail: done"]


def test_a_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    import sys

    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with progress.step("mail", 100) as step:
        step.at_byte(40_000_000, 40_000_000)
        step.advance(12)
    assert "40 of 40 MB, 12 read" in capsys.readouterr().err
