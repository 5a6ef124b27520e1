"""The kind file: ranges, conditions, watermarks."""

import io
import struct
import zipfile
import zlib

import pytest

from citybrain.domains.catalogue.serving import file as serving
from citybrain.domains.catalogue.tests.conftest import World
from citybrain.kernel.kinds import PolicyRefusal, ServeError, kind_of
from citybrain.kernel.policy.decision import Delivery

BODY = b"0123456789" * 10
MARK = Delivery(watermark="某局 2025")


def make(world: World, body: bytes = BODY, media_type: str = "text/plain", **more):
    world.write("f.bin", body)
    metadata = {"path": "f.bin", "filename": "数据 a.txt", "media_type": media_type, **more}
    return world.resource("file", metadata)


def test_the_whole_file_is_metered_in_bytes(world):
    answer = world.use(make(world))
    assert (answer.status, answer.body, answer.units, answer.size) == (200, BODY, 100, 100)
    assert "filename*=UTF-8''%E6%95%B0%E6%8D%AE%20a.txt" in answer.headers["Content-Disposition"]
    assert answer.content_type == "text/plain; charset=utf-8"


def test_a_large_file_is_streamed_in_chunks(world, monkeypatch):
    monkeypatch.setattr(serving, "CHUNK", 7)
    answer = world.use(make(world), headers={"range": "bytes=3-51"})
    assert answer.body == BODY[3:52] and answer.size == 49


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("0-0", 0, 0), ("10-19", 10, 19), ("90-", 90, 99), ("9-500", 9, 99), ("-5", 95, 99)],
)
def test_a_range_is_answered_with_206(world, asked, first, last):
    answer = world.use(make(world), headers={"range": f"bytes={asked}"})
    assert answer.status == 206
    assert answer.headers["Content-Range"] == f"bytes {first}-{last}/100"
    assert answer.body == BODY[first : last + 1] and answer.units == last - first + 1


@pytest.mark.parametrize("asked", ["5-3", "a-b", "-", "1-2,5-6", "٣-"])
def test_a_malformed_or_multiple_range_gets_the_whole(world, asked):
    assert world.use(make(world), headers={"range": f"bytes={asked}"}).status == 200


@pytest.mark.parametrize("asked", ["100-", "500-600", "-0"])
def test_a_range_after_the_end_is_a_416(world, asked):
    answer = world.use(make(world), headers={"range": f"bytes={asked}"})
    assert (answer.status, answer.headers["Content-Range"]) == (416, "bytes */100")
    assert answer.units == 0


def test_an_empty_file_can_be_downloaded(world):
    resource = make(world, b"")
    assert world.use(resource).body == b""
    assert world.use(resource, headers={"range": "bytes=0-"}).status == 416


def test_conditions_go_by_the_content(world):
    resource = make(world)
    tag = world.use(resource).headers["ETag"]
    assert world.use(resource, headers={"if-none-match": f'"x", W/{tag}'}).status == 304
    ranged = {"range": "bytes=0-1", "if-range": tag}
    assert world.use(resource, headers=ranged).status == 206
    world.write("f.bin", BODY[::-1])
    assert world.use(resource, headers=ranged).status == 200
    assert world.use(resource).headers["ETag"] != tag


def test_head_tells_the_size_and_costs_nothing(world):
    answer = world.use(make(world), method="HEAD")
    assert (answer.body, answer.size, answer.units) == (b"", 100, 0)


def test_text_gets_its_watermark_as_the_last_line_also_in_ranges(world):
    resource = make(world, b"a,b\n1,2", "text/csv", encoding="gb18030")
    whole = world.use(resource, delivery=MARK).body
    assert whole.decode("gb18030") == "a,b\n1,2\n# watermark: 某局 2025\n"
    part = world.use(resource, delivery=MARK, headers={"range": "bytes=5-12"})
    assert part.body == whole[5:13]
    assert part.headers["ETag"] != world.use(resource).headers["ETag"]


def test_a_zip_carries_it_as_its_comment_and_still_opens(world):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("a.txt", "content")
        made.comment = b"old"
    whole = world.use(make(world, stream.getvalue(), "application/zip"), delivery=MARK).body
    with zipfile.ZipFile(io.BytesIO(whole)) as opened:
        assert opened.comment.decode() == "old\nwatermark: 某局 2025"
        assert opened.read("a.txt") == b"content" and opened.testzip() is None


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def test_a_png_carries_it_in_a_text_chunk(world):
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\x00\x00")
    png = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", pixels)
    whole = world.use(make(world, png + _chunk(b"IEND", b""), "image/png"), delivery=MARK).body
    place, names = 8, []
    while place < len(whole):
        (length,) = struct.unpack_from(">I", whole, place)
        name, data = whole[place + 4 : place + 8], whole[place + 8 : place + 8 + length]
        assert _chunk(name, data) == whole[place : place + 12 + length]
        names.append(name)
        place += 12 + length
    assert names == [b"IHDR", b"IDAT", b"iTXt", b"IEND"]
    assert "某局 2025".encode() in whole


@pytest.mark.parametrize(
    ("media_type", "body"),
    [("application/pdf", b"%PDF"), ("application/zip", b"no zip"), ("image/png", b"no png")],
)
def test_a_watermark_that_cannot_be_carried_is_a_refusal(world, media_type, body):
    with pytest.raises(PolicyRefusal) as refusal:
        world.use(make(world, body, media_type), delivery=MARK)
    assert refusal.value.refused.operand == "watermark"


@pytest.mark.parametrize(
    "delivery",
    [Delivery(fields=frozenset("a")), Delivery(rows={"a": ("b",)}), Delivery(aggregate_only=True)],
)
def test_a_policy_that_a_whole_file_cannot_obey_is_a_refusal(world, delivery):
    with pytest.raises(PolicyRefusal):
        world.use(make(world), delivery=delivery)


def test_other_methods_paths_and_missing_files(world):
    resource = make(world)
    for arguments, status in (({"method": "POST"}, 405), ({"path": "../x"}, 404)):
        with pytest.raises(ServeError) as error:
            world.use(resource, **arguments)
        assert error.value.status == status
    (world.root / "f.bin").unlink()
    with pytest.raises(ServeError) as error:
        world.use(resource)
    assert error.value.reason == "source-missing"


def test_a_file_that_is_cut_off_while_streaming_breaks_the_answer(world, monkeypatch):
    resource = make(world)
    made = serving._represent(resource, resource.metadata, None)
    world.write("f.bin", b"x")
    with pytest.raises(ServeError, match="replaced"):
        serving._open(made)


def test_the_probe_tells_size_digest_and_watermark(world):
    resource = make(world)
    found = kind_of("file").probe(resource.metadata, world.root)
    assert found["bytes"] == 100 and len(found["sha256"]) == 64 and found["can_watermark"]


@pytest.mark.parametrize("name", ["a/b", 'a"b', "a\r\nb", "", "a\u2028b"])
def test_a_file_name_cannot_break_a_header(world, name):
    with pytest.raises(ValueError, match="name"):
        make(world, filename=name)
