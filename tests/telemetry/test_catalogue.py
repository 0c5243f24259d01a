import numpy as np
import pytest

from madang.telemetry.engine.catalogue import Catalogue, empty_catalogue


def catalogue(ids):
    n = len(ids)
    return Catalogue(
        ids=np.array(ids, np.uint32),
        property=np.zeros(n, np.uint8),
        properties=("pm25",),
        resolution=np.ones(n),
        period_s=np.full(n, 300, np.int32),
        freshness_s=np.full(n, 900, np.int32),
        gateway=np.ones(n, np.uint32),
        origin=np.zeros(n, np.uint8),
        limits={},
    )


@pytest.mark.parametrize("ids", [[3, 5, 9], [3, 5, 4_000_000_000]])
def test_rows_of_known_and_unknown_ids(ids):
    asked = np.array([ids[2], 4, ids[0], 4_294_967_295, 0], np.uint32)
    np.testing.assert_array_equal(catalogue(ids).rows(asked), [2, -1, 0, -1, -1])


def test_an_empty_catalogue_knows_nothing():
    np.testing.assert_array_equal(empty_catalogue().rows(np.array([1], np.uint32)), [-1])


def test_unsorted_or_ragged_columns_are_refused():
    with pytest.raises(ValueError, match="increasing"):
        catalogue([5, 3])
    good = catalogue([1, 2])
    with pytest.raises(ValueError, match="period_s"):
        Catalogue(**{**good.__dict__, "period_s": np.array([1], np.int32)})


def test_without_pairs_no_row_bounds_another():
    assert (catalogue([1, 2]).upper_bound == -1).all()
