"""Reading and writing YAML that people wrote: every error at once, with file, line and field.

Files are refused when they are larger than 256 KB, deeper than 20 levels, hold more than 10,000 nodes,
or use aliases, tags or duplicate keys: none is needed here and each has been used to hurt a server.
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString
from yaml.events import (
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    MappingEndEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from quiz.yamllines import Lines, UnusualError

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20
MAX_NODES = 10_000
MAX_INTEGER = 2**63 - 1

_UNREADABLE = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that YAML forbids, and three that one version of it takes for the end of a line and another does not."""
_UNUSUAL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]|^\n*\t")
"""What a block or plain text would not give back as it was."""
_PLAIN = re.compile(
    r"(?P<null>~|null|Null|NULL|)|(?P<bool>true|True|TRUE|false|False|FALSE)"
    r"|(?P<float>[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+"
    r"|[-+]?\.[0-9_]+(?:[eE][-+][0-9]+)?)"
    r"|(?P<int>[-+]?0b[01_]+|[-+]?0o[0-7_]+|[-+]?0x[0-9a-fA-F_]+|[-+]?[0-9][0-9_]*)"
)
"""What a text without quotes is where it is more than text, as in YAML 1.2; yes, on, days and .inf are text."""

Model = TypeVar("Model", bound=BaseModel)
Shape = TypeVar("Shape")
Path = tuple[str | int, ...]


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with a file, in words for the person who can mend it."""

    file: str
    line: int
    field: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.field}: {self.message}" if self.field else f"{where}: {self.message}"


class FileProblems(Exception):  # noqa: N818 - it holds problems, several of them
    """All problems of one or several files."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(map(str, self.problems)))


@dataclass(frozen=True)
class Document:
    """A parsed file: its plain data and the line on which each field stands."""

    file: str
    data: Any
    lines: Mapping[Path, int] = field(repr=False)

    def problem(self, path: Path, message: str) -> Problem:
        """A problem at `path`, placed on the line of the nearest field that exists."""
        for length in range(len(path), -1, -1):
            if path[:length] in self.lines:
                return Problem(self.file, self.lines[path[:length]], dotted(path), message)
        return Problem(self.file, 0, dotted(path), message)


def dotted(path: Path) -> str:
    """`("options", 2, "why")` as people read it: `options.2.why`, counted from 1."""
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in path)


def parse(text: str, file: str) -> Document:
    """Parse one YAML document. Raises FileProblems where it is not plain, small YAML."""
    encoded = text.encode("utf-8", "replace")
    if len(encoded) > MAX_BYTES:
        line = encoded[:MAX_BYTES].count(b"\n") + 1
        raise FileProblems([Problem(file, line, "", f"is larger than {MAX_BYTES // 1024} KB")])
    if unreadable := _UNREADABLE.search(text):
        line = text.count("\n", 0, unreadable.start()) + 1
        raise FileProblems([Problem(file, line, "", f"is not YAML: holds the character U+{ord(unreadable[0]):04X}")])
    builder = _Builder(file, _wary(yaml.parse(text, Loader=yaml.CBaseLoader)))
    try:
        data = builder.document()
    except _HostileError as error:
        raise FileProblems([Problem(file, error.line, "", str(error))]) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = min(mark.line + 1, max(len(text.splitlines()), 1))  # what ends too early ends below the last line
        raise FileProblems([Problem(file, line, "", f"is not YAML: {error.problem or error.context}")]) from None
    if builder.problems:
        raise FileProblems(builder.problems)
    return Document(file, data, builder.lines)


class _HostileError(Exception):
    """Something on this line that none of our files needs."""

    def __init__(self, line: int, message: str) -> None:
        self.line = line
        super().__init__(message)


def _wary(events: Iterable[Any]) -> Iterator[Any]:
    """The events of libyaml's parser, which keeps no tree: nothing deep or large is built before it is refused.

    Raises _HostileError.
    """
    depth = nodes = 0
    for event in events:
        nodes += isinstance(event, NodeEvent)
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if message := _refused(event, depth, nodes):
            raise _HostileError(event.start_mark.line + 1, message)
        yield event


