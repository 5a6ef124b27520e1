"""Personal data found by content: precision and recall on a labelled set with near misses."""

import random

import pytest

from citybrain.domains.catalogue.quality import masking, sensitive
from citybrain.engines.codes import identity, uscc
from citybrain.engines.codes.synthetic import synthetic_identity, synthetic_uscc

N = 200
FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = [
    "伟",
    "芳",
    "娜",
    "秀英",
    "敏",
    "静",
    "强",
    "磊",
    "军",
    "洋",
    "艳红",
    "国庆",
    "子涵",
    "梓萱",
]
ROADS = ["香港中路", "延安三路", "人民路", "中山路", "长江西路", "海尔路"]
WORDS = [
    *("白菜", "黄瓜", "马铃薯", "高粱", "方便面", "水果", "海产", "花生", "大米"),
    *("江鱼", "牛肉", "羊肉", "苹果", "梨", "石材", "钢材", "木材"),
]


def luhn_card(start: str, length: int, rng: random.Random) -> str:
    body = start + "".join(str(rng.randrange(10)) for _ in range(length - len(start) - 1))
    return next(body + str(last) for last in range(10) if sensitive.luhn(body + str(last)))


def digits(n: int, rng: random.Random) -> str:
    return "".join(str(rng.randrange(10)) for _ in range(n))


def labelled() -> list[tuple[str, list[str], str]]:
    """(name of the column, values, kind or nothing); some values of each are missing or wrong."""
    rng = random.Random(36344)
    name = lambda: rng.choice(FAMILY) + rng.choice(GIVEN)  # noqa: E731
    mobile = lambda: rng.choice(["138", "159", "186", "177", "199"]) + digits(8, rng)  # noqa: E731
    positive = {
        "identity": lambda: synthetic_identity(rng.randrange(10**6)),
        "mobile": mobile,
        "landline": lambda: f"0532-{rng.randrange(80000000, 89999999)}",
        "bank_card": lambda: luhn_card(rng.choice(["6222", "6228", "4", "52"]), 16, rng),
        "plate": lambda: f"鲁{rng.choice('ABU')}{digits(5, rng)}",
        "address": lambda: (
            f"青岛市市南区{rng.choice(ROADS)}{rng.randrange(1, 300)}号"
            f"{rng.randrange(1, 9)}号楼{rng.randrange(101, 999)}室"
        ),
        "name": name,
        "email": lambda: f"user{digits(4, rng)}@example.org",
        "uscc": lambda: synthetic_uscc(rng.randrange(10**6)),
    }
    found = [(f"has_{kind}", [make() for _ in range(N)], kind) for kind, make in positive.items()]
    found += [
        ("mobile_86", ["+86 " + mobile() for _ in range(N)], "mobile"),
        ("new_energy", [f"鲁BD{digits(5, rng)}" for _ in range(N)], "plate"),
        ("lower_x", [synthetic_identity(n).lower() for n in range(N)], "identity"),
        (
            "half_wrong",
            [synthetic_identity(n) if n % 2 else digits(18, rng) for n in range(N)],
            "identity",
        ),
        ("sparse", ["" if n % 3 else mobile() for n in range(N)], "mobile"),
        (
            "remark",
            [f"请联系{name()}，电话{mobile()}" if n % 9 == 0 else "无" for n in range(N)],
            "mobile",
        ),
        (
            "remark_id",
            [f"证号{synthetic_identity(n)}已核" if n % 9 == 0 else "无" for n in range(N)],
            "identity",
        ),
    ]
    near = {
        "order_18": lambda: digits(18, rng),
        "order_dated": lambda: f"370202{rng.randrange(1990, 2024)}0101{digits(4, rng)}",
        "order_11": lambda: f"2{digits(10, rng)}",
        "serial_19": lambda: "9" + digits(18, rng),
        "amount": lambda: f"{rng.random() * 10**6:.2f}",
        "timestamp": lambda: (
            f"2025{rng.randrange(1, 13):02}{rng.randrange(1, 28):02}{digits(6, rng)}"
        ),
        "unix_ms": lambda: f"17{digits(11, rng)}",
        "district": lambda: rng.choice(["李沧区", "黄岛区", "市南区", "崂山区", "城阳区"]),
        "district_short": lambda: rng.choice(
            ["李沧", "黄岛", "市南", "市北", "崂山", "城阳", "即墨"]
        ),
        "goods": lambda: rng.choice(WORDS),
        "line": lambda: f"{rng.randrange(1, 999)}路",
        "metro": lambda: (
            f"地铁{rng.randrange(1, 16)}号线{rng.choice(ROADS)}站{rng.choice('ABCD')}口"
        ),
        "document": lambda: f"青政办发〔2025〕{rng.randrange(1, 90)}号",
        "firm": lambda: f"{rng.choice(FAMILY)}{rng.choice(GIVEN)}食品有限公司",
        "uuid": lambda: f"{rng.getrandbits(128):032x}",
        "md5_with_digits": lambda: f"ab{'13' + digits(9, rng)}cd{rng.getrandbits(32):08x}",
        "camera_20": lambda: f"37020200081326{digits(6, rng)}",
        "org_code": lambda: f"{digits(8, rng)}-{rng.randrange(10)}",
        "postcode": lambda: f"266{digits(3, rng)}",
        "longitude": lambda: f"120.{digits(8, rng)}",
        "village": lambda: f"{rng.choice(FAMILY)}家{rng.choice('村庄沟')}",
    }
    return found + [(name, [make() for _ in range(N)], "") for name, make in near.items()]


