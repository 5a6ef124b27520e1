"""What sensing answers beside Django."""

from citybrain.domains.sensing.door import PATHS, Door
from citybrain.gateway.native import add_native

add_native("ingest", PATHS, Door)
