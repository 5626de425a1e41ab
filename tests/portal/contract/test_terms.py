"""The library of terms, and what is refused as terms. Clause: all of the clause list."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from portal.contract.calendar import always
from portal.contract.measures import BusinessDays, Duration, NextRelease, Promise
from portal.contract.terms import (
    InvalidTerms,
    Terms,
    clause_texts,
    library_document,
    library_names,
    library_terms,
    read_terms,
)

PRESETS = [
    "jbi-support",
    "juniper-implementation",
    "juno-implementation",
    "juno-live-support",
    "productboard-services",
]
CLAUSES_OF = {
    "jbi-support": "JB",
    "juniper-implementation": "JN",
    "juno-implementation": "JI",
    "juno-live-support": "JS",
    "productboard-services": "PB",
}
VENDORS = re.compile(r"\b(juno|jbi|productboard|juniper)\b", re.IGNORECASE)


def altered(preset: str, place: str, value: object) -> dict[str, Any]:
    """Return a preset with another value at a dotted place, such as `credits.rows.0.severity`; None takes it out."""
    document = library_document(preset)
    *steps, last = [int(step) if step.isdecimal() else step for step in place.split(".")]
    spot: Any = document
    for step in steps:
        spot = spot[step]
    if value is None:
        del spot[last]
    else:
        spot[last] = value
    return document


def values(plain: Any, label: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every value of a document that carries a clause, with its place."""
    if isinstance(plain, dict):
        if "clause" in plain:
            yield label, plain
        for key, value in plain.items():
            yield from values(value, f"{label}.{key}")
    elif isinstance(plain, list):
        for index, value in enumerate(plain):
            yield from values(value, f"{label}.{index}")


def promised(terms: Terms, severity: str, target: str, *, hosted: bool = False) -> Promise:
    """Return what the terms promise for a target, which they must."""
    promise = terms.promise(severity, target, hosted=hosted)
    assert promise is not None
    return promise


def promises(terms: Terms) -> dict[tuple[str, str, bool], Promise | None]:
    """Return everything that the terms promise for incidents."""
    targets = ["response", "contact", "resolution", "response_credit", "resolution_credit"]
    return {
        (severity, target, hosted): terms.promise(severity, target, hosted=hosted)
        for severity in terms.severity_names()
        for target in targets
        for hosted in (False, True)
    }


# ------------------------------------------------------------------------------------------------------ the library


def test_the_library_has_the_five_contracts() -> None:
    assert list(library_names()) == PRESETS


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_is_read_under_its_own_name(preset: str) -> None:
    terms = read_terms(preset)

    assert terms.name == terms.document.name == preset


@pytest.mark.parametrize("preset", PRESETS)
def test_every_value_names_a_clause_of_its_own_contract_or_of_time(preset: str) -> None:
    allowed = {clause for clause in clause_texts() if clause.startswith((f"{CLAUSES_OF[preset]}-", "T-"))}

    found = dict(values(library_document(preset)))

    assert found
    assert {label: value["clause"] for label, value in found.items() if value["clause"] not in allowed} == {}


@pytest.mark.parametrize("preset", PRESETS)
def test_every_number_date_and_text_of_a_preset_belongs_to_a_value_with_a_clause(preset: str) -> None:
    names = {"name", "title", "rule", "severity", "target"}

    def loose(plain: Any, label: str) -> Iterator[str]:
        if isinstance(plain, dict):
            if "clause" not in plain:
                for key, value in plain.items():
                    yield from loose(value, f"{label}.{key}") if key not in names else ()
        elif isinstance(plain, list) and plain and isinstance(plain[0], dict):
            for index, value in enumerate(plain):
                yield from loose(value, f"{label}.{index}")
        else:
            yield label

    assert list(loose(library_document(preset), "")) == []


@pytest.mark.parametrize(
    ("preset", "expected"),
    [
        (
            "juno-implementation",
            {".calendar": "assumed", ".implementation.warnings": "assumed", ".implementation.windows": "reading"},
        ),
        (
            "productboard-services",
            {
                ".calendar": "assumed",
                ".engagement.sessions_a_week": "assumed",
                ".engagement.half_day": "assumed",
                ".engagement.full_day": "assumed",
                ".engagement.reply_window_business_days": "assumed",
                ".engagement.no_response_pause": "reading",
                ".engagement.warnings": "assumed",
            },
        ),
        ("juniper-implementation", {".calendar": "assumed", ".change.excluded_activities": "reading"}),
    ],
)
def test_what_a_service_contract_does_not_state_says_so_and_why(preset: str, expected: dict[str, str]) -> None:
    found = {label: value for label, value in values(library_document(preset)) if "basis" in value}

    assert {label: value["basis"] for label, value in found.items()} == expected
    assert all(value["note"].endswith(".") for value in found.values())