def test_precision_and_recall_on_a_labelled_set(capsys):
    right, wrong, missed = [], [], []
    for name, values, expected in labelled():
        found = {one.kind for one in sensitive.kinds_in(name, "", values)}
        if expected in found:
            right.append(name)
        elif expected:
            missed.append(name)
        wrong += [(name, kind) for kind in found - {expected}]
    precision = len(right) / (len(right) + len(wrong))
    recall = len(right) / (len(right) + len(missed))
    with capsys.disabled():
        print(f"\nsensitive columns: precision {precision:.2f}, recall {recall:.2f}")
    assert precision >= 0.95 and recall >= 0.95, (wrong, missed)


@pytest.mark.parametrize(
    ("value", "kind", "shown"),
    [
        ("11010519491231002X", "identity", "110105********002X"),
        ("13812345678", "mobile", "138****5678"),
        ("王小明", "name", "王**"),
        ("欧阳娜", "name", "欧**"),
        ("鲁B12345", "plate", "鲁B***45"),
        ("市南区香港中路11号3单元", "address", "市南区香港中****"),
        ("a.b@example.org", "email", "a***@example.org"),
        ("1990-03-07", "", "1990-**-**"),
        ("42", "", "***"),
        ("", "", ""),
        (None, "", ""),
    ],
)
def test_values_are_masked_by_their_kind(value, kind, shown):
    assert masking.masked(value, kind) == shown


def test_a_protected_column_whose_kind_is_unknown_is_masked_by_each_value():
    assert masking.masked("11010519491231002X") == "110105********002X"
    assert masking.masked("某某某某") == "某***"


def test_numbers_inside_open_text_are_hidden_too():
    text = masking.cleaned("请联系13812345678，证号11010519491231002X")
    assert "13812345678" not in text and "11010519491231002X" not in text
    assert masking.cleaned("青岛") == "青岛"


def test_a_masked_value_never_shows_the_whole(capsys):
    values = [value for _name, values, kind in labelled() if kind for value in values[:20]]
    for value in values:
        shown = masking.masked(value)
        assert not value.strip() or shown != value, value


def test_check_digits_decide_not_the_shape():
    good = synthetic_identity(5)
    wrong = good[:-1] + ("0" if good[-1] != "0" else "1")
    assert identity.validate(wrong).level == "error"
    assert sensitive.holds("identity", good) and not sensitive.holds("identity", wrong)
    code = synthetic_uscc(5)
    assert uscc.validate(code).level == "ok" and sensitive.holds("uscc", code)
