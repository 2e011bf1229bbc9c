"""botocore's events on one side, a running mock on the other.

`register` adds a few handlers to botocore's built-in ones, for good: every client made afterwards
has them. For clients and sessions that exist already it adds them to each emitter that the
garbage collector knows. The handlers do nothing unless a mock is running.

`before-call` comes before credentials, signing, the wire protocol and the network, and an answer
there ends the event: no other mock sees the call. Ours is the last handler of the least specific
name, so that the user's own handlers come before it; it asks those that were registered as the
last ones later by itself. It also passes botocore's retries by, except
after an error, planned or not: see `retries`.
"""

from __future__ import annotations

import gc
import inspect
import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import ModuleType
from typing import Any, Final

from botocore.exceptions import BotoCoreError

from pca_mock.adapters import imports, moto_seam, parameters, responses, retries
from pca_mock.adapters.retries import CallInProgress, Outcome
from pca_mock.errors import AwsError, NotAnsweredByPcaMock
from pca_mock.locks import new_rlock
from pca_mock.state import running
from pca_mock.state.plans import ConditionError

# Each an event and the function that handles it.
_Handlers = tuple[tuple[str, Callable[..., Any]], ...]
# (operation, parameters, region, credentials, user agent) -> a call that has begun; None if nobody
# answers
BeginCall = Callable[[str, Mapping[str, Any], str, Any, str], CallInProgress | None]

_CALLS: Final = "before-call.acm-pca."
_EMITTER: Final = ("botocore.hooks", "HierarchicalEmitter")
# Where botocore's monitor keeps the event that it sends to another process after the call.
_METRICS: Final = "current_api_call_event"
_lock = new_rlock()
_registered = False
_begin_call: BeginCall


def answer_with(begin_call: BeginCall) -> None:
    """Set the function that begins a call. The handlers call it only while a mock runs."""
    global _begin_call
    _begin_call = begin_call


def register(*, look_for_existing: bool = True) -> None:
    """Register the handlers of this module with every botocore client, existing or future.

    Args:
        look_for_existing: False where there can't be any yet, as botocore is being imported.
    """
    global _registered
    with _lock:
        if _registered:
            return
        # Later sessions are built with the handlers; earlier ones get them here. Sessions and
        # clients each have an emitter of their own, and a client's is a copy of its session's.
        imports.watch("botocore.handlers", _add_to_builtin)
        for emitter in _existing_emitters() if look_for_existing else ():
            _give(emitter, _HANDLERS)
        _registered = True


def _add_to_builtin(handlers: ModuleType) -> None:
    rows = [(*row, handlers.REGISTER_LAST) for row in _HANDLERS]
    builtin = handlers.BUILTIN_HANDLERS
    builtin.extend(row for row in rows if row not in builtin)  # an interrupt may have come before


def reach(emitter: Any) -> None:
    """Give the emitter of a client of `acm-pca` the handlers, once each, after those it has."""
    _give(emitter, _OWN_HANDLERS)


def _give(emitter: Any, handlers: _Handlers) -> None:
    for event, handler in handlers:
        emitter.unregister(event, handler)
        emitter.register_last(event, handler)


def _existing_emitters() -> Iterator[Any]:
    # By name: a test may have imported botocore again, which has other classes then.
    is_emitter: dict[int, bool] = {}
    for candidate in gc.get_objects():
        # Not isinstance(): that would ask lazy objects for their class, and so load them.
        kind = type(candidate)
        if id(kind) not in is_emitter:
            names = [(base.__module__, base.__name__) for base in kind.__mro__]
            is_emitter[id(kind)] = _EMITTER in names
        if is_emitter[id(kind)]:
            yield candidate


def answer(
    event_name: str, context: dict[str, Any], request_signer: Any, params: Any, **event: Any
) -> Any:
    """`before-call`: the running mock's answer, as (HTTP response, parsed response).

    A call that has failed goes through botocore's own retry handlers, as it would after the
    network; an asynchronous client gets something to await then.
    """
    if not event_name.startswith(_CALLS):
        return None
    if running.is_served(params["url"]):
        return None  # the client was made for the endpoint of a mock, and calls it over HTTP
    remembered = parameters.remembered(context)
    if running.latest() is None and remembered is None:
        return None

    def answered() -> Any:
        return _answer(event["model"], remembered, context, request_signer, params)

    emitter = getattr(request_signer._event_emitter, "_emitter", request_signer._event_emitter)
    later = _later_handlers(emitter, event_name)
    if not later:
        return answered()
    event |= {"event_name": event_name, "context": context, "params": params}
    event["request_signer"] = request_signer
    if inspect.iscoroutinefunction(emitter._emit):  # pragma: no cover: of aiobotocore
        return _answer_after_awaiting(later, event, answered)
    responses = (handler(**event) for handler in later)
    response = next((each for each in responses if each is not None), None)
    return answered() if response is None else response


def _later_handlers(emitter: Any, event_name: str) -> tuple[Callable[..., Any], ...]:
    """The handlers of an event that is being emitted which come after ours."""
    handlers = emitter._lookup_cache.get(event_name)  # gone if a handler has registered another one
    if not handlers or handlers[-1] is answer:
        return ()
    return tuple(itertools.dropwhile(lambda handler: handler is not answer, handlers))[1:]


async def _answer_after_awaiting(  # pragma: no cover: aiobotocore pins botocore
    later: Iterable[Callable[..., Any]], event: dict[str, Any], answered: Callable[[], Any]
) -> Any:
    """The first response of handlers that were registered after ours, else our answer."""
    for handler in later:
        response = handler(**event)
        if inspect.isawaitable(response):
            response = await response
        if response is not None:
            return response
    answer = answered()
    return await answer if inspect.isawaitable(answer) else answer