def test_the_clause_list_is_whole() -> None:
    count = {"T": 11, "JI": 10, "JS": 22, "JB": 15, "PB": 14, "JN": 10}

    assert set(clause_texts()) == {f"{part}-{number}" for part, last in count.items() for number in range(1, last + 1)}


@pytest.mark.parametrize("clause", clause_texts())
def test_a_clause_is_one_or_two_sentences_that_name_no_vendor(clause: str) -> None:
    text = clause_texts()[clause]

    assert 1 <= len(re.findall(r"\.(?: |$)", text)) <= 2
    assert text.endswith(".")
    assert VENDORS.search(text) is None


@pytest.mark.parametrize("preset", PRESETS)
def test_a_title_names_no_vendor(preset: str) -> None:
    assert VENDORS.search(library_document(preset)["title"]) is None


def test_an_unknown_preset_is_refused_with_the_known_ones() -> None:
    with pytest.raises(
        InvalidTerms, match=r"terms 'juno' are unknown: choose one of jbi-support, .*or give a whole doc"
    ):
        read_terms("juno")


@pytest.mark.parametrize("name", ["clauses", "../library/jbi-support", "", "jbi-support.toml", "\0"])
def test_only_contracts_can_be_named(name: str) -> None:
    with pytest.raises(InvalidTerms, match="are unknown"):
        read_terms(name)


@pytest.mark.parametrize(
    ("preset", "families"),
    [
        ("juno-live-support", {"incident", "hosted_event", "release", "maintenance", "outage", "backup"}),
        ("jbi-support", {"incident", "hosted_event", "release", "maintenance", "outage", "backup"}),
        ("juno-implementation", {"implementation"}),
        ("productboard-services", {"engagement", "session"}),
        ("juniper-implementation", {"change"}),
    ],
)
def test_terms_cover_the_families_of_events_that_they_have_a_section_for(preset: str, families: set[str]) -> None:
    terms = library_terms(preset)
    every = {"incident", "hosted_event", "release", "maintenance", "outage", "backup"}
    every |= {"implementation", "engagement", "session", "change"}

    assert {family for family in every if terms.covers(family)} == families
    assert terms.covers("agreement")


# ----------------------------------------------------------------------------------------------- what they promise


def test_live_support_runs_around_the_clock_and_minor_responses_by_business_days() -> None:
    terms = library_terms("juno-live-support")

    critical, minor = promised(terms, "critical", "response"), promised(terms, "minor", "response")

    assert (critical.measure, critical.clause) == (Duration(timedelta(minutes=30), always()), "JS-6")
    assert (minor.measure, minor.clause) == (BusinessDays(1, terms.business), "JS-9")


def test_a_hosted_promise_is_the_shorter_one_where_there_is_one() -> None:
    terms = library_terms("juno-live-support")

    critical = promised(terms, "critical", "resolution", hosted=True)
    major = promised(terms, "major", "resolution", hosted=True)

    assert critical == Promise(Duration(timedelta(hours=2), always()), "JS-7", "critical", hosted=True)
    assert major == promised(terms, "major", "resolution")


def test_a_threshold_of_credits_is_untouched_by_hosted_targets() -> None:
    terms = library_terms("juno-live-support")

    threshold = promised(terms, "critical", "response_credit", hosted=True)

    assert threshold == Promise(Duration(timedelta(minutes=30), always()), "JS-13", "critical")


def test_support_in_business_hours_runs_in_business_hours() -> None:
    terms = library_terms("jbi-support")

    assert promised(terms, "high", "resolution").measure == Duration(timedelta(hours=16), terms.business)
    assert isinstance(promised(terms, "low", "resolution").measure, NextRelease)
    assert terms.promise("low", "contact") is None


