"""Workbooks under a password: what lies on the disk, who can open it, and that decisions come back from it."""

from __future__ import annotations

import contextlib
import json
import random
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256, sha512
from io import BytesIO
from pathlib import Path
from struct import unpack_from

import openpyxl
import pytest
import python_calamine
from hypothesis import given, settings
from hypothesis import strategies as st
from msoffcrypto.exceptions import InvalidKeyError
from msoffcrypto.format.ooxml import OOXMLFile
from msoffcrypto.method.ecma376_agile import ECMA376Agile

import audit.config
import audit.night.run
from audit.cli import Exit, main
from audit.model.night import Night
from audit.model.settings import ConfigError
from audit.model.sheet import Column, Sheet, Table
from audit.verbs import doctor
from audit.workbook import unlocker, write
from audit.workbook.encrypted import NotEncrypted, decrypted, write_encrypted
from audit.workbook.passwords import LONGEST, Passwords, passwords
from connectors.contract import SourceDown
from connectors.files import formats, sheets
from connectors.http.secrets import Secret
from tests.office import Office, OfficeFault
from tests.states import DAY, State, account, person

NEXT = DAY + timedelta(days=1)
MAIN, OF_DOT, OTHER = "Grüße an 3 Möwen", "Tide-and-Timber-17", "not this one"
TOML = """
[output]
password = { env = "AUDIT_TEST_PASSWORD" }
agency_passwords = { "17" = { file = "17.password" } }
"""


def key(text: str) -> Secret:
    return Secret(text, "the test")


@pytest.fixture
def closed(state: State, monkeypatch: pytest.MonkeyPatch) -> State:
    """A state whose workbooks are encrypted: E-1 findings in two agencies, of which 17 has a password of its own."""
    state.people += [person(f"1{n:04}", f"Pat{n}", "Fernsby", agency_code=("17", "16")[n % 2]) for n in range(4)]
    state.accounts["export"] = [account(f"birch{n}", registered_email=f"pat{n}.fernsby@maine.gov") for n in range(4)]
    (state.folder / "reviews").mkdir()
    (state.folder / "17.password").write_text(f"{OF_DOT}\n", encoding="utf-8")
    monkeypatch.setenv("AUDIT_TEST_PASSWORD", MAIN)
    return state


@pytest.fixture
def full_strength() -> None:
    """Keys are drawn in as many turns as a night draws them."""


