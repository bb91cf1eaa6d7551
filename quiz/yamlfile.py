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

from pydantic import BaseModel, TypeAdapter, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, DocumentStartEvent, NodeEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.parser import Parser
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.scalarstring import DoubleQuotedScalarString, LiteralScalarString

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20
MAX_NODES = 10_000
MAX_INTEGER = 2**63 - 1

_UNUSUAL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")
"""Characters that a block or plain text would not give back as they were."""

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
    try:
        reader = YAML(typ="safe", pure=True)
        reader.Parser = _WaryParser
        root = reader.compose(io.StringIO(text))
    except _HostileError as error:
        raise FileProblems([Problem(file, error.line, "", str(error))]) from None
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        raise FileProblems([Problem(file, line, "", f"is not YAML: {error.problem or error.context}")]) from None
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        message = f"is not YAML: holds the character U+{ord(text[error.position]):04X}"
        raise FileProblems([Problem(file, line, "", message)]) from None
    except (YAMLError, ValueError, OverflowError) as error:
        raise FileProblems([Problem(file, 0, "", f"is not YAML: {error}")]) from None
    lines: dict[Path, int] = {}
    problems: list[Problem] = []
    data = _build(root, (), file, lines, problems) if root is not None else None
    if problems:
        raise FileProblems(problems)
    return Document(file, data, lines)


class _HostileError(Exception):
    """Something on this line that none of our files needs."""

    def __init__(self, line: int, message: str) -> None:
        self.line = line
        super().__init__(message)


class _WaryParser(Parser):
    """Refuses what none of our files needs as it comes by, before anything deep or large is built from it."""

    depth = nodes = 0

    def get_event(self) -> Any:
        """The next event, if it may be. Raises _HostileError."""
        event = super().get_event()
        self.nodes += isinstance(event, NodeEvent)
        self.depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        if message := self._refused(event):
            raise _HostileError(event.start_mark.line + 1 if event.start_mark else 0, message)
        return event

    def _refused(self, event: Any) -> str:
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            return "uses an anchor or alias; write the value out"
        if isinstance(event, DocumentStartEvent) and (event.version or event.tags):
            return "uses a directive (%); leave it out"
        if getattr(event, "tag", None):
            return f"uses the tag {event.tag}; only plain values are read"
        if self.depth > MAX_DEPTH:
            return f"is nested deeper than {MAX_DEPTH} levels"
        return f"has more than {MAX_NODES} values" if self.nodes > MAX_NODES else ""


def _build(node: Node, path: Path, file: str, lines: dict[Path, int], problems: list[Problem]) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, MappingNode):
        built: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key, line = str(key_node.value), key_node.start_mark.line + 1
            if not isinstance(key_node, ScalarNode):
                problems.append(Problem(file, line, dotted(path), "a field's name must be plain text"))
            elif key in built:
                problems.append(Problem(file, line, dotted((*path, key)), "stands here twice"))
            lines[(*path, key)] = line
            built[key] = _build(value_node, (*path, key), file, lines, problems)
        return built
    if isinstance(node, SequenceNode):
        return [_build(child, (*path, i), file, lines, problems) for i, child in enumerate(node.value)]
    if not isinstance(node, ScalarNode):
        raise TypeError(f"a node of an unknown kind: {node}")
    return _scalar(node, path, file, problems)


def _scalar(node: ScalarNode, path: Path, file: str, problems: list[Problem]) -> Any:
    tag, text = str(node.tag), str(node.value)
    plain = tag.rsplit(":", 1)[-1]
    if "\0" in text or any(0xD800 <= ord(c) <= 0xDFFF for c in text):
        problems.append(Problem(file, node.start_mark.line + 1, dotted(path), "holds a character that can't be stored"))
    try:
        if plain == "int":
            whole = int(text.replace("_", ""), 0) if not text.lstrip("+-").isdigit() else int(text)
            if abs(whole) > MAX_INTEGER:
                problems.append(Problem(file, node.start_mark.line + 1, dotted(path), "is a number too large to store"))
            return whole
        if plain == "float":
            number = float(text.replace("_", ""))
            if not math.isfinite(number) and text.lstrip("+-")[:1] != ".":
                problems.append(Problem(file, node.start_mark.line + 1, dotted(path), "is a number too large to store"))
            return number
    except ValueError:
        return text
    if plain == "bool":
        return text.lower() == "true"
    return None if plain == "null" else text


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
    writer = YAML()
    writer.width = 4096
    writer.indent(mapping=2, sequence=4, offset=2)
    writer.allow_unicode = True
    stream = io.StringIO()
    writer.dump(_literal(data), stream)
    return stream.getvalue()


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
