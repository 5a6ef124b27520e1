"""What the catalogue answers beside Django."""

from citybrain.domains.catalogue.ckan.datastore import PATHS, Datastore
from citybrain.gateway.native import add_native

add_native("ckan-datastore", PATHS, Datastore)
