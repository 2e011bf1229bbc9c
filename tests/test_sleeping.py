"""`pca.clock.follow_sleep()`: a program's own waiting moves the mock's clock."""

from __future__ import annotations

import asyncio
import threading
import time
from asyncio import sleep as async_sleep
from datetime import timedelta
from time import sleep
from typing import Any

import pytest
from botocore.exceptions import ClientError

from pca_mock import PcaMock, mock_pca
from tests import support

SLEEPS: Any = (time.sleep, asyncio.sleep)
LONG = 100_000


@pytest.fixture(autouse=True)
def nothing_stays_replaced() -> Any:
    yield
    assert (time.sleep, asyncio.sleep, asyncio.tasks.sleep, sleep, async_sleep) == (
        *SLEEPS,
        asyncio.sleep,
        *SLEEPS,
    )


@pytest.fixture(autouse=True)
def frozen(pca: PcaMock) -> None:
    pca.clock.freeze("2027-03-01T12:00:00Z")


def poll(client: Any, arn: str) -> str:
    """A program's own loop."""
    while True:
        try:
            return str(client.get_certificate_authority_csr(CertificateAuthorityArn=arn)["Csr"])
        except ClientError:
            time.sleep(LONG)


def test_a_polling_loop_moves_the_clock_and_takes_no_time() -> None:
    with mock_pca(creation_delay=timedelta(seconds=3 * LONG)) as pca:
        pca.clock.freeze()
        before = pca.clock.now()
        ca = support.pending(pca.client())

        with pca.clock.follow_sleep():
            assert poll(ca.client, ca.arn)

        assert pca.clock.now() - before == timedelta(seconds=3 * LONG)


def test_names_that_modules_have_imported_are_followed_too(pca: PcaMock) -> None:
    with pca.clock.follow_sleep() as clock:
        before = clock.now()
        sleep(LONG)
        time.sleep(0.5)
        time.sleep(0)

    assert pca.clock.now() - before == timedelta(seconds=LONG + 0.5)


def test_tasks_that_are_started_in_the_block_are_followed(pca: PcaMock) -> None:
    before = pca.clock.now()

    async def nap() -> str:
        return await async_sleep(LONG, "rested")

    async def main() -> Any:
        return await asyncio.gather(nap(), asyncio.create_task(nap()), asyncio.sleep(0, "at once"))

    with pca.clock.follow_sleep():
        assert asyncio.run(main()) == ["rested", "rested", "at once"]

    assert pca.clock.now() - before == timedelta(seconds=2 * LONG)


async def test_other_tasks_take_their_turn_and_sleep_as_always(pca: PcaMock) -> None:
    before = pca.clock.now()
    turns = []

    async def other() -> None:
        await asyncio.sleep(0.001)
        turns.append(pca.clock.now() - before)

    task = asyncio.create_task(other())
    with pca.clock.follow_sleep():
        while not turns:
            await asyncio.sleep(1)
    await task

    assert turns[0] > timedelta()


def test_other_threads_sleep_as_always(pca: PcaMock) -> None:
    before = pca.clock.now()

    with pca.clock.follow_sleep():
        thread = threading.Thread(target=lambda: time.sleep(0.001))
        thread.start()
        thread.join()

    assert pca.clock.now() == before


def test_nested_blocks_move_the_innermost_clock(pca: PcaMock) -> None:
    before = pca.clock.now()

    with mock_pca() as inner, pca.clock.follow_sleep():
        inner.clock.freeze(before)
        with inner.clock.follow_sleep():
            time.sleep(LONG)
        assert inner.clock.now() - before == timedelta(seconds=LONG)
        assert pca.clock.now() == before
        time.sleep(LONG)

    assert pca.clock.now() - before == timedelta(seconds=LONG)


@pytest.mark.parametrize(("seconds", "error"), [(-1, ValueError), ("1", TypeError)])
def test_an_impossible_sleep_is_refused_as_by_time_sleep(
    seconds: Any, error: type[Exception], pca: PcaMock
) -> None:
    with pca.clock.follow_sleep(), pytest.raises(error):
        time.sleep(seconds)