def test_severities_stand_in_order_with_the_most_severe_first() -> None:
    assert library_terms("juno-live-support").ranks == {"critical": 0, "major": 1, "minor": 2}
    assert library_terms("jbi-support").severity_names() == ["critical", "high", "normal", "low"]


def test_the_business_week_is_new_yorks_office_hours_without_federal_holidays() -> None:
    business = library_terms("juno-implementation").business
    before_independence_day = datetime(2026, 7, 2, 20, 0, tzinfo=UTC)

    due = business.add(before_independence_day, timedelta(hours=2))

    assert due == datetime(2026, 7, 6, 14, 0, tzinfo=UTC)
    assert business.holiday_names[date(2026, 7, 3)] == "Independence Day (observed)"


# ------------------------------------------------------------------------------------------------------- pinned


@pytest.mark.parametrize("preset", PRESETS)
def test_pinned_terms_judge_as_those_they_came_from(preset: str) -> None:
    terms = library_terms(preset)

    pinned = read_terms(terms.to_json())

    assert promises(pinned) == promises(terms)
    assert pinned.business == terms.business
    assert pinned.business.holiday_names == terms.business.holiday_names
    assert pinned.ranks == terms.ranks
    assert pinned.to_json() == terms.to_json()


def test_pinned_terms_hold_their_holidays_as_dates_and_take_no_other() -> None:
    plain = library_terms("jbi-support").to_json()
    assert "2026-11-26" in plain["calendar"]["holidays"]

    plain["calendar"]["holidays"].remove("2026-11-26")

    thanksgiving = datetime(2026, 11, 26, 15, 0, tzinfo=UTC)
    assert read_terms(plain).business.add(thanksgiving, timedelta(hours=1)) == thanksgiving + timedelta(hours=1)


def test_pinned_terms_keep_what_was_overridden() -> None:
    terms = read_terms("juno-live-support", {"severities": {"critical": {"response": "PT10M"}}})

    pinned = read_terms(terms.to_json())

    assert promised(pinned, "critical", "response").measure == Duration(timedelta(minutes=10), always())


def test_a_library_document_belongs_to_its_caller() -> None:
    library_document("juno-live-support")["backups"]["full"]["value"] = "PT2H"

    assert library_document("juno-live-support")["backups"]["full"]["value"] == "PT24H"


def test_reading_with_overrides_leaves_the_library_as_it_is() -> None:
    before = library_terms("juno-live-support").to_json()

    read_terms("juno-live-support", {"severities": {"critical": {"response": "PT1M"}}, "calendar": {"holidays": []}})

    assert library_terms("juno-live-support").to_json() == before
    assert read_terms(library_document("juno-live-support")).to_json() == before


# ------------------------------------------------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("tiers", "refusal"),
    [
        ([("99", "0"), ("98", "5")], r"an uptime just under 98 % lies in no tier: end with a tier at_least '0'"),
        ([], r"an uptime of 100 % lies in no tier"),
        ([("99", "0"), ("99", "5"), ("0", "30")], r"an uptime of 99 % lies in two tiers"),
        ([("98", "5"), ("99.5", "0"), ("0", "30")], r"an uptime of 99\.5 % lies in two tiers"),
        ([("99", "0"), ("0", "-5")], r"credits\.tiers\.percent: '-5' is no percentage: write a number from 0 to 100"),
        ([("101", "0"), ("0", "5")], r"credits\.tiers\.at_least: '101' is no percentage"),
    ],
)
def test_tiers_with_a_hole_or_an_overlap_are_refused_with_the_uptime(
    tiers: list[tuple[str, str]], refusal: str
) -> None:
    rows = [{"at_least": edge, "percent": percent} for edge, percent in tiers]

    with pytest.raises(InvalidTerms, match=refusal):
        read_terms(altered("juno-live-support", "credits.tiers.value", rows))


