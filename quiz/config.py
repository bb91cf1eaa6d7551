"""Settings, read once from QUIZ_* variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path


class SettingError(Exception):
    """A setting can't be used; the message names it and says what would do."""


@dataclass(frozen=True)
class Settings:
    """Every setting of the app. docs/operate.md lists them.

    `database_url`: where answers are kept. `idle_months`: after so many months without use a taker's data
    expire. `starts_per_day`: attempts that one address may begin in a day, 0 for no limit. `proxies`: how many
    reverse proxies stand in front. `workers`: processes, 0 for as many as the machine has processors.
    `free_mb`: with less free space beside a SQLite database nobody can begin, and the app says it is not ready.
    `metrics`: 1 to answer /metrics. `log`: `faults`, or `requests` for a line a request as well.
    """

    database_url: str
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 0
    idle_months: int = 24
    starts_per_day: int = 200
    proxies: int = 0
    free_mb: int = 200
    metrics: int = 0
    log: str = "faults"
    secret_key: str | None = None


RANGES = {
    "port": (0, 65535),
    "workers": (0, 64),
    "idle_months": (1, 1200),
    "starts_per_day": (0, 1_000_000),
    "proxies": (0, 10),
    "free_mb": (0, 1_000_000),
    "metrics": (0, 1),
}
WORDS = {"log": ("faults", "requests")}


def read_settings(environment: Mapping[str, str], data: Path) -> Settings:
    """The settings from QUIZ_* variables; by default a SQLite file in `data`. Raises SettingError."""
    known = {field.name for field in fields(Settings)}
    values: dict[str, str | int] = {"database_url": f"sqlite:///{data.resolve() / 'quiz.sqlite3'}"}
    for variable, text in environment.items():
        if not variable.startswith("QUIZ_") or variable == "QUIZ_DATA":
            continue
        name = variable.removeprefix("QUIZ_").lower()
        if name not in known:
            raise SettingError(f"{variable} is not a setting; there are: {_listed(known)}")
        if text not in WORDS.get(name, (text,)):
            raise SettingError(f"{variable} is {text!r}; it must be one of: {', '.join(WORDS[name])}")
        values[name] = _number(variable, text, *RANGES[name]) if name in RANGES else text
    url = str(values["database_url"])
    if url.startswith("postgresql://"):
        url = url.replace("postgresql://", "postgresql+psycopg://", 1)
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise SettingError("QUIZ_DATABASE_URL must begin with sqlite:/// or postgresql://")
    return Settings(**{**values, "database_url": url})  # type: ignore[arg-type]


def _number(variable: str, text: str, low: int, high: int) -> int:
    try:
        value = int(text)
    except ValueError:
        value = low - 1
    if not low <= value <= high:
        raise SettingError(f"{variable} is {text!r}; it must be a whole number from {low} to {high}")
    return value


def _listed(names: set[str]) -> str:
    return ", ".join(sorted(f"QUIZ_{name.upper()}" for name in names))
