"""Rules about ourselves."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click
import pytest

from quiz.cli.main import main
from quiz.config import Settings

ROOT = Path(__file__).resolve().parents[2]
DOMAIN = ("competency", "measure", "bank", "attempt", "report", "plan")
CODE = [p for p in (ROOT / "quiz").rglob("*.py") if "versions" not in p.parts]
LONGEST_FILE, LONGEST_FUNCTION = 400, 50


@pytest.mark.parametrize("package", DOMAIN)
def test_a_domain_package_loads_neither_flask_nor_sqlalchemy(package: str) -> None:
    program = (
        f"import importlib, pkgutil, sys, quiz.{package} as p\n"
        "for m in pkgutil.walk_packages(p.__path__, p.__name__ + '.'): importlib.import_module(m.name)\n"
        "print([m for m in ('flask', 'sqlalchemy', 'werkzeug') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_domain_reads_no_clock_no_environment_and_no_disk_outside_files_modules() -> None:
    barred = re.compile(r"time\.time|datetime\.now|os\.environ|\brandom\.|\bPath\(|read_text\(|write_text\(")
    for package in DOMAIN:
        for path in (ROOT / "quiz" / package).rglob("*.py"):
            if path.name != "files.py":
                assert not barred.search(path.read_text(encoding="utf-8")), path


def test_files_and_functions_stay_small_and_imports_stand_on_top() -> None:
    for path in CODE:
        text = path.read_text(encoding="utf-8")
        assert text.count("\n") <= LONGEST_FILE, path
        for function in (n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef)):
            assert (function.end_lineno or 0) - function.lineno < LONGEST_FUNCTION, f"{path}: {function.name}"
            inner = [n for n in ast.walk(function) if isinstance(n, ast.Import | ast.ImportFrom)]
            assert not inner, f"{path}: {function.name} imports"


def test_every_template_is_reached_from_code_or_another_template() -> None:
    templates = {p.relative_to(ROOT / "templates").as_posix() for p in (ROOT / "templates").rglob("*.html")}
    texts = [p.read_text(encoding="utf-8") for p in (*CODE, *(ROOT / "templates").rglob("*.html"))]
    assert {t for t in templates if not any(f'"{t}"' in text for text in texts)} == set()


def test_templates_hold_no_inline_style_script_or_unescaped_value() -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<style|<script(?![^>]*src)|\son\w+=|\sstyle=|\|\s*safe\b|autoescape false", text), path


def test_every_setting_is_documented() -> None:
    text = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
    for field in fields(Settings):
        assert f"`QUIZ_{field.name.upper()}`" in text, field.name


def commands(group: click.Group, words: tuple[str, ...] = ()) -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*words, name))
        else:
            yield " ".join(("quiz", *words, name))


def test_every_command_is_documented_and_says_what_it_does() -> None:
    text = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "docs").glob("*.md"))
    for command in commands(main):
        assert f"`{command}" in text, command


def test_no_file_names_a_package_registry() -> None:
    host = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|deb\.debian\.org|index-url|/opt/", re.IGNORECASE)
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in listed.splitlines():
        path = ROOT / name
        if path.suffix != ".png" and path != Path(__file__).resolve() and path.exists():
            assert not host.search(path.read_text(encoding="utf-8")), name


def test_links_between_documents_lead_somewhere() -> None:
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\((?!https?:|#|figure:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_test_that_the_page_on_security_names_exists() -> None:
    page = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:tests/)?[\w/.]*\w+(?:\.py|/))`", page))
    assert len(named) > 15
    for name in named - {"quiz/bank/shown.py", "quiz/web/loading.py"}:
        assert (ROOT / name).exists() if "/" in name else list((ROOT / "tests").rglob(name)), name
