"""moto's ACM, in which the private certificates of this package are.

Calls about a private certificate are answered here, at `before-call`; all others go on to moto. So
that moto's other services find the certificates, moto's backend has a stand-in for each: load
balancers ask for them, lists and the Resource Groups Tagging API show them.

A certificate exists as long as both have it: it ends with moto's reset as with the mock's.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from pca_mock.acm import descriptions, operations, renewals, tags
from pca_mock.acm.context import AcmContext
from pca_mock.adapters import company, moto_seam, parameters, responses
from pca_mock.errors import AwsError
from pca_mock.state.managed import ManagedCertificate
from pca_mock.state.plans import ConditionError
from pca_mock.state.randomness import new_uuid
from pca_mock.state.store import State

_SERVICE: Final = operations.SERVICE


def answer(
    state: State,
    model: Any,
    params: Any,
    context: dict[str, Any],
    request_signer: Any,
    **_: Any,
) -> Any:
    """`before-call.acm`: the answer to a call about a private certificate; None for others."""
    members = parameters.remembered(context)
    if members is None or not moto_seam.answers(_SERVICE, params["url"]):
        return None
    caller, access_key = company.caller_of(state, request_signer, context)
    account_id = moto_seam.caller_account(access_key)
    with state.lock:
        moto_seam.certificates(account_id, caller.region)  # moto knows the region
        _forget_lost(state)
        now = state.clock.now()
        acm = AcmContext(state, caller, account_id, now, moto_seam.users_of_certificate)
        try:
            parsed = operations.call(model.name, members, acm)
        except AwsError as error:
            return responses.failure(new_uuid(state.random), model, params["url"], error)
        except ConditionError as error:
            raised = error.error
        else:
            show(state)
            if parsed is None:
                return None
            parsed = _as_modelled(parsed, model.output_shape)
            return responses.success(new_uuid(state.random), model, params["url"], parsed)
    raise raised  # not above, where Python would give it a context


def complete_list(state: State, parsed: Any, model: Any, **_: Any) -> None:
    """`after-call.acm.ListCertificates`: show our certificates as ACM does, in moto's order."""
    shape = model.output_shape.members["CertificateSummaryList"].member
    with state.lock:
        summaries = parsed.get("CertificateSummaryList", ())
        for place, item in enumerate(summaries):
            certificate = state.managed.certificates.get(item["CertificateArn"])
            if certificate is not None:
                summary = descriptions.summary(
                    certificate, state.clock.now(), moto_seam.users_of_certificate
                )
                summaries[place] = responses.localised(_as_modelled(summary, shape), shape)


def refresh(state: State) -> None:
    """Receive and renew what is due by the mock's clock, while moto is active."""
    if not moto_seam.is_active():
        return
    with state.lock:
        _forget_lost(state)
        renewals.refresh(state, moto_seam.users_of_certificate)


def show(state: State) -> None:
    """Give moto a stand-in for each certificate, and take those of others that are gone."""
    if not moto_seam.is_active():
        return
    certificates = state.managed.certificates
    for backend in moto_seam.certificates_in_use():
        gone = [arn for arn, each in backend.items() if _is_of(each, state)]
        for arn in gone:
            if arn not in certificates:
                del backend[arn]
    for arn in certificates:
        backend = _backend_of(arn)
        if not _is_of(backend.get(arn), state):
            backend[arn] = StandIn(state, arn)


def _forget_lost(state: State) -> None:
    """Forget the certificates that moto has lost, as it was reset."""
    for arn in list(state.managed.certificates):
        if not _is_of(_backend_of(arn).get(arn), state):
            del state.managed.certificates[arn]


def _backend_of(arn: str) -> dict[str, Any]:
    _, _, _, region, account_id, _ = arn.split(":", 5)
    return moto_seam.certificates(account_id, region)


def _is_of(certificate: object, state: State) -> bool:
    return isinstance(certificate, StandIn) and certificate.state is state


def _as_modelled(value: Any, shape: Any) -> Any:
    """A value without the members that the model of the client doesn't have yet."""
    if shape is None or not isinstance(value, (dict, list)):
        return value
    if isinstance(value, list):
        return [_as_modelled(item, shape.member) for item in value]
    members = shape.members
    return {
        name: _as_modelled(each, members[name]) for name, each in value.items() if name in members
    }


class StandIn:
    """A certificate as moto's backend has it: the attributes that moto's own ones have.

    Attributes:
        state: of the mock that has the certificate.
        arn: its ARN.
    """

    def __init__(self, state: State, arn: str) -> None:
        """Only `show` makes these."""
        self.state = state
        self.arn = arn
        self.in_use_by: list[str] = []  # moto adds to it; `users_of_certificate` is asked instead
        self._latest = state.managed.certificates[arn]

    @property
    def _certificate(self) -> ManagedCertificate:
        """The certificate, as it was last if the mock has lost it."""
        self._latest = self.state.managed.certificates.get(self.arn, self._latest)
        return self._latest

    def check(self) -> None:
        """Do nothing: the mock's clock decides what has expired."""

    @property
    def status(self) -> str:
        """The CertificateStatus."""
        return descriptions.status(self._certificate, self.state.clock.now())

    @property
    def type(self) -> str:
        """The CertificateType."""
        return "PRIVATE"

    @property
    def cert_options(self) -> dict[str, str]:
        """The options."""
        return self._certificate.options

    @property
    def common_name(self) -> str:
        """The domain name."""
        return self._certificate.names[0]

    @property
    def cert(self) -> bytes:
        """The certificate: PEM, empty if there is none."""
        delivery = self._certificate.delivery
        return f"{delivery.certificate_pem}\n".encode() if delivery is not None else b""

    @property
    def chain(self) -> bytes:
        """All certificates above it: PEM."""
        delivery = self._certificate.delivery
        return f"{delivery.chain_pem}\n".encode() if delivery is not None else b""

    @property
    def tags(self) -> _Tags:
        """The tags, which moto changes through its methods."""
        return _Tags(self._certificate)

    def serialize_pk(self, passphrase: bytes) -> str:
        """The key as PEM text, encrypted."""
        delivery = self._certificate.delivery
        return operations.encrypted_key(delivery, passphrase) if delivery is not None else ""

    def describe(self) -> dict[str, Any]:
        """The answer to DescribeCertificate in moto's form: times are seconds since 1970."""
        now = self.state.clock.now()
        members = descriptions.detail(self._certificate, now, moto_seam.users_of_certificate)
        # moto's filters compare it with the values of the enum.
        members["KeyAlgorithm"] = self._certificate.key_algorithm
        return {"Certificate": {name: _in_motos_form(value) for name, value in members.items()}}


class _Tags(dict[str, "str | None"]):
    """A certificate's tags as moto's tagging API reads and changes them."""

    def __init__(self, certificate: ManagedCertificate) -> None:
        super().__init__(certificate.tags)
        self._certificate = certificate

    def add(self, changes: list[dict[str, str]]) -> None:
        tags.add(self._certificate, tags.read_tags(changes))

    def remove(self, changes: list[dict[str, str]]) -> None:
        tags.remove(self._certificate, tags.read_tags(changes))


def _in_motos_form(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _in_motos_form(each) for name, each in value.items()}
    return value.timestamp() if isinstance(value, datetime) else value
