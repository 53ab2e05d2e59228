"""What a night has to say: the sheets of its workbooks, the lines of findings.jsonl, the values of run.json. Pure."""

from audit.report.books import agencies_with_a_book, agency_sheets, sheets
from audit.report.json_files import jsonl, plain_finding, run_json
from audit.report.leavers_sheet import leavers_book
from audit.report.notices import notice_sheets
from audit.report.parcel import mail_text
from audit.report.reader import reader_of

__all__ = [
    "agencies_with_a_book",
    "agency_sheets",
    "jsonl",
    "leavers_book",
    "mail_text",
    "notice_sheets",
    "plain_finding",
    "reader_of",
    "run_json",
    "sheets",
]
