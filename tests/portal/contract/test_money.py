"""Money in whole minor units. Clause: JS-14."""

from decimal import Decimal
from fractions import Fraction

import pytest

from portal.contract.money import InvalidMoney, Money, scale_of


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("1500.00", "USD", 150_000),
        ("1500", "USD", 150_000),
        ("1500.5", "USD", 150_050),
        ("1500.500000", "USD", 150_050),
        ("0", "USD", 0),
        ("0.01", "EUR", 1),
        ("007", "EUR", 700),
        ("00000000000000000000.07", "EUR", 7),
        ("-12.34", "GBP", -1234),
        ("1500", "JPY", 1500),
        ("1500.125", "KWD", 1_500_125),
        ("999999999999999.99", "USD", 99_999_999_999_999_999),
    ],
)
def test_a_plain_amount_is_read_in_minor_units(text: str, currency: str, minor: int) -> None:
    assert Money.parse(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    "text",
    [
        *("NaN", "sNaN", "Infinity", "-inf", "1e309", "1e3", "0x10", "1,000", "1 000", "1_000"),
        *("", " 1", "1\n", "1.", ".5", "+1", "--1", "$1", "٣", "1" * 41, "0." + "0" * 41),
    ],
)
def test_what_is_no_plain_number_is_refused_with_the_scale_of_its_unit(text: str) -> None:
    with pytest.raises(InvalidMoney, match=r"is not a plain number: USD takes 2 decimal places, such as 1500\.00$"):
        Money.parse(text, "USD")


@pytest.mark.parametrize("text", ["0.005", "0.001", "1.999", "123456789012345.0000000000000000001"])
def test_an_amount_finer_than_its_unit_is_refused_with_the_scale(text: str) -> None:
    with pytest.raises(InvalidMoney, match=r"is too precise: USD takes 2 decimal places"):
        Money.parse(text, "USD")


def test_a_currency_without_minor_units_takes_no_decimals() -> None:
    with pytest.raises(InvalidMoney, match=r"amount '0\.5' is too precise: JPY takes no decimal places, such as 1500$"):
        Money.parse("0.5", "JPY")


@pytest.mark.parametrize("text", ["1" + "0" * 18, "1" + "0" * 15, "-1" + "0" * 15])
def test_an_amount_too_large_to_keep_is_refused_with_the_scale(text: str) -> None:
    with pytest.raises(InvalidMoney, match="is too large: give 15 digits at most; USD takes 2 decimal places"):
        Money.parse(text, "USD")


@pytest.mark.parametrize("text", ["-0", "-0.00"])
def test_a_negative_zero_is_refused_with_the_scale(text: str) -> None:
    with pytest.raises(InvalidMoney, match="is a negative zero: leave the sign out; USD takes 2 decimal places"):
        Money.parse(text, "USD")


@pytest.mark.parametrize("currency", ["XXX", "usd", "", "USD ", "$"])
def test_an_unknown_currency_is_refused_with_the_known_ones(currency: str) -> None:
    with pytest.raises(InvalidMoney, match=r"is unknown: choose one of USD, EUR, .*JPY"):
        Money.parse("1", currency)


def test_the_scale_of_a_currency_is_its_decimal_places() -> None:
    assert (scale_of("USD"), scale_of("JPY"), scale_of("KWD")) == (2, 0, 3)


@pytest.mark.parametrize(
    ("exact", "minor"),
    [
        (Fraction(1, 200), 1),
        (Fraction(1, 200) - Fraction(1, 10**40), 0),
        (Fraction(10, 3), 333),
        (Fraction(20, 3), 667),
        (Fraction(-1, 200), -1),
        (Fraction(-1, 201), 0),
        (Fraction(99_999_999_999_999_995, 1000), 9_999_999_999_999_999 + 1),
        (Fraction(0), 0),
    ],
)
def test_an_exact_amount_rounds_half_up_to_the_minor_unit(exact: Fraction, minor: int) -> None:
    assert Money.rounded(exact, "USD") == Money(minor, "USD")


def test_an_amount_prints_with_the_decimals_of_its_currency() -> None:
    assert str(Money(150_000, "USD")) == "1500.00"
    assert str(Money(-5, "USD")) == "-0.05"
    assert str(Money(1500, "JPY")) == "1500"
    assert Money(150_000, "USD").amount == Decimal("1500.00")


@pytest.mark.parametrize("money", [Money(0, "USD"), Money(-1, "EUR"), Money(123_456_789, "GBP"), Money(7, "JPY")])
def test_a_printed_amount_reads_as_itself(money: Money) -> None:
    assert Money.parse(str(money), money.currency) == money