@pytest.mark.parametrize(
    ("windows", "refusal"),
    [
        ([(14, 1, 2)], r"13 days before go-live lie in no window: end with a window of days_out 0"),
        ([], r"0 days before go-live lie in no window"),
        ([(14, 2, 3), (14, 1, 2), (0, 0, 1)], r"14 days before go-live lie in two windows"),
        ([(0, 0, 1), (14, 1, 2)], r"14 days before go-live lie in two windows"),
        ([(14, 3, 2), (0, 0, 1)], r"a window aims at 3 business days and is due at 2: give a due of 3 or more"),
        ([(0, -1, 1)], r"implementation\.windows\.value\[0\]\.aim: expected `int` >= 0; it is -1"),
    ],
)
def test_windows_with_a_hole_an_overlap_or_a_due_before_the_aim_are_refused(
    windows: list[tuple[int, int, int]], refusal: str
) -> None:
    rows = [{"days_out": days_out, "aim": aim, "due": due} for days_out, aim, due in windows]

    with pytest.raises(InvalidTerms, match=refusal):
        read_terms(altered("juno-implementation", "implementation.windows.value", rows))


def test_a_due_before_the_aim_is_refused_after_go_live_too() -> None:
    with pytest.raises(InvalidTerms, match="a window aims at 2 business days and is due at 1"):
        read_terms(altered("juno-implementation", "implementation.after_live.value", {"aim": 2, "due": 1}))


@pytest.mark.parametrize(
    ("preset", "place", "value", "refusal"),
    [
        (
            "juno-live-support",
            "support.severities.0.response.value",
            "-PT30M",
            r"critical\.response: '-PT30M' is not a",
        ),
        (
            "juno-live-support",
            "support.severities.2.response.value",
            "-1 business days",
            r"minor\.response: '-1 busine",
        ),
        (
            "juno-live-support",
            "support.severities.0.hosted.contact.value",
            "soon",
            r"critical\.hosted\.contact: 'soon'",
        ),
        ("juno-live-support", "credits.rows.0.over.value", "-PT1S", r"critical\.response_credit: '-PT1S' is not a dur"),
        ("juno-live-support", "support.severities.2.contact.value", "next release", r"is for resolutions alone"),
        ("juno-live-support", "support.hosted.before.value", "-PT90M", r"support\.hosted\.before: '-PT90M' is not a"),
        ("juno-live-support", "backups.full.value", "1 business day", r"backups\.full: '1 business day' is not a"),
        ("juno-live-support", "backups.retention_days.value", -30, r"backups\.retention_days\.value: .* it is -30"),
        ("juno-live-support", "support.discontinuation_days.value", -1, r"expected `int` >= 0; it is -1"),
        (
            "juno-live-support",
            "support.warnings.value",
            [50, 100],
            r"warnings\.value\[1\]: expected `int` <= 99; it is",
        ),
        (
            "juno-live-support",
            "credits.rows.1.percent.value",
            "-10",
            r"credits\.major_response\.percent: '-10' is no per",
        ),
        ("juno-live-support", "credits.rows.1.percent.value", "NaN", r"'NaN' is no percentage"),
        ("juno-live-support", "credits.cap.value", "1e2", r"credits\.cap: '1e2' is no percentage"),
        ("juno-live-support", "availability.target.value", "100.5", r"availability\.target: '100\.5' is no percentage"),
        ("juno-live-support", "availability.hosted_target.value", "", r"availability\.hosted_target: '' is no percent"),
        ("jbi-support", "availability.termination_months.value", 0, r"expected `int` >= 1; it is 0"),
        ("productboard-services", "engagement.sessions_a_week.value", 0, r"expected `int` >= 1; it is 0"),
        ("productboard-services", "engagement.reach_outs.value", -3, r"engagement\.reach_outs\.value: .*it is -3"),
        ("productboard-services", "engagement.resume.value", "2 weeks", r"engagement\.resume: '2 weeks' is not a"),
        ("productboard-services", "engagement.reply_window_business_days.value", 10**30, r"reply_window_business_days"),
        ("juniper-implementation", "change.notice_days.value", "14", r"change\.notice_days\.value: expected `int`"),
        (
            "juniper-implementation",
            "change.embargoed.value",
            ["Cuba"],
            r"change\.embargoed\.value\[0\]: .*it is 'Cuba'",
        ),
        ("juno-implementation", "implementation.cutoff_business_days.value", 2, r"2 business days .* give 3 or more"),
    ],
)
def test_a_value_that_can_not_be_run_is_refused_with_its_place(
    preset: str, place: str, value: object, refusal: str
) -> None:
    with pytest.raises(InvalidTerms, match=refusal):
        read_terms(altered(preset, place, value))


