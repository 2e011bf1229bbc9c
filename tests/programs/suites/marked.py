"""Marked functions, classes and cases run in a mock, from their first fixture on."""

import unittest

import pytest
from calling import account, is_mocked


@pytest.fixture
def early():
    assert is_mocked()


@pytest.mark.pca(account_id="111122223333")
def test_function(early):
    assert account() == "111122223333"


@pytest.mark.pca
def test_bare():
    assert account() == "123456789012"


@pytest.mark.pca(account_id="111122223333")
class TestPlain:
    def setup_method(self):
        assert is_mocked()

    def test_it(self):
        assert account() == "111122223333"


@pytest.mark.pca(account_id="111122223333")
class TestCase(unittest.TestCase):
    def setUp(self):
        self.assertTrue(is_mocked())

    def tearDown(self):
        self.assertTrue(is_mocked())

    def test_it(self):
        self.assertEqual(account(), "111122223333")

    @pytest.mark.pca(account_id="222222222222")
    def test_own(self):
        self.assertEqual(account(), "222222222222")


class TestCaseOfOne(unittest.TestCase):
    @pytest.mark.pca
    def test_marked(self):
        self.assertTrue(is_mocked())

    def test_unmarked(self):
        self.assertFalse(is_mocked())


def test_unmarked():
    assert not is_mocked()


@pytest.mark.parametrize(
    "marked",
    [
        pytest.param(True, marks=pytest.mark.pca),
        pytest.param(False),
        False,
    ],
)
def test_parameter(marked):
    assert is_mocked() is marked
