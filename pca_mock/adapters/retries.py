"""botocore's own retry handlers, asked about attempts that never were on the network.

These are the steps of `botocore.endpoint.Endpoint._send_request` after an attempt, except that they
wait by the mock's clock. They yield the answers of event handlers; those of
asynchronous clients are to be awaited.
"""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable, Generator
from types import coroutine
from typing import Any, Protocol

from botocore.awsrequest import AWSResponse
from botocore.hooks import first_non_none_response

# (HTTP response, parsed response), as botocore has them
Answer = tuple[AWSResponse, dict[str, Any]]
# The result of an attempt, and the error that it is or that came instead.
Outcome = tuple[Answer | None, Exception | None]


class CallInProgress(Protocol):
    """A call of a client that a mock has begun to answer."""

    @property
    def request_id(self) -> str:
        """For the ResponseMetadata."""

    def attempt(self) -> dict[str, Any]:
        """Answer one attempt with the members of the response.

        Raises:
            AwsError: the answer is this error.
            BotoCoreError: the network has failed, as planned.
        """

    def wait(self, seconds: float) -> None:
        """Wait before the next attempt."""

    def end(self, error: Exception | None, retries: int) -> object:
        """Note how it ended."""


def steps(
    call: CallInProgress,
    model: Any,
    request: dict[str, Any],
    *,
    emit: Callable[..., Any],
    attempt: Callable[[], Outcome],
    outcome: Outcome,
) -> Generator[Any, Any, Answer]:
    """Make attempts until one succeeds or botocore's handlers want no further one.

    Args:
        call: the call.
        model: of the operation.
        request: botocore's request_dict, which has the context.
        emit: of the client's emitter.
        attempt: makes another attempt.
        outcome: of the first one.

    Raises:
        BotoCoreError: the network has failed, as planned, at the last attempt.
        Exception: a handler of the user's own has raised it.
    """
    context, attempts = request["context"], 1
    while True:
        answered, error = outcome
        context.setdefault("retries", {})["attempt"] = attempts
        try:
            responses = yield emit(
                f"needs-retry.acm-pca.{model.name}",
                response=answered,
                endpoint=None,
                operation=model,
                attempts=attempts,
                caught_exception=error if answered is None else None,
                request_dict=request,
            )
        except Exception as raised:  # legacy mode does so when it gives up
            answered, error = None, raised
            break
        seconds = first_non_none_response(responses)
        if seconds is None or seconds is False:
            break
        call.wait(seconds)
        attempts += 1
        outcome = attempt()
    call.end(error, attempts - 1)
    if answered is None:
        assert error is not None
        yield emit(f"after-call-error.acm-pca.{model.name}", exception=error, context=context)
        raise error
    answered[1]["ResponseMetadata"]["RetryAttempts"] = attempts - 1
    return answered


def drive(steps: Generator[Any, Any, Answer]) -> Answer | Awaitable[Answer]:
    """Go through the steps: at once or, with an asynchronous client, while it is awaited."""
    try:
        emitted = next(steps)
        while not inspect.isawaitable(emitted):
            emitted = steps.send(emitted)
    except StopIteration as stop:
        answer: Answer = stop.value
        return answer
    return _drive_awaiting(steps, emitted)


async def _drive_awaiting(steps: Generator[Any, Any, Answer], emitted: Any) -> Answer:
    try:
        while True:
            try:
                responses = await emitted
            except Exception as error:
                emitted = steps.throw(error)
            else:
                await _turn()
                emitted = steps.send(responses)
    except StopIteration as stop:
        answer: Answer = stop.value
        return answer


async def _turn() -> None:
    """Give other tasks a turn before the next attempt, as they would have while this one waits.

    Like `asyncio.sleep(0)`, which a test may have replaced. Other event loops have no such way.
    """
    import asyncio  # is there already if a client needs it

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return
    await _suspend()


@coroutine
def _suspend() -> Generator[None, None, None]:
    yield
