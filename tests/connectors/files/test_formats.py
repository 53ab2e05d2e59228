"""Formats that are not read: each by its content and by its ending, with the sentence on how to save it."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from audit.verbs.exports import recognize
from connectors import accounts_csv, hr_csv
from connectors.contract import Raw, Remark, Source, SourceDown
from connectors.files import formats

FIXED = "ID     NAME       MAIL\n0071   Hale, Bo   bo@vermont.gov\n0072   Roe, Al    al@vermont.gov\n"
TABLE = "platform\thandle\nx\tann\n"


def zipped(*names: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name in names:
            archive.writestr(name, "application/vnd.oasis.opendocument.spreadsheet" if name == "mimetype" else "x")
    return target.getvalue()


def old(stream: str) -> bytes:
    return formats.OLE2 + b"\0" * 600 + stream.encode("utf-16-le") + b"\0" * 60


CONTENTS: list[tuple[str, bytes | str, str]] = [
    ("people.xls", old("Workbook"), "old Excel format"),
    ("people.xls", "<html><body><table><tr><td>ID</td></tr></table>", r"web page \(HTML\).*save it there as an Excel"),
    ("people.xls", '<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "XML"),
    ("people.xls", "no table at all", "old Excel format"),
    ("people.ods", zipped("mimetype", "content.xml"), "OpenDocument"),
    ("people.csv", zipped("mimetype", "content.xml"), "OpenDocument spreadsheet .* under another name"),
    ("people.xlsb", zipped("xl/workbook.bin"), "binary workbook"),
    ("people.numbers", zipped("Index/Document.iwa"), "Apple Numbers"),
    ("people.docx", zipped("word/document.xml"), "Word document"),
    ("people.doc", old("WordDocument"), "Word document"),
    ("people.txt", r"{\rtf1\ansi people}", "Word document"),
    ("people.pdf", "%PDF-1.7\n", "is a PDF"),
    ("people.csv", "%PDF-1.7\n", "is a PDF under another name"),
    ("people.ldif", "version: 1\ndn: CN=Bo Hale,OU=DOT\nmail: bo@vermont.gov\n", "LDIF.*csvde"),
    ("people.txt", "# export\ndn:: Q049Qm8=\nmail: bo@vermont.gov\n", "LDIF file under another name"),
    ("site.xml", '<?xml version="1.0"?><rss xmlns:wp="http://wordpress.org/export/1.2/"><channel>', "WordPress export"),
    ("people.xml", "<?xml version='1.0'?><people><person/></people>", "is XML"),
    ("people.csv", "<people>\n <person>", "is XML under another name"),
    ("people.csv", "<!DOCTYPE html>\n<html><head><title>Sign in</title>", "sign in, download the export again"),
    ("people.html", "<table><tr><td>1", r"web page \(HTML\)"),
    ("people.yaml", "people:\n  - id: 1\n", "is YAML"),
    ("people.txt", "---\n- id: 1\n  name: Bo\n", "is YAML under another name"),
    ("people.mdb", b"\x00\x01\x00\x00Standard Jet DB\x00", "Access database"),
    ("people.accdb", b"\x00\x01\x00\x00Standard ACE DB\x00", "Access database"),
    ("people.eml", "Received: from x\nSubject: list\n", "is a mail"),
    ("people.txt", "From hr@vermont.gov Mon Nov 23\n", "is a mail under another name"),
    ("people.msg", old("__substg1.0_0037001F"), "mail of Outlook"),
    ("people.pst", b"!BDN1234", "mailbox of Outlook"),
    ("people.txt", FIXED, "fixed width"),
]  # fmt: skip
IDS = [f"{name} {sentence}" for name, _, sentence in CONTENTS]


@pytest.mark.parametrize(("name", "content", "sentence"), CONTENTS, ids=IDS)
def test_what_is_not_read_says_how_to_save_it(name: str, content: bytes | str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(SourceDown, match=sentence) as caught:
        list(hr_csv.CONNECTOR.fetch(Source("directory", tmp_path, {"path": name})))
    assert str(caught.value).startswith(name)
    assert "not read" in str(caught.value)
    export = recognize(tmp_path / name)
    assert (export.connector, export.why) == ("", str(caught.value))


READ = [
    ("people.xls", TABLE.encode()),
    ("people.xls", TABLE.encode("utf-16")),
    ("people.csv", b"DN,platform,handle\nCN=x,x,ann\n"),
    ("people.csv", b"Received,platform,handle\n1,x,ann\n"),
    ("people.txt", b"platform;handle\nx;ann\n"),
    ("people.csv", b"<b>,platform,handle\n1,x,ann\n"),
]


@pytest.mark.parametrize(("name", "content"), READ)
def test_a_table_of_text_is_read_whatever_its_name(name: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    items = list(accounts_csv.CONNECTOR.fetch(Source("list", tmp_path, {"path": name})))
    assert [item.values["handle"] for item in items if isinstance(item, Raw)] == ["ann"]


def test_a_folder_tells_each_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for name, content in (("list.csv", TABLE), ("a.pdf", "%PDF-1.7"), ("b.xls", TABLE), ("c.ldif", "dn: CN=x\n")):
        (tmp_path / "in" / name).write_text(content, encoding="utf-8")
    items = list(accounts_csv.CONNECTOR.fetch(Source("list", tmp_path, {"path": "in"})))
    told = {item.where: item.text for item in items if isinstance(item, Remark) and item.unread}
    assert sorted(told) == ["in/a.pdf", "in/b.xls", "in/c.ldif"]
    assert "is a PDF" in told["in/a.pdf"]
    assert "name it in path" in told["in/b.xls"]
    assert "csvde" in told["in/c.ldif"]


@pytest.mark.parametrize("ending", sorted(formats.ENDINGS))
def test_every_ending_has_its_sentence(ending: str, tmp_path: Path) -> None:
    (tmp_path / f"list{ending}").write_text("?", encoding="utf-8")
    with pytest.raises(SourceDown, match=r"is not read\. .+\."):
        list(accounts_csv.CONNECTOR.fetch(Source("list", tmp_path, {"path": f"list{ending}"})))
