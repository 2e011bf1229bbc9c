"""Decorated classes: what is set up where, and in which mock."""

import unittest

import pytest
from pca_mock import mock_pca
from suite import assert_mocked, assert_new, cas


@mock_pca
class TestOuter:
    def test_outer(self):
        assert_new()

    class TestInner:
        def setup_method(self):
            assert_new()

        def test_inner(self):
            assert cas() == 1

    class TestDeep:
        class TestDeeper:
            def test_innermost(self):
                assert_new()

    class TestCase(unittest.TestCase):
        def setUp(self):
            assert_new()

        def test_case(self):
            assert cas() == 1


@mock_pca
class TestBase:
    def setup_method(self):
        assert_new()

    def teardown_method(self):
        assert_mocked()

    def test_base(self):
        assert cas() == 1


class TestOverriding(TestBase):
    def setup_method(self):
        assert_new()
        assert_new_fails()

    def teardown_method(self):
        assert_mocked()

    def test_own(self):
        assert cas() == 1


def assert_new_fails():
    with pytest.raises(AssertionError):
        assert_new()


@mock_pca
class TestWithSuper(TestBase):
    def setup_method(self):
        super().setup_method()
        assert cas() == 1

    def teardown_method(self):
        super().teardown_method()
        assert_mocked()


@mock_pca
class TestForTheClass:
    @classmethod
    def setup_class(cls):
        assert_new()

    @classmethod
    def teardown_class(cls):
        assert_mocked()

    def test_one(self):
        assert cas() == 1

    def test_two(self):
        assert cas() == 1

    class TestInner:  # which pytest runs before it tears the outer class down
        def test_one(self):
            assert cas() == 1

        def test_two(self):
            assert cas() == 1


class TestForTheClassOverriding(TestForTheClass):
    def setup_class(self):
        assert_new()


@mock_pca
class TestFixtureForTheClass:
    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def ca(cls):
        assert_new()
        yield
        assert_mocked()

    @pytest.fixture(autouse=True)
    def mocked(self):
        assert_mocked()
        yield
        assert_mocked()

    def test_one(self):
        assert cas() == 1

    def test_two(self):
        assert cas() == 1


@mock_pca
class TestFixtureOfConftest:
    def test_without(self):
        assert cas() <= 1

    def test_with(self, prepared):
        assert cas() == 1


@pytest.fixture
def early():
    assert_new()
    yield
    assert_mocked()


@mock_pca
@pytest.mark.usefixtures("early")
class TestFixturesOfACase(unittest.TestCase):
    def setUp(self):
        assert cas() == 1

    def test_one(self): ...
    def test_two(self): ...


@mock_pca
class Mixin:
    def setUp(self):
        assert_new()


class TestMixin(Mixin, unittest.TestCase):
    def test_one(self):
        assert cas() == 1


def test_nothing_is_left():
    with pytest.raises(Exception, match="127.0.0.1"):
        cas()