def _answer(
    model: Any,
    remembered: dict[str, Any] | None,
    context: dict[str, Any],
    request_signer: Any,
    request: Any,
) -> Any:
    """The mock's answer.

    Raises:
        NotAnsweredByPcaMock: no mock has run for all of the call.
    """
    if remembered is None:
        raise _interrupted(model, "started")
    context.pop(_METRICS, None)
    credentials = request_signer._credentials
    agent = request["headers"].get("User-Agent", "")
    call = _begin_call(model.name, remembered, context["client_region"], credentials, agent)
    if call is None:
        raise _interrupted(model, "ended")

    def attempt() -> Outcome:
        return _attempt(call, model, request["url"])

    answered, error = attempt()
    if error is not None:
        emit = request_signer._event_emitter.emit
        first = (answered, error)
        return retries.drive(
            retries.steps(call, model, request, emit=emit, attempt=attempt, outcome=first)
        )
    call.end(None, 0)
    return answered


def _interrupted(model: Any, what: str) -> NotAnsweredByPcaMock:
    return NotAnsweredByPcaMock(
        f"a mock of pca_mock {what} in the middle of this call of {model.name}, which is not sent "
        "to AWS. Another thread or task makes it: wait for it before the mock starts or ends"
    )


def note_look(**_: Any) -> None:
    """`before-call.s3`: running mocks write the objects that have waited for somebody to look."""
    for state in running.mocks():
        state.buckets.note_look()


def deliver_events(**_: Any) -> None:
    """`before-call` where events are looked for: deliver those that time alone has brought."""
    if not running.mocks() or not moto_seam.is_active():
        return
    from pca_mock.adapters import moto_events

    for state in running.mocks():
        moto_events.catch_up(state)


def answer_acm(**call: Any) -> Any:
    """`before-call.acm`: the answer about a private certificate, where moto has its ACM."""
    state = running.latest()
    if state is None or not moto_seam.is_active():
        return None
    from pca_mock.adapters import moto_acm  # not before: it needs all of the service

    return moto_acm.answer(state, **call)


def complete_acm_list(**call: Any) -> None:
    """`after-call.acm.ListCertificates`: the private certificates in moto's list."""
    state = running.latest()
    if state is None or not moto_seam.is_active():
        return
    from pca_mock.adapters import moto_acm

    moto_acm.complete_list(state, **call)


def answer_tagging(**call: Any) -> Any:
    """`before-call` of the Resource Groups Tagging API: pages of CAs behind moto's resources."""
    state = running.latest()
    if state is None or not moto_seam.is_active():
        return None
    from pca_mock.adapters import moto_tagging

    return moto_tagging.answer(state, **call)


def complete_tagging(**call: Any) -> None:
    """`after-call` of the Resource Groups Tagging API: the CAs among moto's resources."""
    state = running.latest()
    if state is None or not moto_seam.is_active():
        return
    from pca_mock.adapters import moto_tagging

    moto_tagging.complete(state, **call)


def offer_resource_types(**call: Any) -> None:
    """`before-call.cloudformation`: resource types of Private CA for moto, while a mock runs."""
    state = running.latest()
    if not moto_seam.is_active():
        return
    from pca_mock.adapters import moto_cloudformation

    if state is None:
        moto_cloudformation.withdraw()
    else:
        moto_cloudformation.offer(state, **call)


def answer_sharing(**call: Any) -> Any:
    """`before-call.ram`: shares of CAs in moto, while a mock runs."""
    state = running.latest()
    if not moto_seam.is_active():
        return None
    from pca_mock.adapters import moto_sharing

    if state is None:
        moto_sharing.withdraw()
        return None
    return moto_sharing.answer(state, **call)


def complete_sharing(**call: Any) -> None:
    """`after-call.ram`: what shares of CAs allow."""
    state = running.latest()
    if state is None or not moto_seam.is_active():
        return
    from pca_mock.adapters import moto_sharing

    moto_sharing.complete(state, **call)


def _attempt(call: CallInProgress, model: Any, url: str) -> Outcome:
    """One attempt: its answer, and the error that it is or that came instead.

    Raises:
        Exception: the error of a plan's condition, unchanged.
    """
    try:
        parsed = call.attempt()
    except ConditionError as error:
        raised = error.error
    except AwsError as error:
        return responses.failure(call.request_id, model, url, error), error
    except BotoCoreError as error:
        return None, error
    else:
        return responses.success(call.request_id, model, url, parsed), None
    raise raised  # not above, where Python would give it a context


# Of our own service's clients; then of all others'.
_OWN_HANDLERS: Final[_Handlers] = (
    ("before-parameter-build.acm-pca", parameters.remember),
    ("before-call", answer),
)
_HANDLERS: Final[_Handlers] = (
    *_OWN_HANDLERS,
    ("before-parameter-build.acm", parameters.remember),
    ("before-call.acm", answer_acm),
    ("after-call.acm.ListCertificates", complete_acm_list),
    ("before-parameter-build.resource-groups-tagging-api", parameters.remember),
    ("before-call.resource-groups-tagging-api", answer_tagging),
    ("after-call.resource-groups-tagging-api", complete_tagging),
    ("before-call.cloudformation", offer_resource_types),
    ("before-parameter-build.ram", parameters.remember),
    ("before-call.ram", answer_sharing),
    ("after-call.ram", complete_sharing),
    ("before-call.s3", note_look),
    ("before-call.sqs", deliver_events),
    ("before-call.cloudwatch-logs", deliver_events),
)
