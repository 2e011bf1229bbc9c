"""The context of a call, which its operation gets besides the request; rows of operations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pca_mock.arns import AuthorityArn
from pca_mock.service import states
from pca_mock.state import progress
from pca_mock.state.authority import CertificateAuthority
from pca_mock.state.buckets import ObjectAccess
from pca_mock.state.calls import Caller
from pca_mock.state.progress import Progress
from pca_mock.state.store import State, Store

# The members of a checked request, Any because each operation declares them as its TypedDict.
Request = dict[str, Any]
# The members of a response, without ResponseMetadata.
Response = dict[str, object]


@dataclass(slots=True)  # one or two for each call: freezing them would take the longest
class Context:
    """One call. Nobody changes it.

    Attributes:
        operation: the name on the wire, such as "IssueCertificate".
        state: of the whole mock.
        store: the part of it that belongs to the caller's account and region.
        now: the moment of the call: UTC.
        buckets: answers the call's questions about buckets, before it changes anything.
    """

    operation: str
    caller: Caller
    state: State
    store: Store
    now: datetime
    buckets: ObjectAccess

    def begin(
        self, request: Mapping[str, Any], due_at: datetime | None
    ) -> AbstractContextManager[Progress]:
        """Begin something that takes time. See `progress.begin`."""
        plans, origin = self.state.plans, self.caller.origin
        return progress.begin(plans, self.operation, request, due_at, origin)


@dataclass(slots=True)
class CaContext(Context):
    """A call about a CA, which exists and whose use the caller is allowed."""

    ca: CertificateAuthority

    def permit(self, details: object) -> None:
        """Refuse the operation if the status of its CA forbids it. See `states.permit`."""
        states.permit(self.operation, self.ca, self.now, details)


@dataclass(frozen=True, slots=True)
class Operation:
    """How an operation is carried out: its row in the table of operations.

    Attributes:
        carry_out: (request, context) -> response, or an AwsError. Operations about a CA get a
            CaContext.
        prepare: does the long work that depends only on the request, before the lock is taken,
            so that threads don't wait for one another.
        template_arn: (request, partition) -> the ARN of the template that the request is about;
            conditions of resource policies can ask for it.
        certificate_arn: (request, the CA's ARN) -> the ARN of the certificate that the request is
            about; the resources of policies can name it.
        permits_itself: whether `carry_out` calls `ctx.permit`, as AWS checks something else before
            the CA's status; otherwise it is called before `carry_out`.
    """

    # Any: each takes the TypedDict of its own request, and a Context or a CaContext.
    carry_out: Callable[[Any, Any], Response]
    prepare: Callable[[Any], None] | None = None
    template_arn: Callable[[Any, str], str] | None = None
    certificate_arn: Callable[[Any, AuthorityArn], str | None] | None = None
    permits_itself: bool = False