@pytest.fixture(autouse=True)
def in_two_turns(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys are drawn in 2 turns for 100,000: every file says in how many, and whoever opens it goes by that."""
    if "full_strength" not in request.fixturenames:
        monkeypatch.setattr(ECMA376Agile, "encrypt", staticmethod(partial(ECMA376Agile.encrypt, spin_count=2)))


def config(state: State, toml: str = TOML) -> Path:
    path = state.write()
    path.write_text(path.read_text(encoding="utf-8") + toml, encoding="utf-8")
    return path


def configured(state: State) -> Passwords | None:
    read = audit.config.load(config(state))
    return passwords(read.output.password, read.output.agency_passwords, read.path)


def night(state: State, day=DAY, toml: str = TOML) -> Night:
    return audit.night.run.run(audit.config.load(config(state, toml)), day)


def books(state: State, day=DAY) -> dict[str, Path]:
    folder = state.folder / "out" / day.isoformat()
    return {path.stem.split()[0]: path for path in sorted(folder.rglob("*.xlsx"))}


def opened(content: bytes, password: str) -> bytes:
    book, plain = OOXMLFile(BytesIO(content)), BytesIO()
    book.load_key(password=password, verify_password=True)
    book.decrypt(plain, verify_integrity=True)
    return plain.getvalue()


def small(size: int = 0) -> bytes:
    """A workbook, plain, with about so many bytes that do not compress."""
    book, content = openpyxl.Workbook(), BytesIO()
    book.active["A1"] = "Tide"
    book.save(content)
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr("xl/media/noise.bin", random.Random(size).randbytes(size))
    return content.getvalue()


def sealed(plain: bytes, password: str = MAIN) -> bytes:
    file = BytesIO()
    write_encrypted(file, plain, key(password))
    return file.getvalue()


# --- what is written -------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("full_strength")
def test_every_workbook_of_a_night_is_encrypted_and_nothing_else(closed: State) -> None:
    night(closed)
    found = books(closed)
    assert sorted(found) == ["16", "17", "audit"]
    for name, path in found.items():
        content = path.read_bytes()
        assert content.startswith(formats.OLE2)
        assert b'spinCount="100000"' in content
        assert b"Fernsby" not in content
        assert "Fernsby".encode("utf-16-le") not in content
        assert path.stat().st_mode & 0o777 == 0o640
        mine, others = (OF_DOT, MAIN) if name == "17" else (MAIN, OF_DOT)
        with pytest.raises(InvalidKeyError):
            opened(content, others)
        plain = opened(content, mine)
        assert name != "audit" or decrypted(content, [key(mine)], path.name) == plain
        assert "Findings" in openpyxl.load_workbook(BytesIO(plain)).sheetnames
        assert "Findings" in python_calamine.CalamineWorkbook.from_filelike(BytesIO(plain)).sheet_names
    lines = (closed.folder / "out" / DAY.isoformat() / "findings.jsonl").read_text(encoding="utf-8")
    assert "Pat0 Fernsby" in lines


def test_the_same_night_gives_the_same_workbooks_under_other_salts(closed: State) -> None:
    night(closed)
    first = {name: path.read_bytes() for name, path in books(closed).items()}
    assert main(["report", "--config", str(closed.folder / "audit.toml")]) == Exit.COMPLETE
    for name, path in books(closed).items():
        password = OF_DOT if name == "17" else MAIN
        assert path.read_bytes() != first[name]
        assert opened(path.read_bytes(), password) == opened(first[name], password)


def test_no_plain_workbook_is_ever_on_the_disk(closed: State, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing asks for a temporary file, and what is moved into its place is encrypted while it is a draft."""
    drafts = []
    moved = Path.replace

    def watched(draft: Path, target: Path) -> Path:
        if target.suffix == ".xlsx":
            drafts.append(draft.read_bytes()[:8])
            lying = [path for path in target.parent.iterdir() if path.is_file()]
            assert not [path for path in lying if path.read_bytes().startswith(b"PK")]
        return moved(draft, target)

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("a temporary file was asked for")

    with monkeypatch.context() as patch:
        for name in ("mkstemp", "NamedTemporaryFile", "TemporaryFile", "SpooledTemporaryFile"):
            patch.setattr(tempfile, name, forbidden)
        patch.setattr("openpyxl.worksheet._writer.NamedTemporaryFile", forbidden)
        patch.setattr(Path, "replace", watched)
        night(closed)
    assert drafts == [formats.OLE2] * 3


def test_what_does_not_come_back_is_not_written(closed: State, monkeypatch: pytest.MonkeyPatch) -> None:
    night(closed)
    before = {path: path.read_bytes() for path in books(closed).values()}
    plain_encrypt = ECMA376Agile.encrypt_payload

    def wrong(payload: BytesIO, *rest: object) -> bytes:
        return plain_encrypt(BytesIO(payload.read()[:-1] + b"!"), *rest)

    monkeypatch.setattr(ECMA376Agile, "encrypt_payload", staticmethod(wrong))
    with pytest.raises(NotEncrypted):
        night(closed)
    assert {path: path.read_bytes() for path in books(closed).values()} == before
    assert not list((closed.folder / "out").rglob("*.tmp"))
    assert main(["report", "--config", str(config(closed))]) == Exit.CANNOT_WRITE


SECTOR, FREE, END, FAT, TABLE = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFC


def chain(fat: list[int], sector: int) -> Iterator[int]:
    seen = set()
    while sector != END:
        assert sector < len(fat)
        assert sector not in seen
        seen.add(sector)
        yield sector
        sector = fat[sector]


@pytest.mark.parametrize("size", [0, 500_000, 7_000_000, 7_200_000, 16_000_000])
def test_the_container_is_as_ms_cfb_has_it(size: int) -> None:
    """Read strictly, by a reader written for this: past 7 MB the table of FAT sectors needs sectors of its own."""
    content = sealed(small(size))

    def numbers(sector: int) -> tuple[int, ...]:
        return unpack_from("<128I", content, SECTOR * (1 + sector))

    fat_sectors, directory, _, _, mini_fat, _, first_table, tables = unpack_from("<8I", content, 44)
    assert len(content) % SECTOR == 0
    listed = list(unpack_from("<109I", content, 76))
    at, table_sectors = first_table, []
    for _ in range(tables):
        table_sectors.append(at)
        *more, at = numbers(at)
        listed += more
    assert at == (END if tables else first_table)
    assert set(listed[fat_sectors:]) <= {FREE}
    listed = listed[:fat_sectors]
    fat = [number for sector in listed for number in numbers(sector)]
    assert {fat[sector] for sector in listed} == {FAT}
    assert {fat[sector] for sector in table_sectors} <= {TABLE}
    assert set(fat[len(content) // SECTOR - 1 :]) <= {FREE}
    entries = b"".join(content[SECTOR * (1 + s) : SECTOR * (2 + s)] for s in chain(fat, directory))
    package = next(
        entries[at : at + 128]
        for at in range(0, len(entries), 128)
        if entries[at : at + 64].decode("utf-16-le").rstrip("\0") == "EncryptedPackage"
    )
    start, length = unpack_from("<IQ", package, 116)
    assert len(list(chain(fat, start))) == -(-length // SECTOR)
    assert list(chain(fat, mini_fat))
    assert tables == (size >= 7_200_000) + (size >= 16_000_000)


def test_a_workbook_is_written_under_a_password(tmp_path: Path) -> None:
    """Through the workbook's own writer; what stood there before stays where the password cannot be applied."""
    path = tmp_path / "a.xlsx"
    sheet = Sheet("Findings", (Table("Findings", (Column("Name", 20),), (("Ada",),)),))
    moment = datetime(2026, 3, 2, tzinfo=UTC)
    write.write_workbook(path, [sheet], created=moment, title="T")
    plain = path.read_bytes()
    write.write_workbook(path, [sheet], created=moment, title="T", store=lambda f, b: write_encrypted(f, b, key(MAIN)))
    assert opened(path.read_bytes(), MAIN) == plain


# --- opening what comes back -----------------------------------------------------------------------------------


def typed(source: Path, target: Path, password: str, finding_id: str, **cells: str) -> Path:
    """Open, type, save under the same password, as Excel does."""
    book = openpyxl.load_workbook(BytesIO(opened(source.read_bytes(), password)))
    page = book["Findings"]
    top = next(row for row in page.iter_rows() if any(cell.value == "Finding ID" for cell in row))
    columns = {cell.value: cell.column for cell in top}
    (row,) = [row for row in page.iter_rows() if row[columns["Finding ID"] - 1].value == finding_id]
    for heading, text in cells.items():
        row[columns[heading] - 1].value = text
    content = BytesIO()
    book.save(content)
    target.write_bytes(sealed(content.getvalue(), password))
    return target


def ids(of: Night) -> dict[str, str]:
    return {finding.handle: finding.finding_id for finding in of.findings}


def test_decisions_come_back_from_encrypted_copies(closed: State) -> None:
    names = ids(night(closed))
    reviews, found = closed.folder / "reviews", books(closed)
    typed(found["audit"], reviews / "mine.xlsx", MAIN, names["birch1"], Disposition="confirmed", Note="spoke")
    theirs = typed(found["17"], reviews / "17 from HR.xlsx", OF_DOT, names["birch0"], Disposition="duplicate")
    second = night(closed, NEXT)
    decided = {finding.handle: (finding.disposition, finding.note) for finding in second.findings}
    assert (decided["birch1"], decided["birch0"]) == (("confirmed", "spoke"), ("duplicate", ""))
    assert second.import_problems == ()
    # The archive keeps what was given, as it was given.
    archive = closed.folder / "out" / "reviews read"
    assert (archive / f"{sha256(theirs.read_bytes()).hexdigest()}.xlsx").read_bytes() == theirs.read_bytes()
    assert {path.read_bytes()[:8] for path in archive.iterdir()} == {formats.OLE2}
    assert night(closed, NEXT + timedelta(days=1)).import_problems == ()


def test_untouched_copies_say_nothing(closed: State) -> None:
    night(closed)
    for path in books(closed).values():
        shutil.copy(path, closed.folder / "reviews")
    second = night(closed, NEXT)
    assert second.import_problems == ()
    assert not [change for change in second.changes if change.kind == "decided"]


@pytest.mark.parametrize(
    ("toml", "says"),
    [(TOML, "a password that audit.toml does not know"), ("", "Name it in audit.toml")],
)
def test_a_copy_that_cannot_be_opened_is_a_problem_and_tried_again(closed: State, toml: str, says: str) -> None:
    one = ids(night(closed))["birch0"]
    path = typed(books(closed)["audit"], closed.folder / "reviews" / "mine.xlsx", MAIN, one, Note="x")
    password = OTHER if toml else MAIN
    path.write_bytes(sealed(opened(path.read_bytes(), MAIN), password))
    (problem,) = night(closed, NEXT, toml).import_problems
    assert problem.where == "mine.xlsx"
    assert says in problem.reason
    path.write_bytes(sealed(opened(path.read_bytes(), password), MAIN))
    third = night(closed, NEXT + timedelta(days=1))
    assert ({finding.note for finding in third.findings if finding.finding_id == one}, third.import_problems) == (
        {"x"},
        (),
    )


def test_a_plain_copy_is_read_all_the_same(closed: State) -> None:
    one = ids(night(closed))["birch0"]
    path = typed(books(closed)["audit"], closed.folder / "reviews" / "mine.xlsx", MAIN, one, Note="x")
    path.write_bytes(opened(path.read_bytes(), MAIN))
    assert {finding.note for finding in night(closed, NEXT).findings if finding.finding_id == one} == {"x"}


def test_what_is_encrypted_meets_the_same_guards(closed: State) -> None:
    night(closed)
    plain = BytesIO(small())
    with zipfile.ZipFile(plain, "a") as archive:
        archive.writestr("xl/vbaProject.bin", "x")
    (closed.folder / "reviews" / "macros.xlsx").write_bytes(sealed(plain.getvalue()))
    (closed.folder / "reviews" / "old.xlsx").write_bytes(formats.OLE2 + b"\0" * 5_000)
    said = {problem.where: problem.reason for problem in night(closed, NEXT).import_problems}
    assert "holds macros" in said["macros.xlsx"]
    assert "old Excel format" in said["old.xlsx"]
    assert not (closed.folder / "out" / "reviews read").exists()


def test_a_file_that_takes_too_long_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = sha512()  # of any key: within the second nobody learns that it opens nothing
    with monkeypatch.context() as patch:
        patch.setattr(ECMA376Agile, "_derive_iterated_hash_from_password", staticmethod(lambda *_: drawn))
        content = ECMA376Agile.encrypt(MAIN, BytesIO(small()), spin_count=10_000_000)
    monkeypatch.setattr(sheets, "SECONDS", 1)
    with pytest.raises(SourceDown, match=r"slow\.xlsx could not be decrypted within"):
        decrypted(content, [key(MAIN)], "slow.xlsx")


@pytest.mark.parametrize("cut", [600, 4_000, 9_000])
def test_a_damaged_file_is_told_in_words(cut: int) -> None:
    with pytest.raises(SourceDown, match=r"half\.xlsx is encrypted in a way that is not read, or damaged"):
        decrypted(sealed(small())[:cut], [key(MAIN)], "half.xlsx")


PLAIN = small()
CHEAP = ECMA376Agile.encrypt(MAIN, BytesIO(PLAIN), spin_count=2)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(CHEAP) - 1), st.binary(min_size=1, max_size=8)), min_size=1, max_size=6))
def test_no_damage_is_a_surprise(changes: list[tuple[int, bytes]]) -> None:
    content = bytearray(CHEAP)
    for at, put in changes:
        content[at : at + len(put)] = put
    with contextlib.suppress(*unlocker.DAMAGED):
        assert unlocker._opened(bytes(content), [MAIN]) in (None, PLAIN)


