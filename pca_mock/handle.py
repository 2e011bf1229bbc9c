"""`PcaMock`: the handle of a running mock. It wires the floors below together."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from pca_mock.adapters import moto_acm, moto_events, own_clients, responder
from pca_mock.adapters.buckets import Buckets, BucketStore
from pca_mock.arguments import BYTES, DURATION, FLAG, MAPPING, NUMBER, TEXT, Kind
from pca_mock.arns import parse_authority_arn
from pca_mock.clock import EARLIEST, Clock, watch
from pca_mock.notebooks import as_html
from pca_mock.pki.algorithms import REPEATING_ALGORITHMS
from pca_mock.service import publishing, revocation
from pca_mock.settings import Settings, check_account_id
from pca_mock.showing import pages, text, words
from pca_mock.state import keys, randomness, running
from pca_mock.state.enforcement import Enforcement
from pca_mock.state.store import Snapshot, State
from pca_mock.testing import authorities, privileges
from pca_mock.testing.authorities import Authority
from pca_mock.testing.calls import Calls
from pca_mock.testing.certificates import Certificate
from pca_mock.testing.events import Events
from pca_mock.testing.faults import FaultPlanner
from pca_mock.testing.requests import authority_request, place_of
from pca_mock.testing.words import check_members

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient
    from typing_extensions import Unpack

    from pca_mock.literals import KeyAlgorithm, SigningAlgorithm
    from pca_mock.server.serving import Served
    from pca_mock.testing.requests import AuthorityMembers

_SNAPSHOT: Final = Kind("a Snapshot, from pca.snapshot()", (Snapshot,))
_TEN_YEARS: Final = timedelta(days=3650)


class PcaMock(FaultPlanner):
    """A running mock, from `with mock_pca() as pca:` or the fixture `pca`.

    Attributes:
        account_id: the account in whose name calls are made, unless their credentials name
            another: 12 digits.
    """

    def __init__(self, settings: Settings) -> None:
        """Start without CAs. Only `mock_pca` makes handles."""
        store = BucketStore(settings.s3_endpoint_url)
        self._buckets = Buckets(store)
        random = randomness.source(settings.seed)
        source: keys.Keys = keys.SOURCES[settings.keys]()
        self._state = State(settings, buckets=store, keys=source, random=random)
        self.account_id = self._state.account_id
        if settings.seed is not None:
            self._state.keys = keys.SeededKeys(source, random)
            self._state.signing_algorithms = REPEATING_ALGORITHMS
        store.before_looks(lambda: publishing.show(self._state))
        watch(self._state.clock, lambda: _note_new_time(self))
        self._state.events.salt = str(uuid4() if settings.seed is None else settings.seed)
        self._state.events.listener = lambda: moto_events.deliver(self._state)
        self._state.events.find_principal = moto_events.find_principal
        self._served: list[Served] = []
        self._beginning = self._state.keep()

    def __repr__(self) -> str:
        with self._state.lock:
            ended = "" if running.is_running(self._state) else ", ended"
            calls = words.count(self._state.log.total, "call")
            lines = [f"<PcaMock account_id={self.account_id}, {calls}{ended}>"]
            return "\n".join(lines + [f"  {line}" for line in text.tree(self._state)])

    def _repr_html_(self) -> str:
        return as_html(self, lambda: pages.of_mock(self._state, self.account_id))

    # Clients and ready-made authorities

    def client(self, **kwargs: Any) -> ACMPCAClient:
        """A boto3 client of `acm-pca`, like that of `boto3.client("acm-pca", **kwargs)`.

        A replaced `boto3.client`, replaced methods of botocore and hooks on the default session
        don't affect it.

        Args:
            kwargs: further arguments of `boto3.client`: `region_name`, `config` …

        Raises:
            RuntimeError: the mock has ended.
        """
        running.check(self._state)
        client: ACMPCAClient = own_clients.users_client("acm-pca", **kwargs)
        return client

    def create_root_ca(
        self,
        common_name: str = "Example Root CA",
        *,
        key_algorithm: KeyAlgorithm = "EC_prime256v1",
        validity: timedelta = _TEN_YEARS,
        region_name: str | None = None,
        ca_id: str | None = None,
        arn: str | None = None,
        subject: Mapping[str, Any] | None = None,
        signing_algorithm: SigningAlgorithm | None = None,
        crl_bucket: str | None = None,
        ocsp: bool = False,
        **members: Unpack[AuthorityMembers],
    ) -> Authority:
        """Make an active root CA, through the public API and so in view of the code under test.

        Where CAs or certificates take time (`creation_delay` …), the mock's clock moves on by it.

        Example:
            >>> from pca_mock import mock_pca
            >>> with mock_pca() as pca:
            ...     root = pca.create_root_ca("Example Root", crl_bucket="crls", ocsp=True)
            ...     root.status
            'ACTIVE'

        Args:
            common_name: of its subject.
            key_algorithm: a KeyAlgorithm of the model.
            validity: of its certificate, from now.
            region_name: by default that of clients for which the code names none.
            ca_id: the end of its ARN, a UUID in lower case that no other CA of this mock has; by
                default a random one.
            arn: its ARN, as in a program's configuration. Its account owns the CA, whatever
                account makes the calls of the code under test.
            subject: further members of the ASN1Subject; with `CustomAttributes`, the common name
                becomes one of them.
            signing_algorithm: with which it signs; by default the first one that fits its key.
            crl_bucket: where its CRLs go, which are valid for seven days each; by default it has
                none.
            ocsp: whether it has OCSP.
            members: further ones of CreateCertificateAuthority, such as `Tags=[…]` and
                `RevocationConfiguration={…}`.

        Raises:
            ClientError: AWS would refuse it; nothing is left of it then.
            RuntimeError: the mock has ended.
            TypeError: there is no such argument or member, one has another type, or one excludes
                another.
            ValueError: there is no such key algorithm; `arn` or `ca_id` isn't one, or isn't free.
        """
        running.check(self._state)
        check_members(self.create_root_ca, "CreateCertificateAuthority", members)
        DURATION.check(validity=validity)
        account_id = self._state.acting_as[-1] if self._state.acting_as else self.account_id
        request = authority_request(
            "ROOT",
            common_name,
            key_algorithm,
            members,
            subject=subject,
            signing_algorithm=signing_algorithm,
            crl_bucket=crl_bucket,
            ocsp=ocsp,
        )
        place = place_of(account_id, region_name, ca_id=ca_id, arn=arn)
        return authorities.create_root_ca(self._state, place, request, validity)

    def authority(self, arn: str) -> Authority:
        """A handle of a CA that the code under test has made.

        Raises:
            InvalidArnException: not the ARN of a CA.
            LookupError: there is none with this ARN.
        """
        TEXT.check(arn=arn)
        parsed = parse_authority_arn(arn)
        if self._state.find(parsed) is None:
            raise LookupError(f"the mock has no CA {arn}")
        return Authority(self._state, parsed)

    # Permissions

    def enforce(
        self,
        *policies: str | Mapping[str, Any],
        context: Mapping[str, str | Sequence[str] | None] | None = None,
    ) -> Enforcement:
        """Hold the code under test to the identity policies of its role, from now on.

        Calls that they don't allow, or deny, get AccessDeniedException. Handles and fixtures may do
        everything. Where several calls of `enforce` are in force, the last one applies.

        Args:
            policies: documents of the role, as JSON text or as dicts.
            context: values of condition keys that aren't known here, such as "aws:SourceVpce", or
                others than the mock's, such as "aws:PrincipalArn"; None for no value.

        Returns:
            The enforcement: in force already, and a context manager that ends it.

        Raises:
            RuntimeError: the mock has ended.
            TypeError: there are no policies.
            ValueError: IAM would refuse a policy, the service has no such action, or a condition
                key has no value here.
        """
        running.check(self._state)
        return privileges.enforce(self._state, policies, context or {})

    def enforce_iam(
        self, *, context: Mapping[str, str | Sequence[str] | None] | None = None
    ) -> Enforcement:
        """Hold the code under test to the policies that its identity has in moto's IAM.

        The identity is the user or the assumed role for which moto's IAM or STS made the access key
        of a call. Its own policies apply, those of its groups, a role's permissions boundary and
        the policy of its session, as they are at the moment of the call; statements about other
        services are not read. A key that moto hasn't made gets UnrecognizedClientException. Handles
        and fixtures may do everything.

        Args:
            context: values of condition keys, as in `enforce`.

        Returns:
            The enforcement: in force already, and a context manager that ends it.

        Raises:
            RuntimeError: the mock has ended, or moto isn't active.
        """
        running.check(self._state)
        return privileges.enforce_iam(self._state, context or {})

    # A look inside

    @property
    def calls(self) -> Calls:
        """The calls that this mock has answered, those made through its handles included."""
        return Calls(self._state.log)

    @property
    def events(self) -> Events:
        """What EventBridge and CloudTrail get to know of this mock, in order.

        Example:
            >>> from pca_mock import mock_pca
            >>> with mock_pca() as pca:
            ...     root = pca.create_root_ca()
            ...     pca.events.clear()
            ...     leaf = root.issue("localhost")
            ...     for event in pca.events:
            ...         print(event.name or event.detail_type)
            IssueCertificate
            SignCertificate
            IssueCertificateDetails
            ACM Private CA Certificate Issuance
        """
        return Events(self._state)

    @property
    def authorities(self) -> list[Authority]:
        """The CAs of all accounts and regions, oldest first; deleted ones while restorable."""
        with self._state.lock:
            return authorities.all_authorities(self._state)

    @property
    def certificates(self) -> Sequence[Certificate]:
        """All certificates that these CAs have issued, CAs' own ones included, oldest first."""
        moto_acm.refresh(self._state)  # ACM may have renewed some by now
        with self._state.lock:
            return authorities.all_certificates(self._state)

    @property
    def buckets(self) -> Buckets:
        """Where CRLs and audit reports are: `pca.buckets["name"]["crl/….crl"]` is bytes.

        At each look into them, CRLs that are due by then are written first.
        """
        return self._buckets

    # Time, and going back

    @property
    def clock(self) -> Clock:
        """The mock's time: `pca.clock.freeze()`, `.advance(days=40)`, `.move_to(…)`."""
        return self._state.clock

    def snapshot(self) -> Snapshot:
        """Keep everything as it is now, for `restore`: of this mock, or of a later one.

        CAs, certificates, also those in ACM, buckets in memory, the clock, planned faults and the
        log of calls are kept; buckets in moto or behind an endpoint are not this mock's own.

        Raises:
            RuntimeError: the mock has ended.
        """
        running.check(self._state)
        self._state.buckets.send(everything=True)
        with self._state.lock:
            return self._state.keep()

    def restore(self, kept: Snapshot, *, calls: bool = False) -> None:
        """Go back to the state of a snapshot, as often as needed.

        Handles of its CAs and certificates work again, also those that another mock returned, if it
        had the same account.

        Args:
            kept: the snapshot.
            calls: whether to restore the log of calls, too. By default the calls of the current
                test stay in it.
        """
        _SNAPSHOT.check(kept=kept)
        FLAG.check(calls=calls)
        self._state.buckets.send(everything=True)
        with self._state.lock:
            self._state.restore(kept, calls=calls)
            moto_acm.show(self._state)
        _note_new_time(self)

    def reset(self) -> None:
        """Start again: no CAs, no calls, no planned faults, and the machine's time."""
        self._state.buckets.send(everything=True)
        with self._state.lock:
            self._state.restore(self._beginning, calls=True)
            self._state.enforced.clear()
            self._state.keys.release()
            moto_acm.show(self._state)
        _note_new_time(self)

    # Revocation, and other accounts

    def ocsp_response(self, request: bytes) -> bytes:
        """Answer an OCSP request about a certificate of any CA of this mock.

        Args:
            request: an OCSPRequest (RFC 6960), DER.

        Returns:
            An OCSPResponse, DER. Requests that cannot be read or are about another CA, or one
            that has OCSP switched off, are answered with an error status.
        """
        BYTES.check(request=request)
        response = revocation.ocsp_response(self._state, request)
        self._state.events.tell()
        return response

    def serve_revocation(self) -> AbstractContextManager[str]:
        """Answer OCSP requests (GET and POST), and serve CRLs, over HTTP on 127.0.0.1.

        In the block, the CRL and OCSP URLs in new certificates are at this address, for CAs without
        a CustomCname or OcspCustomCname. The block gets the URL, such as
        "http://127.0.0.1:12345". The server ends with the block, or with the mock.

        Raises:
            RuntimeError: the mock has ended.
        """
        running.check(self._state)
        server = responder.serve(
            self.ocsp_response,
            lambda key: publishing.find(self._state, key),
            lambda: running.is_running(self._state),
        )
        return _serving(self._state, server)

    @contextmanager
    def serve(
        self,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: bool = False,
        secret_keys: Mapping[str, str] | None = None,
    ) -> Iterator[str]:
        """Serve this mock over HTTP, for other processes and languages.

        The service's two protocols, OCSP and CRLs, control by JSON below `/_pca_mock/` and a page
        to look at in a browser are all at the same address. Needs the extra `pca_mock[server]`.

        Args:
            host: the address to listen on. Nobody's signature is checked: on any other address than
                a loopback one, everybody who can reach it can use and control the mock.
            port: by default a free one.
            tls: whether to use HTTPS, with a certificate for "localhost" and `host` that the
                bundle in `environment()` verifies.
            secret_keys: by access key; where they are given, only requests that are signed with one
                of them are answered.

        Yields:
            The base URL, such as "http://127.0.0.1:12345", without a slash at its end.

        Raises:
            ImportError: the extra isn't installed.
            OSError: the address cannot be used.
            RuntimeError: the mock has ended.
        """
        TEXT.check(host=host)
        NUMBER.check(port=port)
        FLAG.check(tls=tls)
        MAPPING.check_if_given(secret_keys=secret_keys)
        try:
            from pca_mock.server import serving
        except ModuleNotFoundError as error:
            raise ImportError(
                f"{error}: serving a mock needs the extra, pip install 'pca_mock[server]'"
            ) from error
        running.check(self._state)
        with serving.serve(
            self, self._state, host, port, tls=tls, secret_keys=secret_keys
        ) as served:
            self._served.append(served)
            try:
                yield served.url
            finally:
                self._served.remove(served)

    def environment(self) -> dict[str, str]:
        """An environment for subprocesses, in which SDKs and the AWS CLI call this mock.

        It is a copy of this process's, in which everything of AWS is replaced by the endpoint, the
        default region, and dummy keys whose account is the mock's.

        Raises:
            RuntimeError: the mock isn't being served: use it in a block of `serve()`.
        """
        if not self._served:
            raise RuntimeError("the mock isn't served: call environment() in a block of serve()")
        served = self._served[-1]
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
            "AWS_ENDPOINT_URL_ACM_PCA": served.url,
            "AWS_ACCESS_KEY_ID": self.account_id,
            "AWS_SECRET_ACCESS_KEY": "pca_mock",
            "AWS_DEFAULT_REGION": own_clients.default_region(),
            "AWS_REGION": own_clients.default_region(),
            "AWS_EC2_METADATA_DISABLED": "true",
            **({"AWS_CA_BUNDLE": str(served.ca_bundle)} if served.ca_bundle is not None else {}),
        }

    def as_account(self, account_id: str) -> AbstractContextManager[None]:
        """In a `with` block, make calls in another account's name, whatever the credentials.

        It applies in all threads.

        Raises:
            ValueError: `account_id` isn't 12 digits.
        """
        check_account_id(account_id)
        return _acting_as(self._state, account_id)


def _note_new_time(pca: PcaMock) -> None:
    pca._state.crls_due_at = EARLIEST
    moto_acm.refresh(pca._state)
    publishing.show(pca._state)
    pca._state.events.tell()


@contextmanager
def _acting_as(state: State, account_id: str) -> Iterator[None]:
    state.acting_as.append(account_id)
    try:
        yield
    finally:
        state.acting_as.remove(account_id)


@contextmanager
def _serving(state: State, server: AbstractContextManager[str]) -> Iterator[str]:
    with server as url:
        host = url.removeprefix("http://")
        state.serving.append(host)
        try:
            yield url
        finally:
            state.serving.remove(host)
