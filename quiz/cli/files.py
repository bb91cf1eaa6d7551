"""What the commands on question files share: their arguments, and reading files or stopping with every problem."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from quiz.bank.files import Folder, read_folder
from quiz.competency.catalogue import Catalogue
from quiz.competency.files import read_catalogue
from quiz.paths import QUESTIONS
from quiz.yamlfile import FileProblems

PATHS = click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON document for a machine to read.")
STRICT = click.option(
    "--strict", is_flag=True, help="Fail for a time over its budget too, not for counts and sizes alone."
)
SEED = click.option("--seed", default=1, show_default=True, help="Decides the order of options and the codes.")


def root_of(paths: Sequence[Path]) -> Path:
    """The bank's folder that the paths belong to: the nearest parent with competencies.yaml, else our own."""
    for path in paths:
        for folder in (path.resolve(), *path.resolve().parents):
            if (folder / "competencies.yaml").exists():
                return folder
    return QUESTIONS


def read_or_stop(paths: Sequence[Path]) -> Folder:
    """Read the questions; stop with every problem where one can't be read."""
    folder = read_folder(root_of(paths), paths)
    if folder.problems:
        raise click.ClickException("\n".join(map(str, folder.problems)))
    return folder


def catalogue_or_stop(folder: Path) -> Catalogue:
    """Read the framework; stop with every problem where it can't be read."""
    try:
        return read_catalogue(folder)
    except FileProblems as error:
        raise click.ClickException(str(error)) from None