# --- LibreOffice -----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("full_strength")
def test_libreoffice_opens_and_saves_under_the_password(closed: State, tmp_path: Path) -> None:
    office = Office(tmp_path / "office")
    (closed.folder / "17.password").write_text("Spruce5", encoding="ascii")  # a script takes plain letters only
    one = ids(night(closed))["birch0"]
    source, target = books(closed)["17"], closed.folder / "reviews" / "saved.xlsx"
    with pytest.raises(OfficeFault):
        office.edit(source, target, opening=OTHER)
    orders = [("type", "Findings", one, "Note", "typed in LibreOffice")]
    office.edit(source, target, orders, opening="Spruce5", closing="Spruce5")
    assert target.read_bytes().startswith(formats.OLE2)
    second = night(closed, NEXT)
    assert {f.note for f in second.findings if f.finding_id == one} == {"typed in LibreOffice"}
    assert second.import_problems == ()


def test_libreoffice_opens_a_large_one(tmp_path: Path) -> None:
    office = Office(tmp_path / "office")
    (tmp_path / "large.xlsx").write_bytes(sealed(small(8_000_000), "Spruce5"))
    plain = office.edit(tmp_path / "large.xlsx", tmp_path / "plain.xlsx", opening="Spruce5")
    assert openpyxl.load_workbook(plain).active["A1"].value == "Tide"


