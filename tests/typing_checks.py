"""The types that mypy must find for the public names. mypy checks this file; nobody runs it."""

from __future__ import annotations

import unittest
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

from pca_mock import PcaMock, PcaPatcher, mock_pca

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient
    from typing_extensions import assert_type

    async def coroutine() -> None:
        with mock_pca() as pca:
            assert_type(pca, PcaMock)
            assert_type(pca.client(region_name="eu-west-1"), ACMPCAClient)
            assert_type(pca.account_id, str)
        async with mock_pca(account_id="111122223333") as pca:
            assert_type(pca, PcaMock)
        mock = mock_pca()
        assert_type(mock, PcaPatcher)
        assert_type(mock.start(), PcaMock)
        assert_type(mock.stop(), None)

    @mock_pca
    def function(number: int, *, name: str = "") -> str:
        return name * number

    assert_type(function(1, name="a"), str)
    function("1")  # type: ignore[arg-type]

    @mock_pca(account_id="111122223333")
    async def coroutine_function() -> int:
        return 1

    @mock_pca
    def generator() -> Iterator[int]:
        yield 1

    assert_type(generator(), Iterator[int])

    @mock_pca()
    async def async_generator() -> AsyncIterator[int]:
        yield 1

    @mock_pca
    class Case(unittest.TestCase):
        attribute = 1

    assert_type(Case().attribute, int)

    mock_pca(account=1)  # type: ignore[call-overload]
