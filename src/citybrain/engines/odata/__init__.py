"""The query language of OGC SensorThings 1.1 (a part of OData 4): read, bounded, evaluated.

`parse_filter` makes a tree of `nodes`; `evaluate` says what it is worth for one record;
`parse_options` reads a whole query string with nested `$expand`; `parse_path` reads an
address such as `Things(1)/Datastreams('a')/Observations/$ref`. Whatever cannot be read is
an `ODataError` that names the place. Sources: OGC 18-088 (SensorThings API Part 1, 1.1) §9,
OASIS OData 4.0 URL Conventions.
"""

from citybrain.engines.odata.errors import ODataError
from citybrain.engines.odata.evaluate import evaluate, holds
from citybrain.engines.odata.expressions import parse_expression, parse_filter
from citybrain.engines.odata.nodes import Binary, Call, Literal, Node, Path, Unary
from citybrain.engines.odata.options import Expand, Options, Order, parse_options
from citybrain.engines.odata.paths import Segment, parse_path
from citybrain.engines.odata.values import Geometry, Interval, as_time, parse_interval

__all__ = [
    "Binary",
    "Call",
    "Expand",
    "Geometry",
    "Interval",
    "Literal",
    "Node",
    "ODataError",
    "Options",
    "Order",
    "Path",
    "Segment",
    "Unary",
    "as_time",
    "evaluate",
    "holds",
    "parse_expression",
    "parse_filter",
    "parse_interval",
    "parse_options",
    "parse_path",
]
