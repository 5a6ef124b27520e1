import pytest

from citybrain.engines.codes import gb28181, licence, service_item
from citybrain.engines.codes.checks import CodeError

CAMERA = "37020200081326000001"
LICENCE = "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U"
ITEM = "11370800MB285591843370117002011"


def test_the_camera_of_the_example_is_made_and_read():
    assert gb28181.make("370202", "08", "132", "6", 1) == CAMERA
    parts = gb28181.parse(CAMERA)
    assert (parts.area_name, parts.industry.zh) == ("市南区", "城市管理接入")
    assert (parts.type.zh, parts.group.en) == ("网络摄像机（IPC）", "front-end peripheral")
    assert (parts.network.zh, parts.serial) == ("电子政务外网", "000001")


def test_network_and_industry_are_read_by_the_edition():
    assert gb28181.parse(CAMERA, "2016").network.zh == "政务网"
    steel = gb28181.make("370202", "43", "132", "7", 2)
    assert gb28181.parse(steel, "2016").industry.en == "metallurgy"
    assert gb28181.parse(steel, "2022").industry.en.startswith("electricity")


def test_a_value_that_an_edition_reserves_is_warned_about():
    aviation = gb28181.make("370202", "12", "132", "7", 3)
    assert gb28181.validate(aviation, "2022").level == "ok"
    assert gb28181.validate(aviation, "2016").level == "warning"
    assert gb28181.parse(aviation, "2016").industry.zh == ""


@pytest.mark.parametrize(
    "code", ["", CAMERA[:-1], CAMERA + "1", "99" + CAMERA[2:], CAMERA[:10] + "100" + CAMERA[13:]]
)
def test_what_is_no_device_code_is_an_error(code):
    assert gb28181.validate(code).level == "error"
    with pytest.raises(CodeError):
        gb28181.parse(code)


@pytest.mark.parametrize(
    "part", [("3702020", "08", 1), ("370202", "8", 1), ("370202", "08", 10**6)]
)
def test_no_device_code_is_made_of_bad_parts(part):
    area, industry, serial = part
    with pytest.raises(CodeError):
        gb28181.make(area, industry, "132", "6", serial)


def test_the_licence_identifier_of_the_example_is_right():
    assert licence.validate(LICENCE).level == "ok"
    parts = licence.parse(LICENCE)
    assert (parts.type_code, parts.serial) == ("11100000000013338W011", "20230000403")
    assert licence.make(parts.type_code, parts.issuer, parts.serial, 1) == LICENCE


@pytest.mark.parametrize(
    "wrong", [LICENCE[:-1] + "V", LICENCE.replace("20230000403", "20230000404"), LICENCE[1:], ""]
)
def test_a_changed_licence_identifier_is_noticed(wrong):
    assert licence.validate(wrong).level == "error"
    with pytest.raises(CodeError):
        licence.parse(wrong)


def test_no_licence_identifier_is_made_of_bad_parts():
    with pytest.raises(CodeError):
        licence.make("11100000000013338W011", "11430000006122244L", "with space", 1)
    with pytest.raises(CodeError):
        licence.make("11100000000013338W011", "11430000006122244L", "1", 1000)


def test_a_real_service_item_of_a_city_is_read():
    parts = service_item.parse(ITEM)
    assert parts.unit == "11370800MB28559184"
    assert (parts.level_zh, parts.type_zh) == ("市级", "行政许可")
    assert parts.basic == "370117002011" and parts.handling == ""
    assert service_item.parse(ITEM + "01").handling == "01"


def test_a_service_item_with_a_doubtful_unit_or_type_is_warned_about():
    assert service_item.validate(ITEM).level == "ok"
    assert service_item.validate(ITEM[:17] + "9" + ITEM[18:]).level == "warning"
    assert service_item.validate(ITEM[:21] + "99" + ITEM[23:]).level == "warning"
    assert service_item.validate(ITEM + "0").level == "error"
