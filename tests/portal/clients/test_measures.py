import pytest

from portal.clients.measures import UnreadableMeasure, measure_words, read_measure


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("PT30M", "30 min"),
        ("PT90M", "90 min"),
        ("PT1H30M", "1 h 30 min"),
        ("P1W", "1 week"),
        ("P2DT4H", "2 days 4 h"),
        ("1 business day", "1 business day"),
        ("next release", "next release"),
    ],
)
def test_a_target_reads_in_words_and_comes_back_the_same(text: str, words: str) -> None:
    assert measure_words(text) == words
    assert read_measure(words) == text


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("30m", "PT30M"),
        (" 4 Hours ", "PT4H"),
        ("pt4h", "PT4H"),
        ("2 BUSINESS DAYS", "2 business days"),
        ("01 business days", "1 business day"),
        ("30 min 4 h", "PT4H30M"),
    ],
)
def test_a_target_is_read_as_people_type_it(typed: str, text: str) -> None:
    assert read_measure(typed) == text


@pytest.mark.parametrize("typed", ["", "soon", "-5 min", "4", "4 h 5 h", "1.5 h", "٣ h", "5 fortnights", "1 min " * 30])
def test_what_is_no_target_is_refused_with_a_remedy(typed: str) -> None:
    with pytest.raises(UnreadableMeasure, match="Write an amount such as 30 min"):
        read_measure(typed)
