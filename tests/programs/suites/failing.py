"""A call in a mock of each kind, and then a failure."""

import asyncio
import unittest

import pytest
from calling import call

from pca_mock import mock_pca


def test_fixture(pca):
    call("fixture")
    assert False


@mock_pca
def test_decorator():
    call("decorator")
    assert False


def test_block():
    with mock_pca():
        call("block")
    assert False


def test_two_blocks():
    with mock_pca():
        call("one")
    with mock_pca():
        call("two")
    assert False


@mock_pca
class TestCase(unittest.TestCase):
    def test_case(self):
        call("case")
        self.fail()


@mock_pca
class TestPlain:
    def test_plain(self):
        call("plain")
        assert False


@pytest.mark.pca
def test_marked():
    call("marked")
    assert False


@mock_pca
async def coroutine():
    call("coroutine")


def test_coroutine():
    asyncio.run(coroutine())
    assert False
