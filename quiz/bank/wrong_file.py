"""What to do with a file that is none of those that can be imported."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

AS_CSV = "open it there, choose “Save as” and “CSV UTF-8”, and import that file"
BEGINNINGS: Mapping[bytes, str] = {
    b"\xd0\xcf\x11\xe0": f"is an old Office file: {AS_CSV}",
    b"\xff\xfe": f"is text in UTF-16: {AS_CSV}",
    b"\xfe\xff": f"is text in UTF-16: {AS_CSV}",
    b"%PDF": "is a PDF, from which no question can be read: import a ZIP of YAML files, or a CSV file",
    b"\x1f\x8b": "is packed with gzip: unpack it, and pack the folder as a plain ZIP",
    b"7z\xbc\xaf": "is packed with 7-Zip: unpack it, and pack the folder as a plain ZIP",
    b"Rar!": "is packed with RAR: unpack it, and pack the folder as a plain ZIP",
}
OFFICE: Mapping[str, str] = {
    "xl/": f"is an Excel workbook: {AS_CSV}",
    "word/": "is a Word document, from which no question can be read: import a ZIP of YAML files, or a CSV file",
    "content.xml": f"is an OpenDocument file: {AS_CSV}",
}
"""By what a file that is a ZIP inside holds."""


def wrong_file(name: str, data: bytes) -> str:
    """What this file is and what to do with it, as the rest of a sentence about it; empty where it may be right."""
    if name.lower().endswith((".yaml", ".yml")):
        return "is a single YAML file: pack it into a ZIP as area/skill/id.yaml, or paste it under “Write as YAML”"
    if data[:2] != b"PK":
        return next((said for beginning, said in BEGINNINGS.items() if data.startswith(beginning)), _unread(data))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            inside = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return ""
    return next((said for start, said in OFFICE.items() if any(one.startswith(start) for one in inside)), "")


def _unread(data: bytes) -> str:
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return f"is neither a ZIP file nor UTF-8 text (byte {error.start}); in a spreadsheet, choose “CSV UTF-8”"
    return ""
