"""What a night has to say: the sheets of its workbooks, the lines of findings.jsonl, the values of run.json.

Pure but for `audit.report.workbook`, which alone knows a spreadsheet library.
"""

from audit.report.books import agency_codes, agency_sheets, sheets
from audit.report.json_files import jsonl, plain_finding, run_json
from audit.report.notices import notice_sheets

__all__ = ["agency_codes", "agency_sheets", "jsonl", "notice_sheets", "plain_finding", "run_json", "sheets"]
