"""Amounts in the ledger's units. Clause: JS-14. Bad input 13."""

import pytest

from credits.rules.units import UNITS, Amount
from portal.contract.money import SCALES, InvalidMoney


@pytest.mark.parametrize(
    ("text", "unit", "minor", "shown"),
    [
        ("1.5", "hours", 150, "1.50 hours"),
        ("3", "sessions", 3, "3 sessions"),
        ("0.05", "flexible_credits", 5, "0.05 flexible credits"),
        ("2", "advanced_credits", 2, "2 advanced credits"),
        ("-12.34", "USD", -1234, "-12.34 USD"),
        ("-0.01", "EUR", -1, "-0.01 EUR"),
        ("1500", "JPY", 1500, "1500 JPY"),
    ],
)
def test_an_amount_is_kept_in_whole_minor_units_and_shown_in_its_unit(
    text: str, unit: str, minor: int, shown: str
) -> None:
    amount = Amount.parse(text, unit)

    assert amount == Amount(minor, unit)
    assert str(amount) == shown


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("0.005", "is too precise: hours takes 2 decimal places, such as 1500.00"),
        ("NaN", "is not a plain number: hours takes 2 decimal places"),
        ("1e309", "is not a plain number: hours takes 2 decimal places"),
        ("1,000", "is not a plain number: hours takes 2 decimal places"),
        ("-0", "is a negative zero: leave the sign out; hours takes 2 decimal places"),
        ("1" + "0" * 18, "is too large: give 15 digits at most; hours takes 2 decimal places"),
    ],
)
def test_what_is_no_amount_is_refused_with_the_units_scale(text: str, reason: str) -> None:
    with pytest.raises(InvalidMoney) as refusal:
        Amount.parse(text, "hours")

    assert reason in str(refusal.value)


def test_half_a_session_is_refused() -> None:
    with pytest.raises(InvalidMoney, match="sessions takes no decimal places"):
        Amount.parse("0.5", "sessions")


def test_an_unknown_unit_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidMoney, match="unit 'days' is unknown: choose one of USD, "):
        Amount.parse("1", "days")


def test_every_currency_of_agreements_is_a_unit() -> None:
    assert set(SCALES) < set(UNITS)
