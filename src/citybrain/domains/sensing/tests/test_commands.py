"""The command line: in from a file, and questions."""

import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from citybrain.domains.sensing import stores
from citybrain.domains.sensing.commands import sensing
from citybrain.domains.sensing.models import Quarantined, Stream
from citybrain.domains.sensing.tests.conftest import DAY, T0
from citybrain.engines.facts import Facts, RelayServer
from citybrain.kernel.errors import ActionError

pytestmark = pytest.mark.django_db(transaction=True)


def tell(*arguments):
    done = CliRunner().invoke(sensing, [str(one) for one in arguments])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


ROWS = [("sensor-3", T0, 50.0), ("sensor-4", T0, 60.0), ("sensor-3", T0 + DAY, 999.0)]


def write(path, rows):
    columns = dict(zip(("stream", "time", "result"), zip(*rows, strict=True), strict=True))
    table = pa.table({name: list(values) for name, values in columns.items()})
    if path.suffix == ".parquet":
        pq.write_table(table, path)
    elif path.suffix == ".arrow":
        with pa.ipc.new_stream(path, table.schema) as out:
            out.write_table(table)
    elif path.suffix == ".csv":
        text = "stream,time,result\n" + "".join(f"{s},{t},{r}\n" for s, t, r in rows)
        path.write_text(text)
    else:
        names = ("stream", "time", "result")
        lines = (json.dumps(dict(zip(names, row, strict=True))) + "\n" for row in rows)
        path.write_text("".join(lines))
    return path


@pytest.mark.parametrize("name", ["a.csv", "a.ndjson", "a.parquet", "a.arrow"])
def test_a_file_is_taken_in_once_and_what_is_wrong_is_put_aside(network, tmp_path, name):
    path = write(tmp_path / name, ROWS)
    first = tell("ingest", path, "--as", "su").output
    assert "accepted 2 · 重复 repeated 0 · 隔离 quarantined 1" in first
    assert "out-of-range 1" in first
    assert "accepted 0 · 重复 repeated 2" in tell("ingest", path, "--as", "su").output
    assert Quarantined.objects.count() == 2
    assert "sensor-4 2025-06-30T16:00:00Z 60 km/h" in tell("latest", "--as", "su").output
    answer = tell("query", "SELECT sum(result) AS total FROM readings", "--as", "lin")
    assert answer.output.split() == ['"total"', "110"]


def test_a_file_can_be_taken_in_while_a_server_has_the_store(network, tmp_path):
    from citybrain.domains.sensing.intake import Intake

    with Facts(stores.root(), tend=False) as facts:
        Intake().refresh(facts)
        server = RelayServer(facts)
        done = tell("ingest", write(tmp_path / "a.csv", ROWS), "--as", "su")
        assert "accepted 2" in done.output
        refused = tell("flush")
        assert refused.exit_code == 1
        assert "stop it first" in refused.output
        server.close()


def test_a_file_that_breaks_off_says_where(network, tmp_path):
    path = write(tmp_path / "a.csv", ROWS)
    path.write_text(path.read_text() + "sensor-3\n")
    done = tell("ingest", path, "--as", "su")
    assert done.exit_code == 1
    assert "a.csv" in done.output
    assert tell("ingest", tmp_path / "a.csv", "--as", "su").exit_code == 1


def test_streams_are_registered_from_a_file(network, tmp_path):
    path = tmp_path / "streams.csv"
    path.write_text(
        "code,class,name_zh,name_en,district,longitude,latitude\n"
        "n-1,speed,新一,New 1,370202,120.4,36.1\nn-2,speed,新二,,,,\n",
        encoding="utf-8",
    )
    assert "registered 2" in tell("register", path, "--as", "su").output
    assert Stream.objects.get(code="n-1").longitude == 120.4
    with pytest.raises(ActionError):
        tell("register", path, "--as", "su")


def test_the_store_is_flushed_compacted_checked_and_cleared_by_command(network, tmp_path):
    old = [("sensor-3", T0 - 4000 * DAY, 1.0)]
    tell("ingest", write(tmp_path / "a.csv", ROWS + old), "--as", "su")
    assert tell("flush").output.strip() == "3"
    assert tell("compact").exit_code == 0
    assert "would remove 3" in tell("retain", "--dry-run").output
    assert "removed 3" in tell("retain").output
    done = tell("verify")
    assert done.exit_code == 0
    assert "acknowledged 3 · 段内 in segments 0" in done.output


def test_a_damaged_store_makes_verify_fail(network, tmp_path):
    tell("ingest", write(tmp_path / "a.csv", ROWS), "--as", "su")
    tell("flush")
    for path in stores.root().rglob("*-raw.parquet"):
        data = bytearray(path.read_bytes())
        data[30] ^= 1
        path.write_bytes(bytes(data))
    done = tell("verify")
    assert done.exit_code == 1
    assert "-raw.parquet: its hash" in done.output


def test_tokens_are_issued_listed_and_revoked(network):
    text = tell("tokens", "issue", "weir 7", "--class", "water-level", "--as", "su").output
    assert text.startswith("cbd_")
    listed = tell("tokens", "list", "--as", "su").output
    assert "weir 7 water-level" in listed
    ref = listed.split()[0]
    assert "weir 7" in tell("tokens", "revoke", ref, "--as", "su").output
    assert "revoked" in tell("tokens", "list", "--as", "su").output


def test_only_who_may_asks_in_sql(network):
    with pytest.raises(ActionError):
        tell("query", "SELECT 1", "--as", "su")
    assert tell("query", "DROP TABLE x", "--as", "an").exit_code == 1
