from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quiz.bank.numbers import MAX_LENGTH, UnreadableError, check_dots, plain, read_number, read_share

HELD = settings(deadline=None, derandomize=True, max_examples=20, database=None)


def refusal(text: str, unit: str | None = None) -> str:
    with pytest.raises(UnreadableError) as refused:
        read_number(text, unit)
    return str(refused.value)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        *[("0.17", Fraction(17, 100)), (".5", Fraction(1, 2)), ("5.", Fraction(5)), ("+5", Fraction(5))],
        *[("1/6", Fraction(1, 6)), ("1 / 6", Fraction(1, 6)), ("-1/6", Fraction(-1, 6)), ("5./2.", Fraction(5, 2))],
        *[("1e-3", Fraction(1, 1000)), ("1E3", Fraction(1000)), ("2.5 e 2", Fraction(250))],
        *[("12,5", Fraction(25, 2)), ("0,125", Fraction(1, 8)), ("1,2345", Fraction(12345, 10000))],
        *[("1,000,000", Fraction(10**6)), ("1,000,000.5", Fraction(2000001, 2)), ("1,000.5", Fraction(2001, 2))],
        *[("1 000", Fraction(1000)), ("12 345 678", Fraction(12345678)), ("1 000.5", Fraction(2001, 2))],
        *[("  20  ", Fraction(20)), ("−3", Fraction(-3)), ("–3", Fraction(-3)), ("1.000", Fraction(1))],
    ],
)
def test_numbers_are_read_exactly_in_every_common_spelling(typed: str, value: Fraction) -> None:
    assert read_number(typed) == (value, False)


@pytest.mark.parametrize("space", [" ", "\u00a0", "\u2009", "\u202f", "\u2007"])
def test_thin_and_fixed_spaces_group_digits_as_a_plain_space_does(space: str) -> None:
    assert read_number(f"{space}12{space}345{space}") == (Fraction(12345), False)


@pytest.mark.parametrize(("typed", "value"), [("17 %", 17), ("17%", 17), ("12,5 %", Fraction(25, 2)), ("1e1 %", 10)])
def test_a_percent_sign_is_reported_beside_the_value(typed: str, value: Fraction) -> None:
    assert read_number(typed) == (value, True)


@pytest.mark.parametrize(
    ("typed", "unit"),
    [
        *[
            ("20 replicas", "replicas"),
            ("20 replica", "replicas"),
            ("20 replicas", "replica"),
            ("20replicas", "replica"),
        ],
        *[("20 Replicas.", "replicas"), ("20 requests per second", "requests per second"), ("20 GB/s", "GB/s")],
        *[("20\u00a0µs", "µs"), ("2e1 s", "s"), ("20", "replicas")],
    ],
)
def test_repeating_the_unit_is_harmless_in_singular_and_plural(typed: str, unit: str) -> None:
    assert read_number(typed, unit) == (Fraction(20), False)


@pytest.mark.parametrize(("typed", "unit"), [("20 minutes", "seconds"), ("20 s", None), ("20 m", "ms"), ("5 e", "s")])
def test_another_unit_is_refused_and_the_one_asked_for_is_named(typed: str, unit: str | None) -> None:
    said = refusal(typed, unit)

    assert typed in said
    assert (f"in {unit} alone" in said) == (unit is not None)


@pytest.mark.parametrize(("typed", "joined", "point"), [("1,000", "1000", "1.000"), ("-12,345", "-12345", "-12.345")])
def test_a_person_who_types_1_comma_000_is_asked_which_number_was_meant(typed: str, joined: str, point: str) -> None:
    said = refusal(typed)

    assert typed in said
    assert f"Write {joined} or {point}." in said
    assert (read_number(joined)[0], read_number(point)[0]) == (Fraction(joined), Fraction(point))


def test_the_doubt_about_a_comma_remains_when_a_unit_stands_behind_it() -> None:
    assert "could mean two numbers" in refusal("1,000 requests", "requests")


@pytest.mark.parametrize("typed", ["1/0", "1/0.0", "0/0", "1 / -0"])
def test_a_fraction_over_zero_is_refused_with_its_reason(typed: str) -> None:
    assert "0 below the line" in refusal(typed)


@pytest.mark.parametrize(
    "typed",
    [
        *["1e99", "1e-99", "twelve", "1 2", "5-3", "1/2/3", "1,00,000", "1.000.000", "12 34", "--5", "1_000", "½"],
        *["nan", "inf", "0x10", "1e", "%", ",", ".", "/", "1\n2", "5 m2", "$5", "(5)"],
    ],
)
def test_what_is_not_one_number_is_refused_in_words(typed: str) -> None:
    assert "digits" in refusal(typed)


def test_a_blank_field_asks_for_a_number() -> None:
    assert refusal(" \u2009\n") == "Type a number, or choose “I don't know”."


def test_a_text_as_long_as_allowed_is_read_and_a_longer_one_is_not() -> None:
    assert read_number("1" * MAX_LENGTH)[0] == Fraction("1" * MAX_LENGTH)
    assert "too long" in refusal("1" * (MAX_LENGTH + 1))


@pytest.mark.parametrize(
    ("typed", "share"),
    [
        ("0.17", "0.17"),
        ("17 %", "0.17"),
        ("17", "0.17"),
        ("15.3", "0.153"),
        ("1/6", "1/6"),
        ("1", "1"),
        ("0.5 %", "0.005"),
    ],
)
def test_a_share_may_be_typed_as_a_value_or_in_percent(typed: str, share: str) -> None:
    assert read_share(typed) == Fraction(share)


@HELD
@given(st.integers(-(10**15) + 1, 10**15 - 1))
def test_what_we_print_for_a_whole_number_is_read_back_as_the_same_number(value: int) -> None:
    assert read_number(plain(Fraction(value))) == (Fraction(value), False)


@pytest.mark.parametrize(
    ("value", "printed"),
    [(Fraction(1, 6), "0.166667"), (Fraction(9999), "9999"), (Fraction(10**15), "1e+15"), (Fraction(5, 2), "2.5")],
)
def test_numbers_are_printed_to_six_digits_where_they_are_not_short(value: Fraction, printed: str) -> None:
    assert plain(value) == printed


def test_five_digits_are_grouped_when_a_number_is_printed_back() -> None:
    printed = plain(Fraction(-12345))

    assert len(printed.split()) == 2
    assert "".join(printed.split()) == "-12345"


@HELD
@given(st.text(max_size=70) | st.text("0123456789.,/eE+-% \u2009−", max_size=20), st.sampled_from([None, "s", "%"]))
def test_any_text_is_either_a_number_or_refused_in_a_sentence(text: str, unit: str | None) -> None:
    try:
        value, _ = read_number(text, unit)
    except UnreadableError as refused:
        told = str(refused).endswith((".", "”."))
    else:
        told = isinstance(value, Fraction)

    assert told


@pytest.mark.parametrize("typed", ["14.400", "1.234.567", "-2.500", "14.400 labels"])
def test_what_may_be_thousands_with_dots_is_asked_back(typed: str) -> None:
    with pytest.raises(UnreadableError, match="without dots"):
        check_dots(typed, 1)


@pytest.mark.parametrize("typed", ["0.125", "14.40", "14400", "1.5", "14 400", "1234.500"])
def test_dots_that_can_only_be_decimal_are_taken(typed: str) -> None:
    check_dots(typed, 0)


def test_three_decimals_are_taken_where_three_are_asked() -> None:
    check_dots("1.125", 3)
