from __future__ import annotations

from pathlib import Path

import pytest

from quiz.config import SettingError, read_settings

DATA = Path("/somewhere/data")


def test_without_variables_the_data_lies_in_a_sqlite_file_of_the_data_folder() -> None:
    found = read_settings({"PATH": "/bin"}, DATA)
    assert found.database_url == "sqlite:////somewhere/data/quiz.sqlite3"
    assert (found.host, found.port, found.workers) == ("127.0.0.1", 8000, 0)


def test_variables_override_the_defaults() -> None:
    found = read_settings({"QUIZ_PORT": "80", "QUIZ_STARTS_PER_DAY": "0", "QUIZ_HOST": "::1"}, DATA)
    assert (found.port, found.starts_per_day, found.host) == (80, 0, "::1")


def test_a_postgresql_address_gets_the_driver_we_ship() -> None:
    found = read_settings({"QUIZ_DATABASE_URL": "postgresql://me@host/quiz"}, DATA)
    assert found.database_url == "postgresql+psycopg://me@host/quiz"


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("QUIZ_PORT", "65536", "a whole number from 0 to 65535"),
        ("QUIZ_WORKERS", "65", "a whole number from 0 to 64"),
        ("QUIZ_LOG", "all", "one of: faults, requests"),
        ("QUIZ_IDLE_MONTHS", "two", "a whole number from 1 to 1200"),
        ("QUIZ_DATABASE_URL", "mysql://host", "must begin with sqlite:/// or postgresql://"),
        ("QUIZ_PROT", "80", "QUIZ_PROT is not a setting"),
    ],
)
def test_a_setting_that_can_t_be_used_is_named_with_what_would_do(variable: str, value: str, sentence: str) -> None:
    with pytest.raises(SettingError) as caught:
        read_settings({variable: value}, DATA)
    assert variable in str(caught.value) or "QUIZ_DATABASE_URL" in str(caught.value)
    assert sentence in str(caught.value)