# --- configuration ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("toml", "says"),
    [
        ('password = "hunter2"', "is not written into audit.toml"),
        ('password = { env = "A", file = "b" }', "is not written into audit.toml"),
        ('password = { secret = "hunter2" }', "is not a setting"),
        ('password = { env = "" }', "output.password.env"),
        ('agency_passwords = { "17" = { env = "A" } }', "need a password beside them"),
        ('password = { env = "A" }\nagency_passwords = { "17" = "hunter2" }', "is not written into audit.toml"),
    ],
)
def test_faults_in_audit_toml(closed: State, toml: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says) as fault:
        audit.config.load(config(closed, f"\n[output]\n{toml}\n"))
    assert "hunter2" not in str(fault.value)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (None, "environment variable AUDIT_TEST_PASSWORD is not set or empty"),
        ("  ", "environment variable AUDIT_TEST_PASSWORD is not set or empty"),
        ("x" * (LONGEST + 1), "more than the 255 letters"),
        ("two\nlines", "a line break"),
    ],
)
def test_a_password_that_cannot_be_had_stops_the_night_before_it_begins(
    closed: State, monkeypatch: pytest.MonkeyPatch, value: str | None, says: str
) -> None:
    if value is None:
        monkeypatch.delenv("AUDIT_TEST_PASSWORD")
    else:
        monkeypatch.setenv("AUDIT_TEST_PASSWORD", value)
    path = config(closed)
    with pytest.raises(ConfigError, match=says):
        night(closed)
    assert main(["run", "--config", str(path), "--as-of", DAY.isoformat()]) == Exit.CONFIGURATION
    assert books(closed) == {}
    lines, usable = doctor.examine(audit.config.load(path), DAY)
    assert not usable
    assert says in lines[-1]


