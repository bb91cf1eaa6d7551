from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quiz.bank.archive import MAX_ENTRIES, packed, unpacked
from quiz.yamlfile import FileProblems

NAME = st.from_regex(r"[a-z]{1,9}/[a-z]{1,9}/[a-z0-9-]{1,9}\.yaml", fullmatch=True)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
GOOD = "programming/sql/a.yaml"


def made(*entries: tuple[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", how) as archive:
        for name, content in entries:
            archive.writestr(zipfile.ZipInfo(name), content, how)
    return stream.getvalue()


def encrypted() -> bytes:
    data = bytearray(made((GOOD, b"x")))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def said(data: bytes) -> str:
    with pytest.raises(FileProblems) as caught:
        unpacked(data, "questions.zip")
    return str(caught.value)


@given(st.dictionaries(NAME, TEXT, max_size=5))
def test_what_was_packed_comes_out_and_packs_to_the_same_bytes(files: dict[str, str]) -> None:
    data = b"".join(packed(files.items()))
    assert unpacked(data, "a.zip").files == files
    assert b"".join(packed(files.items())) == data


@pytest.mark.parametrize(
    "name",
    [
        *("../../etc/passwd", "/etc/passwd", "programming/../sql/a.yaml", "programming\\sql\\a.yaml", "a.yaml"),
        *(
            "x/programming/sql/a.yaml",
            "programming/sql/a.yaml.zip",
            "programming/sql/A.yaml",
            "programming/sql/a.yaml\n",
        ),
        "programming/sql/\u202ea.yaml",
    ],
)
def test_files_elsewhere_than_in_area_and_skill_are_refused(name: str) -> None:
    assert "is not at area/skill/id.yaml" in said(made((name, b"x")))


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: made((GOOD, b"x" * 200_000)), "becomes over 100 times larger"),
        (lambda: made((GOOD, b"x" * 300_000), how=zipfile.ZIP_STORED), "is larger than 256 KB"),
        (lambda: made(*((f"a/b/{i}.yaml", b"") for i in range(MAX_ENTRIES + 1))), "are the most"),
        (lambda: made((GOOD, b"x"), how=zipfile.ZIP_LZMA), "use plain ZIP"),
        (lambda: made((GOOD, b"x"), (f"questions/{GOOD}", b"y")), "stands in the archive twice"),
        (lambda: made((GOOD, b"\xff\xfe")), "is not UTF-8 text"),
        (encrypted, "is encrypted"),
        (lambda: made((GOOD, b"x" * 50))[:-30], "is no ZIP file"),
        (lambda: b"PK\x05\x06", "is no ZIP file"),
        (
            lambda: made((GOOD, b"hello hello")).replace(b"\xcbH\xcd\xc9\xc9W", b"\xcbH\xcd\xc9\xc9V", 1),
            "can't be unpacked",
        ),
    ],
)
def test_bombs_and_broken_archives_are_refused_with_the_reason(make: Callable[[], bytes], why: str) -> None:
    assert why in said(make())


def test_an_entry_that_is_larger_than_it_says_is_not_read_on() -> None:
    data = made((GOOD, bytes(range(256)) * 4))
    small, large = (100).to_bytes(4, "little"), (1024).to_bytes(4, "little")
    assert large in data
    assert "can't be unpacked" in said(data.replace(large, small))


def test_the_framework_and_what_systems_add_are_left_out_and_told() -> None:
    found = unpacked(
        made((GOOD, b"x"), ("questions/profiles/a.yaml", b"x"), ("__MACOSX/._a", b"x"), (".DS_Store", b"x")), "a.zip"
    )
    assert (list(found.files), found.left_out) == ([GOOD], ("questions/profiles/a.yaml",))