@pytest.mark.parametrize(
    ("place", "value", "refusal"),
    [
        (
            "support.severities.1.name",
            "critical",
            r"support\.severities: 'critical' stands there twice: name each once",
        ),
        ("credits.rows.1.rule", "critical_response", r"credits: 'critical_response' stands there twice"),
        ("credits.rows.1.severity", "critical", r"credits\.rows: 'response of critical' stands there twice"),
        ("credits.rows.0.severity", "fatal", r"'fatal', which is not in these terms: they have critical, major, minor"),
        ("credits.recurring.severity", "fatal", r"'recurring_critical' is for the severity 'fatal'"),
        ("support", None, r"'critical', which is not in these terms: they have none"),
        ("support.hosted", None, r"'critical' has hosted targets, and nothing says when a hosted period is"),
    ],
)
def test_terms_that_contradict_themselves_are_refused(place: str, value: object, refusal: str) -> None:
    with pytest.raises(InvalidTerms, match=refusal):
        read_terms(altered("juno-live-support", place, value))


@pytest.mark.parametrize(
    ("place", "clause"),
    [
        ("support.counted.clause", "JS-99"),
        ("support.severities.0.response.clause", ""),
        ("credits.tiers.clause", "js-20"),
        ("calendar.clause", "T-12"),
    ],
)
def test_an_unknown_clause_is_refused_with_its_place(place: str, clause: str) -> None:
    label = re.escape(re.sub(r"\.(\d+)\.", r"[\1].", place))

    with pytest.raises(InvalidTerms, match=f"^{label}: '{clause}' is no clause: give an id of the clause list"):
        read_terms(altered("juno-live-support", place, clause))


@pytest.mark.parametrize("zone", ["Mars/Phobos", "../../etc", "", "/etc/localtime", "x" * 5000])
def test_an_unknown_zone_is_refused_with_one_that_is_known(zone: str) -> None:
    with pytest.raises(InvalidTerms, match=r"^calendar: zone .* is unknown: give an IANA name") as refusal:
        read_terms(altered("jbi-support", "calendar.zone", zone))

    assert len(str(refusal.value)) < 200


@pytest.mark.parametrize(
    ("weekly", "refusal"),
    [
        ({}, r"never opens: give one day an interval at least"),
        ({"0": [], "6": []}, r"never opens"),
        ({"0": [["09:00", "13:00"], ["12:00", "17:00"]]}, r"09:00 to 13:00 and 12:00 to 17:00, which overlap"),
        ({"0": [["24:00", "00:00"]]}, r"Monday has the interval .*24:00"),
        ({"0": [["22:00", "06:00"]]}, r"22:00 to 06:00, which crosses midnight: split it at midnight"),
        ({"0": [["09:00", "09:00"]]}, r"the empty interval 09:00 to 09:00"),
        ({"0": [["9", "17"]]}, r"give two times 'HH:MM'"),
        ({"7": [["09:00", "17:00"]]}, r"calendar\.weekly: '7' is no weekday: give 0 for Monday to 6 for Sunday"),
        ({"00": [["09:00", "17:00"]]}, r"calendar\.weekly: '00' is no weekday"),
        ({"0": [["09:00"]]}, r"calendar\.weekly.*: expected `array` of length 2"),
    ],
)
def test_a_week_that_can_not_be_counted_on_is_refused_with_the_counter_example(
    weekly: dict[str, list[list[str]]], refusal: str
) -> None:
    with pytest.raises(InvalidTerms, match=refusal):
        read_terms(altered("jbi-support", "calendar.weekly", weekly))


@pytest.mark.parametrize(
    ("document", "refusal"),
    [
        ({}, r"^terms: object missing required field `name`"),
        ({"name": "x"}, r"^terms: object missing required field `title`"),
        ({"name": "x", "title": "X", "calendar": "24x7"}, r"^terms\.calendar: expected `object`.*; it is '24x7'$"),
        (altered("jbi-support", "surprise", 1), r"^terms: object contains unknown field `surprise`$"),
        (altered("jbi-support", "support.counted.basis", "guess"), r"^terms\.support\.counted\.basis: .*'guess'"),
        (altered("jbi-support", "support.counted.value", "sometimes"), r"^terms\.support\.counted\.value: .*sometimes"),
        (altered("jbi-support", "support.severities.0.name", "Very bad"), r"; it is 'Very bad'$"),
        (altered("jbi-support", "calendar.holidays", ["2026-02-31"]), r"calendar\.holidays\[0\]: .*'2026-02-31'$"),
    ],
)
def test_a_malformed_document_is_refused_with_the_field_and_what_it_expects(
    document: dict[str, Any], refusal: str
) -> None:
    with pytest.raises(InvalidTerms, match=refusal):
        read_terms(document)


