import errno
import os
from pathlib import Path

import pytest

from audit.cli import main
from audit.verbs.refusals import refusal_in_words
from tests.states import State

NOBODY = 65534


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can give a file away")
@pytest.mark.parametrize("missing", [False, True], ids=["a file", "a file that could not be made"])
def test_what_is_somebody_elses_is_told_with_both_names(tmp_path: Path, missing: bool) -> None:
    path = tmp_path / "out" / ".lock"
    path.parent.mkdir()
    if not missing:
        path.touch()
    owned = path.parent if missing else path
    os.chown(owned, NOBODY, NOBODY)
    told = refusal_in_words(PermissionError(13, "Permission denied", str(path)))
    assert told.startswith(
        f"{path}: Permission denied. {owned} belongs to nobody, and this runs as root. Run it as nobody"
    )


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (PermissionError(13, "Permission denied", __file__), "Permission denied. "),
        (PermissionError("audit.xlsx is open"), "audit.xlsx is open"),
        (OSError(errno.EIO, "Input/output error", "x"), f"[Errno {errno.EIO}] Input/output error: 'x'"),
        (OSError(errno.ENOSPC, "No space left on device", "x"), "x: No space left on device. Make room"),
        (
            FileExistsError(errno.EEXIST, "File exists", "out"),
            "out: File exists. A file stands where a folder must be.",
        ),
    ],
)
def test_any_other_fault_says_what_it_said(fault: OSError, says: str) -> None:
    assert says in refusal_in_words(fault)


def test_a_refused_ledger_costs_a_verb_its_exit_code_and_a_sentence(
    state: State, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied", str(state.folder / "out"))

    monkeypatch.setattr("audit.cli.only_run_in", refuse)
    assert main(["purge", "--yes", "--config", str(state.write())]) == 73
    assert f"identity-audit: {state.folder / 'out'}: Permission denied. " in capsys.readouterr().err
