"""What each kind shows to requesters: never where the source lies."""

from citybrain.kernel.kinds import kind_of

WHERE = {"source", "path", "base_url", "allowed_hosts", "private_network", "credential", "host"}
KINDS = ("table", "verification", "file", "api")


def test_no_kind_shows_where_its_source_lies():
    for kind in map(kind_of, KINDS):
        assert not (kind.public | kind.public_facts) & WHERE, kind.code


def test_what_a_kind_shows_exists_in_its_schema():
    for kind in map(kind_of, KINDS):
        assert kind.public and kind.public <= set(kind.schema.model_fields), kind.code