def _refused(event: Any, depth: int, nodes: int) -> str:
    if getattr(event, "anchor", None):  # an alias has the name of its anchor here
        return "uses an anchor or alias; write the value out"
    if isinstance(event, DocumentStartEvent) and (event.version or event.tags):
        return "uses a directive (%); leave it out"
    if getattr(event, "tag", None):
        return f"uses the tag {event.tag}; only plain values are read"
    if depth > MAX_DEPTH:
        return f"is nested deeper than {MAX_DEPTH} levels"
    return f"has more than {MAX_NODES} values" if nodes > MAX_NODES else ""


@dataclass(frozen=True)
class _Builder:
    """Builds plain data from events, and notes on which line each field stands and what is wrong."""

    file: str
    events: Iterator[Any]
    lines: dict[Path, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def document(self) -> Any:
        """The data of the one document, None if there is none. Raises _HostileError at a second one."""
        data, documents = None, 0
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise _HostileError(event.start_mark.line + 1, "is not YAML of one document: another begins here")
                data = self.value(next(self.events), ())
        return data

    def value(self, event: Any, path: Path) -> Any:
        """What begins with this event and stands at `path`."""
        self.lines.setdefault(path, event.start_mark.line + 1)
        if isinstance(event, ScalarEvent):
            return self.scalar(event, path)
        return self.sequence(path) if isinstance(event, SequenceStartEvent) else self.mapping(path)

    def sequence(self, path: Path) -> list[Any]:
        """The values up to the end of the sequence."""
        built: list[Any] = []
        while not isinstance(event := next(self.events), SequenceEndEvent):
            built.append(self.value(event, (*path, len(built))))
        return built

    def mapping(self, path: Path) -> dict[str, Any]:
        """The fields up to the end of the mapping."""
        built: dict[str, Any] = {}
        while not isinstance(event := next(self.events), MappingEndEvent):
            line, key = event.start_mark.line + 1, str(getattr(event, "value", "?"))
            if not isinstance(event, ScalarEvent):
                self.problem(line, path, "a field's name must be plain text")
                self.value(event, (*path, key))
            elif key in built:
                self.problem(line, (*path, key), "stands here twice")
            self.lines[*path, key] = line
            built[key] = self.value(next(self.events), (*path, key))
        return built

    def scalar(self, event: Any, path: Path) -> Any:
        """A single value: text, unless it stands without quotes and looks like something else."""
        text, line = str(event.value), event.start_mark.line + 1
        if "\0" in text:  # an escape may hold it; libyaml itself refuses that of a lone surrogate
            self.problem(line, path, "holds a character that can't be stored")
        looks = _PLAIN.fullmatch(text) if event.implicit[0] else None
        kind = looks.lastgroup if looks else "text"
        try:
            if kind == "int":
                whole = int(text.replace("_", ""), 0) if not text.lstrip("+-").isdigit() else int(text)
                if abs(whole) > MAX_INTEGER:
                    self.problem(line, path, "is a number too large to store")
                return whole
            if kind == "float":
                number = float(text.replace("_", ""))
                if not math.isfinite(number):
                    self.problem(line, path, "is a number too large to store")
                return number
        except ValueError:
            return text
        if kind == "bool":
            return text.lower() == "true"
        return None if kind == "null" else text

    def problem(self, line: int, path: Path, message: str) -> None:
        """Note what is wrong; what else is wrong is still looked for."""
        self.problems.append(Problem(self.file, line, dotted(path), message))


def validate(model: type[Model], document: Document) -> Model:
    """The document as `model`. Raises FileProblems with every error, each on its line."""
    return validate_with(TypeAdapter(model), document)


def validate_with(shape: TypeAdapter[Shape], document: Document) -> Shape:
    """The document in a shape that is no model of its own, a mapping of models, say. Raises FileProblems."""
    try:
        return shape.validate_python(document.data)
    except ValidationError as error:
        raise FileProblems(list(_problems(error, document))) from None


def _problems(error: ValidationError, document: Document) -> Iterator[Problem]:
    told: dict[Path, str] = {}
    for one in error.errors():
        path = _in_file(one["loc"], document, missing=one["type"] == "missing")
        told.setdefault(path, sentence(one["type"], one["msg"]))
    return (document.problem(path, sentence) for path, sentence in told.items())


def _in_file(location: Path, document: Document, *, missing: bool) -> Path:
    """The location without the names of union members, which pydantic adds and the file does not have.

    What does not stand in the file is dropped, except the name of a field that is missing there.
    """
    path: Path = ()
    for i, part in enumerate(location):
        if (*path, part) in document.lines or (missing and i == len(location) - 1):
            path = (*path, part)
    return path


PLAINER = (
    ("Input should be greater than or equal to", "must be at least"),
    ("Input should be less than or equal to", "must be at most"),
    ("Input should be a valid integer", "must be a whole number"),
    ("Input should be a valid number", "must be a number"),
    ("Input should be a valid string", "must be text"),
    ("Input should be a valid list", "must be a list"),
    ("Input should be a valid dictionary", "must be fields with values"),
    ("Input should be", "must be"),
    ("String should have", "must have"),
    ("List should have", "must have"),
)


PATTERNS = {
    r"^[a-z0-9]+(-[a-z0-9]+)*$": "must be small letters, digits and hyphens, as in queue-that-grows",
    r"^[a-z][a-z0-9_]+$": "must be named by small letters, digits and _, at least two signs, beginning with a letter",
    r"^\d{4}-\d{2}-\d{2}$": "must be a day such as 2026-11-29",
    r"^https?://\S+$": "must be a web address, beginning with https:// and without spaces",
    r"^10\.\S+/\S+$": "must be a DOI such as 10.1000/182",
}
"""What a text that must match a pattern of ours must look like, in words."""


def sentence(kind: str, message: str) -> str:
    """What the schema says about a value, as people say it."""
    if kind == "string_pattern_mismatch":
        return next((words for pattern, words in PATTERNS.items() if f"'{pattern}'" in message), "has another form")
    known = {"missing": "is missing", "extra_forbidden": "is not a field of this kind of file (misspelt?)"}
    plain = message.removeprefix("Value error, ").replace(" after validation", "")
    for theirs, ours in PLAINER:
        plain = plain.replace(theirs, ours)
    return known.get(kind, plain)


def quoted(text: str, line: int) -> str:
    """What stands on a line of a text, for the end of a sentence about it; empty where nothing does."""
    lines = text.split("\n")
    found = lines[line - 1].strip() if 0 < line <= len(lines) else ""
    return f" (“{found[:60]}{'…' if found[60:] else ''}”)" if found else ""


def write(data: Mapping[str, Any]) -> str:
    """`data` in the one canonical form: fields in the given order, long texts as literal blocks.

    Writing what was read from written text gives the same bytes.
    """
    try:
        return _LINES.text(data)
    except UnusualError:
        return _dumped(data)


def _dumped(data: Mapping[str, Any]) -> str:
    writer = YAML()
    writer.width = 4096
    writer.indent(mapping=2, sequence=4, offset=2)
    writer.allow_unicode = True
    stream = io.StringIO()
    writer.dump(_literal(data), stream)
    return stream.getvalue()


_LINES = Lines(_dumped)


def _literal(value: Any) -> Any:
    if isinstance(value, str):
        if _UNUSUAL.search(value):
            return DoubleQuotedScalarString(value)
        lines = value.splitlines()
        block = "\n" in value and value.endswith("\n") and all(line == line.rstrip() for line in lines)
        return LiteralScalarString(value) if block or (len(lines) > 1 and value == value.strip()) else value
    if isinstance(value, Mapping):
        return {key: _literal(child) for key, child in value.items()}
    return [_literal(child) for child in value] if isinstance(value, list | tuple) else value
