"""Lines that are no TOML, as people write them, and what they are told to do."""

from pathlib import Path

import pytest

from audit.model.settings import ConfigError
from audit.settings_file import settings_in


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("path = “hr.csv”", "Write straight ones"),
        ("path = hr.csv", 'Put text between quotation marks: path = "…".'),
        ('state: "ME"', "Write = between a setting and its value: state = …"),
        ("confirmed = True", "small letters: confirmed = true."),
        ("confirmed = YES  # asked", "small letters: confirmed = true."),
        ("[sources.my accounts]", 'stands in quotation marks: "my accounts".'),
        ("[my accounts]", 'stands in quotation marks: "my accounts".'),
        ('path = "C:\\HR\\hr.csv"', "'C:\\HR\\hr.csv' or \"C:/HR/hr.csv\""),
        ("[output]", "Give one of the two another name, or remove it."),
        ('folder = "b"', "Give one of the two another name, or remove it."),
        ('[night', "Correct that line."),
        ("days = 1 2", "Correct that line."),
    ],
)  # fmt: skip
def test_a_line_that_is_no_toml_is_told_with_its_mend(tmp_path: Path, line: str, says: str) -> None:
    path = tmp_path / "audit.toml"
    path.write_text(f'[output]\nfolder = "a"\n{line}\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="not valid TOML") as fault:
        settings_in(path)
    assert says in str(fault.value)
    assert "line 3" in str(fault.value)


def test_a_value_that_may_be_a_secret_is_not_repeated(tmp_path: Path) -> None:
    path = tmp_path / "audit.toml"
    path.write_text("[output]\npassword = hunter2\n", encoding="utf-8")
    with pytest.raises(ConfigError) as fault:
        settings_in(path)
    assert "hunter2" not in str(fault.value)
