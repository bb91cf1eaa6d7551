"""Reading the framework from a folder: competencies.yaml, profiles/*.yaml, resources/<area>.yaml, path.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from quiz import yamlfile
from quiz.competency.catalogue import CareerPath, Catalogue, Competencies, Profile, Resource, Resources
from quiz.yamlfile import FileProblems, Problem

Model = TypeVar("Model", bound=BaseModel)


def read_catalogue(folder: Path) -> Catalogue:
    """The whole framework. Raises FileProblems with every error of every file at once."""
    problems: list[Problem] = []

    def one(path: Path, model: type[Model]) -> Model | None:
        try:
            return yamlfile.validate(model, read_yaml(path, folder))
        except FileProblems as found:
            problems.extend(found.problems)
            return None

    competencies = one(folder / "competencies.yaml", Competencies)
    profiles: dict[str, Profile] = {}
    for path in sorted((folder / "profiles").glob("*.yaml")):
        profile = one(path, Profile)
        if profile is not None and profile.id != path.stem:
            problems.append(Problem(f"profiles/{path.name}", 0, "id", f"must be the file's name, {path.stem}"))
        elif profile is not None:
            profiles[profile.id] = profile
    resources: dict[str, list[Resource]] = {}
    for path in sorted((folder / "resources").glob("*.yaml")):
        read = one(path, Resources)
        twice = set(read.skills) & set(resources) if read else set()
        problems += [Problem(f"resources/{path.name}", 0, f"skills.{s}", "stands in another file too") for s in twice]
        resources |= read.skills if read else {}
    longer = one(folder / "path.yaml", CareerPath) if (folder / "path.yaml").exists() else CareerPath()
    if problems or competencies is None or longer is None:
        raise FileProblems(problems)
    catalogue = Catalogue(competencies=competencies, profiles=profiles, resources=resources, path=longer)
    conflicts = [Problem(_file(kind, name), 0, "", text) for kind, name, text in catalogue.conflicts()]
    if conflicts:
        raise FileProblems(conflicts)
    return catalogue


def read_yaml(path: Path, folder: Path) -> yamlfile.Document:
    """Parse one file, named in errors by its path within `folder`."""
    name = path.relative_to(folder).as_posix()
    if not path.exists():
        raise FileProblems([Problem(name, 0, "", "is missing")])
    if not path.is_file() or path.stat().st_size > yamlfile.MAX_BYTES:
        size = f"is no file of at most {yamlfile.MAX_BYTES // 1024} KB"
        raise FileProblems([Problem(name, 0, "", size)])
    try:
        return yamlfile.parse(path.read_text(encoding="utf-8"), name)
    except OSError as error:
        raise FileProblems([Problem(name, 0, "", f"can't be read: {error.strerror}")]) from None
    except UnicodeDecodeError as error:
        raise FileProblems([Problem(name, 0, "", f"is not UTF-8 text (byte {error.start})")]) from None


def _file(kind: str, name: str) -> str:
    return {"profile": f"profiles/{name}.yaml", "path": "path.yaml"}.get(kind, kind)
