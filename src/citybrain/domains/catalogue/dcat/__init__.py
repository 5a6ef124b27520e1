"""The directory in DCAT-AP: out as JSON-LD, Turtle and RDF/XML, and in again."""
