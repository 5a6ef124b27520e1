import pytest
from hypothesis import given
from hypothesis import strategies as st

from citybrain.engines.codes import datum


def test_a_published_pair_agrees():
    # Tian'anmen, as the usual open implementations give it.
    lon, lat = datum.to_gcj02(116.404, 39.915)
    assert (round(lon, 6), round(lat, 6)) == (116.410244, 39.916404)


def test_qingdao_is_shifted_by_some_hundred_metres():
    lon, lat = datum.to_gcj02(120.3826, 36.0671)
    assert 0.003 < abs(lon - 120.3826) < 0.008
    assert abs(lat - 36.0671) < 0.003


@given(st.floats(73.0, 135.5), st.floats(3.5, 54.0))
def test_there_and_back_is_exact_to_a_ten_millionth_of_a_degree(lon, lat):
    back = datum.to_wgs84(*datum.to_gcj02(lon, lat))
    assert abs(back[0] - lon) < 1e-7 and abs(back[1] - lat) < 1e-7


@pytest.mark.parametrize("point", [(2.35, 48.85), (-74.0, 40.7), (151.2, -33.9), (180.0, 90.0)])
def test_points_abroad_pass_unchanged(point):
    assert datum.to_gcj02(*point) == point
    assert datum.to_wgs84(*point) == point


@pytest.mark.parametrize("point", [(181.0, 0.0), (120.0, 91.0), (float("nan"), 36.0)])
def test_what_is_no_coordinate_is_refused(point):
    with pytest.raises(ValueError, match="no coordinates"):
        datum.to_gcj02(*point)
    with pytest.raises(ValueError, match="no coordinates"):
        datum.to_wgs84(*point)


def test_a_line_is_shifted_point_by_point():
    line = [(120.38, 36.06), (120.40, 36.07)]
    shifted = list(datum.many_to_gcj02(line))
    assert shifted == [datum.to_gcj02(*point) for point in line]
    back = list(datum.many_to_wgs84(shifted))
    assert back == [pytest.approx(point, abs=1e-7) for point in line]
