"""Any query string gives rows or a 4xx, and never another file's content."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from citybrain.domains.catalogue.tests.test_table import CSV, metadata
from citybrain.kernel.kinds import PolicyRefusal, ServeError
from citybrain.kernel.policy.decision import Delivery

CONTROLS = ["select", "order", "limit", "offset", "group", "agg", "format", "bbox", "where.name"]
COLUMNS = ["code", "name", "district", "value", "when", "lng", "_row", "_xmin", "data"]
KEYS = st.sampled_from(CONTROLS) | st.sampled_from(COLUMNS)
OPERATORS = ["eq.", "in.", "like.", "is.null", "gt.", "ne.", "count", "sum.value", ".desc"]
MARKS = ["(", ")", ",", '"', "'", "\\", "%", "*", ";", "--", "\x00", "\ud800"]
LITERALS = ["1", "-1", "1e400", "2025-01-01", "nan", "true", "120,36,121,37", "\u0663", "1_0"]
WORDS = st.sampled_from([*OPERATORS, *MARKS, *LITERALS, *COLUMNS, "csv", "geojson", "avg.code"])
ATTACKS = st.sampled_from(["' OR 1=1 --", "read_csv('secret.csv')", "UNION SELECT * FROM"])
PIECES = WORDS | ATTACKS
VALUES = st.one_of(st.text(max_size=20), st.lists(PIECES, max_size=6).map("".join))
QUERIES = st.dictionaries(
    st.one_of(KEYS, st.text(max_size=8)), st.lists(VALUES, min_size=1, max_size=3), max_size=4
)
DELIVERIES = st.sampled_from(
    [
        Delivery(),
        Delivery(fields=frozenset({"code", "value"}), watermark="w"),
        Delivery(rows={"district": ("市南区",)}),
        Delivery(min_cohort=2),
        Delivery(epsilon=1.0),
    ]
)


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(query=QUERIES, delivery=DELIVERIES)
def test_any_query_gives_rows_or_a_clear_refusal(world, query, delivery):
    if not hasattr(world, "places"):
        world.write("places.csv", CSV)
        world.write("secret.csv", "leak\nTOPSECRET\n")
        world.places = world.resource("table", metadata())
    try:
        answer = world.use(world.places, "", query, delivery)
    except PolicyRefusal:
        return
    except ServeError as error:
        assert 400 <= error.status < 500
        assert (error.reason + error.detail_zh + error.detail_en).encode()
        return
    assert b"TOPSECRET" not in answer.body
    if delivery.fields:
        assert "甲".encode() not in answer.body
    if delivery.rows:
        assert "市北区".encode() not in answer.body