def test_a_malformed_document_is_refused_before_overrides_are_merged_into_it() -> None:
    with pytest.raises(InvalidTerms, match=r"^terms\.support: expected `object"):
        read_terms(altered("jbi-support", "support", "none"), {"severities": {"critical": {"response": "PT1H"}}})


def test_a_document_nested_ten_thousand_deep_is_refused_at_its_first_unknown_field() -> None:
    nested: dict[str, Any] = {}
    inner = nested
    for _ in range(10_000):
        inner["x"] = inner = {}

    with pytest.raises(InvalidTerms, match="unknown field `x`"):
        read_terms({**library_document("jbi-support"), "x": nested})


# ------------------------------------------------------------------------------------------------------ overrides


def test_targets_of_a_severity_are_overridden_one_by_one() -> None:
    terms = read_terms(
        "juno-live-support",
        {"severities": {"critical": {"response": "PT5M", "contact": "PT20M"}, "minor": {"resolution": "PT90H"}}},
    )

    preset = library_terms("juno-live-support")
    assert promised(terms, "critical", "response").measure == Duration(timedelta(minutes=5), always())
    assert promised(terms, "critical", "contact").measure == Duration(timedelta(minutes=20), always())
    assert promised(terms, "minor", "resolution").measure == Duration(timedelta(hours=90), always())
    assert promised(terms, "critical", "resolution") == promised(preset, "critical", "resolution")


def test_an_overridden_target_keeps_its_clause_and_says_who_set_it() -> None:
    terms = read_terms("jbi-support", {"severities": {"critical": {"response": "PT30M"}}})

    assert terms.document.support is not None
    response = terms.document.support.severities[0].response
    assert response is not None
    assert (response.clause, response.basis, response.note) == ("JB-4", "stated", "set by this agreement")


def test_an_overridden_duration_runs_on_the_time_of_the_terms_own_targets() -> None:
    terms = read_terms("jbi-support", {"severities": {"critical": {"response": "PT30M", "contact": "PT1H"}}})

    assert promised(terms, "critical", "response").measure == Duration(timedelta(minutes=30), terms.business)
    assert promised(terms, "critical", "contact").measure == Duration(timedelta(hours=1), terms.business)


def test_credit_rows_are_overridden_by_percent_and_by_reading() -> None:
    overrides = {"critical_response": {"percent": "40", "per": "incident"}, "recurring_critical": {"per": "incident"}}

    terms = read_terms("juno-live-support", {"credits": overrides})

    credits = terms.document.credits
    assert credits is not None
    assert credits.recurring is not None
    assert (credits.rows[0].percent.value, credits.rows[0].per.value) == ("40", "incident")
    assert (credits.recurring.percent.value, credits.recurring.per.value) == ("15", "incident")
    assert (credits.rows[1].percent.value, credits.rows[1].per.value) == ("5", "month")


def test_single_values_of_the_services_are_overridden() -> None:
    services = read_terms(
        "productboard-services",
        {"sessions_a_week": 1, "reply_window_business_days": 5, "no_response_pause": "proposed"},
    )
    implementation = read_terms("juno-implementation", {"cutoff_business_days": 5})

    assert services.document.engagement is not None
    assert implementation.document.implementation is not None
    assert services.document.engagement.sessions_a_week.value == 1
    assert services.document.engagement.reply_window_business_days.value == 5
    assert services.document.engagement.no_response_pause.value == "proposed"
    assert implementation.document.implementation.cutoff_business_days.value == 5


@pytest.mark.parametrize("key", ["zone", "weekly", "holidays"])
def test_a_key_of_the_calendar_is_replaced_alone(key: str) -> None:
    given = {"zone": "Europe/London", "weekly": {"5": [["10:00", "12:00"]]}, "holidays": ["2026-01-02"]}
    default = library_terms("jbi-support").business

    business = read_terms("jbi-support", {"calendar": {key: given[key]}}).business

    assert business.zone == ("Europe/London" if key == "zone" else default.zone)
    assert business.weekly == ({5: (("10:00", "12:00"),)} if key == "weekly" else default.weekly)
    assert set(business.holidays) == ({date(2026, 1, 2)} if key == "holidays" else set(default.holidays))