def test_a_missing_file_and_an_unknown_agency(closed: State) -> None:
    (closed.folder / "17.password").unlink()
    with pytest.raises(ConfigError, match=r"agency_passwords\] 17: the file .*17\.password cannot be read"):
        night(closed)
    (closed.folder / "71.password").write_text(OF_DOT, encoding="utf-8")
    with pytest.raises(ConfigError, match="71: there is no agency with this code"):
        night(closed, toml=TOML.replace("17", "71"))


def test_the_doctor_says_where_the_password_is_and_not_what(closed: State) -> None:
    lines, _ = doctor.examine(audit.config.load(config(closed)), DAY)
    assert lines[-1] == (
        "ok       workbooks: encrypted, with the password from the environment variable AUDIT_TEST_PASSWORD; "
        "1 agencies have one of their own"
    )
    assert MAIN not in "\n".join(lines)


def test_passwords_are_tried_where_they_fit_first(closed: State) -> None:
    found = configured(closed)
    assert found is not None
    assert [one.reveal() for one in found.to_try("HR/17 back.xlsx")] == [OF_DOT, MAIN]
    assert [one.reveal() for one in found.to_try("audit.xlsx")] == [MAIN, OF_DOT]
    assert [one.reveal() for one in replace(found, agencies={"17": found.main}).to_try("audit.xlsx")] == [MAIN]


def test_letters_are_taken_as_keyboards_give_them(closed: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_TEST_PASSWORD", "Gru\u0308\u00dfe")
    found = configured(closed)
    assert found is not None
    assert found.main.reveal() == "Gr\u00fc\u00dfe"


def test_no_password_is_written_anywhere(closed: State) -> None:
    night(closed)
    for path in (closed.folder / "out").rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            for text in (MAIN, OF_DOT):
                assert text.encode() not in content, path
                assert text.encode("utf-16-le") not in content, path
    told = json.loads((closed.folder / "out" / "latest" / "run.json").read_text(encoding="utf-8"))
    assert MAIN not in json.dumps(told, ensure_ascii=False)
