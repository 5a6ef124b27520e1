"""Whole queries and addresses."""

import pytest

from citybrain.engines.odata import (
    ODataError,
    Options,
    Path,
    Segment,
    parse_filter,
    parse_options,
    parse_path,
)


def test_every_option_is_read():
    found = parse_options(
        [
            ("$filter", "result gt 3"),
            ("$orderby", "phenomenonTime desc, result"),
            ("$select", "id, result"),
            ("$top", "5"),
            ("$skip", "10"),
            ("$count", "true"),
            ("$resultFormat", "dataArray"),
            ("token", "x"),
        ]
    )
    assert found.filter == parse_filter("result gt 3")
    assert [(one.by, one.descending) for one in found.orderby] == [
        (Path(("phenomenonTime",)), True),
        (Path(("result",)), False),
    ]
    assert (found.select, found.top, found.skip) == (("id", "result"), 5, 10)
    assert (found.count, found.result_format, found.others) == (True, "dataArray", {"token": "x"})


def test_expansions_nest_with_options_of_their_own():
    text = (
        "Datastreams($filter=name eq 'a;b)';$select=name;$expand=Observations($top=1;"
        "$orderby=phenomenonTime desc),Sensor),Locations"
    )
    streams, locations = parse_options([("$expand", text)]).expand
    assert (streams.name, locations.name) == ("Datastreams", "Locations")
    assert streams.options.filter == parse_filter("name eq 'a;b)'")
    observations, sensor = streams.options.expand
    assert observations.options.top == 1 and observations.options.orderby[0].descending
    assert sensor.options == Options()


def test_paths_in_expansions_are_the_same_as_nesting():
    nested = parse_options([("$expand", "Datastreams($expand=Observations,Sensor)")])
    assert parse_options([("$expand", "Datastreams/Observations,Datastreams/Sensor")]) == nested
    deep = parse_options([("$expand", "Datastreams/Observations/FeatureOfInterest")])
    assert deep.expand[0].options.expand[0].options.expand[0].name == "FeatureOfInterest"


@pytest.mark.parametrize(
    "pairs",
    [
        [("$top", "many")],
        [("$top", "-1")],
        [("$skip", "1e3")],
        [("$count", "maybe")],
        [("$apply", "x")],
        [("$top", "1"), ("$top", "2")],
        [("$select", "a,,b")],
        [("$expand", "A(")],
        [("$expand", "A)")],
        [("$expand", "A($top)")],
        [("$expand", "A/B/C/D/E/F/G")],
        [("$expand", "A($expand=B($expand=C($expand=D($expand=E($expand=F)))))")],
        [("$expand", ",".join(f"A{n}" for n in range(60)))],
        [("$expand", "A($top=1),A($top=2)")],
        [("$expand", "1A")],
        [("$orderby", ",".join("abcdefghijkl"))],
    ],
)
def test_malformed_and_oversized_options_are_refused(pairs):
    with pytest.raises(ODataError):
        parse_options(pairs)


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", ()),
        ("/Things", (Segment("Things"),)),
        ("Things(1)/Datastreams", (Segment("Things", 1), Segment("Datastreams"))),
        ("Observations('7_1_2')/result/$value",
         (Segment("Observations", "7_1_2"), Segment("result"), Segment("$value"))),
        ("Things('it''s')/@iot.id", (Segment("Things", "it's"), Segment("@iot.id"))),
        ("Things(1)/Locations/$ref", (Segment("Things", 1), Segment("Locations"), Segment("$ref"))),
    ],
)  # fmt: skip
def test_addresses_are_read_step_by_step(text, segments):
    assert parse_path(text) == segments


@pytest.mark.parametrize(
    "text",
    ["Things(", "Things(1", "Things()", "Things(a)", "Things(1)x", "Things//Datastreams",
     "../etc", "/".join(["Things(1)"] * 30), "Things('" + "x" * 900 + "')"],
)  # fmt: skip
def test_addresses_that_lead_nowhere_are_refused(text):
    with pytest.raises(ODataError):
        parse_path(text)
