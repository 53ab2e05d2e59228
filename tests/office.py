"""LibreOffice driven by a script, without a window: what an analyst does in it, and what it makes of a workbook."""

from __future__ import annotations

import html
import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

import openpyxl
import pytest

MACROS = """
Option Explicit

' A property of a document's loading or storing.
Function Named(title As String, content As Variant) As com.sun.star.beans.PropertyValue
  Dim one As New com.sun.star.beans.PropertyValue
  one.Name = title
  one.Value = content
  Named = one
End Function

Function Opened(address As String, secret As String) As Object
  If secret = "" Then
    Opened = StarDesktop.loadComponentFromURL(address, "_blank", 0, Array(Named("Hidden", True)))
  Else
    Opened = StarDesktop.loadComponentFromURL(address, "_blank", 0, _
      Array(Named("Hidden", True), Named("Password", secret)))
  End If
End Function

Function Value(title As String, content As Variant) As com.sun.star.beans.NamedValue
  Dim one As New com.sun.star.beans.NamedValue
  one.Name = title
  one.Value = content
  Value = one
End Function

Sub Stored(book As Object, address As String, secret As String)
  If secret = "" Then
    book.storeToURL(address, Array(Named("FilterName", "Calc MS Excel 2007 XML")))
  Else
    book.storeToURL(address, Array(Named("FilterName", "Calc MS Excel 2007 XML"), Named("EncryptionData", _
      Array(Value("CryptoType", "StrongEncryptionDataSpace"), Value("OOXPassword", secret)))))
  End If
  book.close(True)
End Sub

' Open a workbook, carry out the orders of another one row by row, and save it under a new name.
Sub Edit(source As String, orders As String, target As String, opening As String, closing As String)
  Dim book As Object, ordering As Object, list As Object, row As Long
  On Error GoTo Fault
  book = Opened(source, opening)
  ordering = Opened(orders, "")
  list = ordering.Sheets.getByIndex(0)
  row = 0
  Do While list.getCellByPosition(0, row).getString() <> ""
    Obey(book, list, row)
    row = row + 1
  Loop
  ordering.close(True)
  Stored(book, target, closing)
  Exit Sub
Fault:
  Open ConvertFromURL(target & ".fault") For Output As #1
  Print #1, "order " & row & ", line " & Erl & ": " & Error$
  Close #1
  StarDesktop.terminate()
End Sub

' One order: verb, sheet, finding id or heading, heading or direction, text.
Sub Obey(book As Object, list As Object, row As Long)
  Dim page As Object, verb As String, first As String, second As String, cell As Object, top As Long
  verb = list.getCellByPosition(0, row).getString()
  page = book.Sheets.getByName(list.getCellByPosition(1, row).getString())
  first = list.getCellByPosition(2, row).getString()
  second = list.getCellByPosition(3, row).getString()
  top = HeadingRow(page)
  Select Case verb
    Case "type"
      cell = page.getCellByPosition(ColumnOf(page, top, second), RowOf(page, top, first))
      cell.setString(list.getCellByPosition(4, row).getString())
    Case "enter"
      cell = page.getCellByPosition(ColumnOf(page, top, second), RowOf(page, top, first))
      cell.setFormula(list.getCellByPosition(4, row).getString())
    Case "column"
      page.getCellByPosition(LastColumn(page) + 1, top).setString(first)
    Case "delete"
      page.Rows.removeByIndex(RowOf(page, top, first), 1)
    Case "sort"
      Sorted(page, top, ColumnOf(page, top, first), second = "up")
    Case "filter"
      Filtered(page, top, ColumnOf(page, top, first), second)
    Case "rename"
      page.setName(first)
  End Select
End Sub

Function LastRow(page As Object) As Long
  Dim cursor As Object
  cursor = page.createCursor()
  cursor.gotoEndOfUsedArea(False)
  LastRow = cursor.RangeAddress.EndRow
End Function

Function LastColumn(page As Object) As Long
  Dim cursor As Object
  cursor = page.createCursor()
  cursor.gotoEndOfUsedArea(False)
  LastColumn = cursor.RangeAddress.EndColumn
End Function

Function HeadingRow(page As Object) As Long
  Dim row As Long
  For row = 0 To LastRow(page)
    If ColumnOf(page, row, "Finding ID") >= 0 Then
      HeadingRow = row
      Exit Function
    End If
  Next
  HeadingRow = -1
End Function

Function ColumnOf(page As Object, top As Long, heading As String) As Long
  Dim column As Long
  For column = 0 To LastColumn(page)
    If page.getCellByPosition(column, top).getString() = heading Then
      ColumnOf = column
      Exit Function
    End If
  Next
  ColumnOf = -1
End Function

Function RowOf(page As Object, top As Long, id As String) As Long
  Dim row As Long, column As Long
  column = ColumnOf(page, top, "Finding ID")
  For row = top + 1 To LastRow(page)
    If page.getCellByPosition(column, row).getString() = id Then
      RowOf = row
      Exit Function
    End If
  Next
  RowOf = -1
End Function

Function Body(page As Object, top As Long, headings As Long) As Object
  Body = page.getCellRangeByPosition(0, top + 1 - headings, LastColumn(page), LastRow(page))
End Function

Sub Sorted(page As Object, top As Long, column As Long, upward As Boolean)
  Dim field As New com.sun.star.table.TableSortField
  field.Field = column
  field.IsAscending = upward
  Body(page, top, 0).sort(Array(Named("SortFields", Array(field)), Named("ContainsHeader", False)))
End Sub

Sub Filtered(page As Object, top As Long, column As Long, text As String)
  Dim range As Object, wanted As Object, field As New com.sun.star.sheet.TableFilterField
  range = Body(page, top, 1)
  wanted = range.createFilterDescriptor(True)
  field.Field = column
  field.Operator = com.sun.star.sheet.FilterOperator.EQUAL
  field.IsNumeric = False
  field.StringValue = text
  wanted.setFilterFields(Array(field))
  wanted.ContainsHeader = True
  range.filter(wanted)
End Sub
"""