def test_a_calendar_without_holidays_is_an_empty_list_of_them() -> None:
    business = read_terms("jbi-support", {"calendar": {"holidays": []}}).business

    assert not business.holidays


def test_overrides_for_a_section_that_the_terms_lack_change_nothing() -> None:
    overrides = {
        "severities": {"critical": {"response": "PT1H"}},
        "credits": {"critical_response": {"percent": "1"}},
        "sessions_a_week": 1,
        "cutoff_business_days": 4,
    }

    terms = read_terms("juniper-implementation", overrides)

    assert terms.to_json() == library_terms("juniper-implementation").to_json()


@pytest.mark.parametrize(
    ("overrides", "refusal"),
    [
        ({"severity": {}}, r"^overrides: object contains unknown field `severity`$"),
        ({"severities": {"critical": {"reply": "PT1H"}}}, r"^overrides\.severities.*unknown field `reply`"),
        (
            {"severities": {"fatal": {"response": "PT1H"}}},
            r"'fatal' is not in these terms: they have critical, major, mi",
        ),
        ({"severities": {"critical": {"response": "1h"}}}, r"^critical\.response: '1h' is not a duration"),
        ({"severities": {"critical": {"response": "-PT1H"}}}, r"^critical\.response: '-PT1H' is not a duration"),
        ({"severities": {"critical": {"response": 30}}}, r"^overrides\.severities.*expected `str`"),
        (
            {"credits": {"availability": {"percent": "1"}}},
            r"'availability' is not in these terms: they have critical_res",
        ),
        (
            {"credits": {"critical_response": {"percent": "-1"}}},
            r"^credits\.critical_response\.percent: '-1' is no perc",
        ),
        ({"credits": {"critical_response": {"per": "week"}}}, r"^overrides\.credits.*'week'"),
        ({"cutoff_business_days": 2}, r"^overrides\.cutoff_business_days: 2 business days .*give 3 or more, as JI-6"),
        ({"cutoff_business_days": -1}, r"^overrides\.cutoff_business_days: -1 business days"),
        ({"sessions_a_week": 0}, r"^overrides\.sessions_a_week: expected `int` >= 1; it is 0"),
        ({"sessions_a_week": True}, r"^overrides\.sessions_a_week: expected `int`"),
        ({"reply_window_business_days": -2}, r"^overrides\.reply_window_business_days: .*it is -2"),
        ({"no_response_pause": "never"}, r"^overrides\.no_response_pause: .*'never'"),
        ({"calendar": {"zone": "Mars/Phobos"}}, r"^calendar: zone 'Mars/Phobos' is unknown"),
        ({"calendar": {"weekly": {}}}, r"^calendar: weekly is .* never opens"),
        ({"calendar": {"country": "US"}}, r"^overrides\.calendar: object contains unknown field `country`"),
        ({"calendar": {"holidays": ["2026-02-31"]}}, r"^overrides\.calendar\.holidays\[0\]: .*it is '2026-02-31'"),
    ],
)
def test_an_override_that_can_not_be_run_is_refused_with_its_place(overrides: dict[str, Any], refusal: str) -> None:
    with pytest.raises(InvalidTerms, match=refusal):
        read_terms("juno-live-support", overrides)


def test_a_duration_that_its_calendar_takes_centuries_for_is_refused() -> None:
    a_minute_a_week = {"weekly": {"0": [["09:00", "09:01"]]}}
    ten_years = {"severities": {"critical": {"resolution": "P3660D"}}}

    with pytest.raises(InvalidTerms, match=r"critical\.resolution: 'P3660D' .* opens 1 min a week .* 200 years"):
        read_terms("jbi-support", {"calendar": a_minute_a_week, **ten_years})


def test_a_duration_of_ten_years_in_business_hours_is_still_counted() -> None:
    terms = read_terms("jbi-support", {"severities": {"critical": {"resolution": "P3660D"}}})

    promise = terms.promise("critical", "resolution")

    assert promise is not None
    assert isinstance(promise.measure, Duration)
    assert promise.measure.due(datetime(2199, 12, 31, tzinfo=UTC)).year == 2242
