"""A ZIP of question files, written the same to the byte each time, and read with every limit that a bomb meets.

Nothing is ever unpacked to the disk: entries are read into memory, one after the other, up to a limit.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from quiz.yamlfile import MAX_BYTES, FileProblems, Problem

MAX_ENTRIES = 6000
MAX_TOTAL = 32 * 1024 * 1024
MAX_RATIO = 100
"""How many times larger an entry may become; YAML that people wrote shrinks to a third."""
INDEX = "revisions.json"
"""The entry that says which revision each file was exported from."""
PLACE = re.compile(r"(?:questions/)?([a-z0-9-]{1,64})/([a-z0-9-]{1,64})/([a-z0-9-]{1,64})\.yaml\Z")
FRAMEWORK = re.compile(
    r"(?:questions/)?((competencies|blueprint)\.yaml|(profiles|resources)/[^/]+|[^/]+/proofs\.json)\Z"
)
LITTER = re.compile(r"(__MACOSX/.*|(.*/)?(\.DS_Store|Thumbs\.db|desktop\.ini))\Z", re.DOTALL)
BEGINNING = (1980, 1, 1, 0, 0, 0)
MODE = 0o644 << 16
LEVEL = 9
ENCRYPTED = 0x1


@dataclass(frozen=True)
class Unpacked:
    """The entries of an archive: question files by area/skill/id.yaml, the index, and what was left out."""

    files: Mapping[str, str]
    index: str | None
    left_out: tuple[str, ...]


def packed(entries: Iterable[tuple[str, str]]) -> Iterator[bytes]:
    """A ZIP of these files (name and text), a piece at a time; equal entries give equal bytes."""
    stream = _Stream()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in entries:
            entry = zipfile.ZipInfo(name, BEGINNING)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, MODE, 3
            archive.writestr(entry, text.encode(), compresslevel=LEVEL)
            yield stream.taken()
    yield stream.taken()


class _Stream(io.RawIOBase):
    """Takes what is written and hands it on; it can't seek, so that nothing has to be kept."""

    def __init__(self) -> None:
        super().__init__()
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        """It is."""
        return True

    def write(self, piece: object) -> int:
        """Keep a piece."""
        kept = bytes(piece)  # type: ignore[call-overload]
        self._pieces.append(kept)
        return len(kept)

    def taken(self) -> bytes:
        """What has come since this was asked last."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def unpacked(data: bytes, name: str) -> Unpacked:
    """Read an archive. Raises FileProblems with every entry that can't be what it should, and why."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise FileProblems([Problem(name, 0, "", f"is no ZIP file that can be read: {error}")]) from None
    with archive:
        entries = [entry for entry in archive.infolist() if not entry.is_dir()]
        if len(entries) > MAX_ENTRIES:
            raise FileProblems([Problem(name, 0, "", f"holds {len(entries)} files; {MAX_ENTRIES} are the most")])
        kept = [entry for entry in entries if not LITTER.match(entry.filename)]
        framework = tuple(entry.filename for entry in kept if FRAMEWORK.match(entry.filename))
        kept = [entry for entry in kept if entry.filename not in framework]
        problems = list(_misnamed(kept))
        if sum(entry.file_size for entry in kept) > MAX_TOTAL:
            problems.append(Problem(name, 0, "", f"becomes larger than {MAX_TOTAL // 2**20} MB when it is unpacked"))
        if problems:
            raise FileProblems(problems)
        texts = _texts(archive, kept)
    return Unpacked({n: t for n, t in texts.items() if n != INDEX}, texts.get(INDEX), framework)


def _misnamed(entries: Iterable[zipfile.ZipInfo]) -> Iterator[Problem]:
    seen: set[str] = set()
    for entry in entries:
        shown = ascii(entry.filename)[1:-1][:120]
        if entry.filename != INDEX and not PLACE.match(entry.filename):
            yield Problem(shown, 0, "", "is not at area/skill/id.yaml; nothing else is read")
        elif entry.flag_bits & ENCRYPTED:
            yield Problem(shown, 0, "", "is encrypted; pack it without a password")
        elif entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            yield Problem(shown, 0, "", "is packed in a way that is not read; use plain ZIP (deflate)")
        elif entry.file_size > MAX_BYTES and entry.filename != INDEX:
            yield Problem(shown, 0, "", f"is larger than {MAX_BYTES // 1024} KB")
        elif entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
            yield Problem(shown, 0, "", f"becomes over {MAX_RATIO} times larger when it is unpacked")
        elif _place(entry.filename) in seen:
            yield Problem(shown, 0, "", "stands in the archive twice")
        seen.add(_place(entry.filename))


def _place(name: str) -> str:
    return name.removeprefix("questions/")


def _texts(archive: zipfile.ZipFile, entries: Iterable[zipfile.ZipInfo]) -> dict[str, str]:
    texts, problems, total = {}, [], 0
    for entry in entries:
        try:
            with archive.open(entry) as file:
                content = file.read(entry.file_size + 1)
            total += len(content)
            if len(content) > entry.file_size or total > MAX_TOTAL:
                problems.append(Problem(entry.filename, 0, "", "is larger than the archive says"))
                break
            texts[_place(entry.filename)] = content.decode("utf-8")
        except UnicodeDecodeError as error:
            problems.append(Problem(entry.filename, 0, "", f"is not UTF-8 text (byte {error.start})"))
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            problems.append(Problem(entry.filename, 0, "", f"can't be unpacked: {error}"))
    if problems:
        raise FileProblems(problems)
    return texts