SECONDS = 90
"""One start, with everything that is to be done in it."""

_PLACE = "-//OpenOffice.org//DTD OfficeDocument 1.0//EN"
_LIBRARY = f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "{_PLACE}" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false"
 library:passwordprotected="false"><library:element library:name="Night"/></library:library>
"""
_MODULE = f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "{_PLACE}" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Night" script:language="StarBasic">
{html.escape(MACROS)}</script:module>
"""


class OfficeFault(Exception):
    """LibreOffice could not open the workbook, or stopped at an order."""


class Office:
    """A LibreOffice with a profile of its own below `folder`; skips the test where none is installed."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("soffice")
        if program is None:
            pytest.skip("LibreOffice is not installed")
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.command = [program, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--norestore"]
        self._run("--terminate_after_init")  # the first start makes the profile
        library = folder / "profile" / "user" / "basic" / "Standard"
        (library / "script.xlb").write_text(_LIBRARY, encoding="utf-8")
        (library / "Night.xba").write_text(_MODULE, encoding="utf-8")

    def _run(self, *arguments: str) -> None:
        process = subprocess.Popen(
            [*self.command, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        try:
            code = process.wait(SECONDS)
        except subprocess.TimeoutExpired:  # its window manager is not there to ask: end what was started, and only that
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise
        assert code == 0

    def edit(
        self,
        source: Path,
        target: Path,
        orders: Sequence[tuple[str, ...]] = (),
        *,
        opening: str = "",
        closing: str = "",
    ) -> Path:
        """Open `source`, do what `orders` say (verb, sheet, …: see the macro), save as `target`; passwords in ASCII."""
        path = self.folder / "orders.xlsx"
        book = openpyxl.Workbook()
        page = book.active
        for row, order in enumerate(orders, 1):
            for column, text in enumerate(order, 1):
                cell = page.cell(row, column)
                cell.value, cell.data_type, cell.number_format = text, "s", "@"
        book.save(path)
        given = (source.absolute().as_uri(), path.as_uri(), target.absolute().as_uri(), opening, closing)
        fault = target.with_name(f"{target.name}.fault")
        target.unlink(missing_ok=True)
        self._run(f"macro:///Standard.Night.Edit({','.join(chr(34) + text + chr(34) for text in given)})")
        if fault.exists():
            said = fault.read_text(encoding="utf-8", errors="replace")
            fault.unlink()
            raise OfficeFault(said)
        return target
