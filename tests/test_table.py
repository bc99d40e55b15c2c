"""A table is one test that fails if any row does, and says which."""

import pytest

from tests.table import table


def test_every_row_is_met_with_the_fixtures(tmp_path):
    met = []

    @table(("one", "two"), [(1, 2), (3, 4)])
    def check(tmp_path, one, two):
        met.append((tmp_path, one, two))

    check(tmp_path=tmp_path)
    assert met == [(tmp_path, 1, 2), (tmp_path, 3, 4)]


def test_all_rows_that_fail_are_named():
    @table("number", [1, -2, 3, -4, 5])
    def check(number):
        if number == -4:
            with pytest.raises(ValueError, match="x"):
                pass
        assert number > 0

    with pytest.raises(pytest.fail.Exception) as failed:
        check()
    said = str(failed.value)
    assert "row 2, (-2): test_table.py:" in said
    assert "row 4, (-4): test_table.py:" in said
    assert "DID NOT RAISE" in said
    assert said.count("row ") == 2


@table("number", [1, 2])
def test_pytest_asks_for_the_fixtures_alone(number, tmp_path):
    assert tmp_path.is_dir()
    assert number in (1, 2)


def test_an_empty_table_and_a_row_of_another_length_are_no_tests():
    with pytest.raises(ValueError, match="tests nothing"):
        table("number", [])

    @table(("one", "two"), [(1,)])
    def check(one, two): ...

    with pytest.raises(pytest.fail.Exception, match="row 1"):
        check()
