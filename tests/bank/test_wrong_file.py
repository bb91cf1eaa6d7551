from __future__ import annotations

import io
import zipfile

import pytest

from quiz.bank.wrong_file import wrong_file


def zipped(*names: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return held.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("bank.xlsx", zipped("[Content_Types].xml", "xl/workbook.xml"), "Excel workbook"),
        ("bank.docx", zipped("[Content_Types].xml", "word/document.xml"), "Word document"),
        ("bank.ods", zipped("mimetype", "content.xml"), "CSV UTF-8"),
        ("bank.xls", b"\xd0\xcf\x11\xe0\xa1", "old Office file"),
        ("bank.csv", "id;type".encode("utf-16"), "UTF-16"),
        ("bank.tar.gz", b"\x1f\x8b\x08", "gzip"),
        ("one.yaml", b"id: one", "Write as YAML"),
    ],
)
def test_a_file_of_another_kind_is_refused_with_what_to_do(name: str, data: bytes, said: str) -> None:
    assert said in wrong_file(name, data)


@pytest.mark.parametrize("data", [b"id,type\n", b"PK\x03\x04 broken", zipped("programming/sql/a.yaml")])
def test_what_may_be_right_is_left_to_be_read(data: bytes) -> None:
    assert wrong_file("bank.zip", data) == ""
