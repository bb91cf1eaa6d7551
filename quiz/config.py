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
    reverse proxies stand in front. `insecure_cookies`: allow cookies over plain http beyond this machine.
    """

    database_url: str
    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 2
    idle_months: int = 24
    starts_per_day: int = 200
    proxies: int = 0
    secret_key: str | None = None


RANGES = {
    "port": (0, 65535),
    "workers": (1, 64),
    "idle_months": (1, 1200),
    "starts_per_day": (0, 1_000_000),
    "proxies": (0, 10),
}


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
