"""What the pack can run against: the mock in this process, an endpoint, AWS.

This is the only module of the pack that uses the rest of `pca_mock`, for the first of these.
"""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.loaders import Loader

from pca_mock.conformance.model import CouldNotRun
from pca_mock.conformance.target import StoredObject

if TYPE_CHECKING:
    from pca_mock.handle import PcaMock

_REGION: Final = "us-east-1"
_BUCKET: Final = "conformance-reports"
_SECOND_ACCOUNT: Final = "222222222222"  # as an access key: so the mock knows its account
_HTTP_PATIENCE: Final = 20  # seconds
_CLIENT: Final = Config(
    parameter_validation=False, retries={"mode": "standard", "total_max_attempts": 2}
)
# Calls of AWS are limited to a rate, and others may be calling.
_PATIENT_CLIENT: Final = Config(
    parameter_validation=False, retries={"mode": "standard", "total_max_attempts": 8}
)


class InProcess:
    """The mock in this process, whose time goes by when somebody waits."""

    name = "pca_mock, in process"
    region = _REGION
    revocation_host: str | None = None
    expiry = 60
    bucket: str | None = _BUCKET

    def __init__(self, pca: PcaMock) -> None:
        """Run against a mock."""
        self._pca = pca

    def client(self, *, of_second_account: bool = False) -> Any:
        """A client of one of two accounts."""
        key = _SECOND_ACCOUNT if of_second_account else self._pca.account_id
        return _session(key).client("acm-pca", region_name=self.region, config=_CLIENT)

    def now(self) -> datetime:
        """The mock's time."""
        return self._pca.clock.now()

    def sleep(self, seconds: float) -> None:
        """Move the mock's clock."""
        self._pca.clock.advance(seconds=seconds)

    def read(self, key: str) -> StoredObject | None:
        """An object in the mock's memory, which has no content types."""
        bucket = self._pca.buckets.get(_BUCKET, {})
        return StoredObject(bucket[key], None) if key in bucket else None

    def remove_objects(self, prefix: str) -> None:
        """Do nothing: they go with the mock."""

    def ocsp(self, url: str, request: bytes) -> bytes:
        """The mock's own answer, whatever the URL."""
        return self._pca.ocsp_response(request)


@contextmanager
def in_process() -> Iterator[InProcess]:
    """Start a mock for a run."""
    from pca_mock.mock import mock_pca

    with mock_pca(region_name=_REGION) as pca:
        yield InProcess(pca)


class Remote:
    """An endpoint, or AWS itself."""

    def __init__(
        self,
        name: str,
        clients: Callable[[bool], Any],
        *,
        region: str,
        expiry: int,
        endpoint_url: str | None = None,
        bucket: str | None = None,
        s3: Any = None,
    ) -> None:
        """Run against a service that is reached over the network.

        Args:
            name: for the report.
            clients: makes a client, of the second account if called with True.
            region: in which it is called.
            expiry: seconds after which a certificate that has to expire soon does so.
            endpoint_url: of the service; None for AWS.
            bucket: for CRLs and audit reports.
            s3: a client that reads the bucket; without one, CRLs are read over HTTP.
        """
        self.name = name
        self.region = region
        self.bucket = bucket
        self.expiry = expiry
        self.revocation_host = urlsplit(endpoint_url).netloc if endpoint_url else None
        self._clients = clients
        self._s3 = s3

    def client(self, *, of_second_account: bool = False) -> Any:
        """A client of one of two accounts."""
        return self._clients(of_second_account)

    def now(self) -> datetime:
        """This machine's time."""
        return datetime.now(timezone.utc)

    def sleep(self, seconds: float) -> None:
        """Wait."""
        time.sleep(max(0.0, seconds))

    def read(self, key: str) -> StoredObject | None:
        """An object of the bucket, by S3 or, of an endpoint, by HTTP."""
        if self._s3 is None:
            return self._read_over_http(key)
        try:
            answer = self._s3.get_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
                return None
            raise CouldNotRun(f"the bucket cannot be read: {error}") from error
        return StoredObject(answer["Body"].read(), answer.get("ContentType"))

    def _read_over_http(self, key: str) -> StoredObject | None:
        if self.revocation_host is None or not key.endswith(".crl"):
            raise CouldNotRun("the bucket cannot be read: no endpoint of S3 was given")
        try:
            answer = _opened(f"http://{self.revocation_host}/{key}")
        except OSError:
            return None
        return StoredObject(answer, None)

    def remove_objects(self, prefix: str) -> None:
        """Delete objects of the bucket, where it can be read."""
        if self._s3 is None:
            return
        for page in self._s3.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=prefix
        ):
            for item in page.get("Contents", ()):
                self._s3.delete_object(Bucket=self.bucket, Key=item["Key"])

    def ocsp(self, url: str, request: bytes) -> bytes:
        """The responder's answer over HTTP."""
        try:
            return _opened(url, request)
        except (OSError, ValueError) as error:
            raise CouldNotRun(f"the OCSP responder cannot be reached: {error}") from error


def endpoint(
    url: str,
    *,
    protocol: str | None = None,
    region: str | None = None,
    bucket: str | None = None,
    s3_endpoint_url: str | None = None,
) -> Remote:
    """An endpoint that accepts any credentials.

    Args:
        url: of the service.
        protocol: "json" or "cbor"; by default botocore chooses.
        region: in which it is called.
        bucket: one that exists at the endpoint of S3, or any name without one.
        s3_endpoint_url: where S3 is.
    """
    region = region or _REGION

    def client(of_second_account: bool) -> Any:
        session = _session(_SECOND_ACCOUNT if of_second_account else "111122223333", protocol)
        return session.client("acm-pca", region_name=region, endpoint_url=url, config=_CLIENT)

    s3 = None
    if s3_endpoint_url is not None:
        s3 = _session("testing").client("s3", region_name=region, endpoint_url=s3_endpoint_url)
    return Remote(
        f"{url}{'' if protocol is None else f', {protocol}'}",
        client,
        region=region,
        expiry=4,
        endpoint_url=url,
        bucket=bucket or _BUCKET,
        s3=s3,
    )


def aws(
    profile: str | None,
    *,
    second_profile: str | None = None,
    region: str | None = None,
    bucket: str | None = None,
) -> Remote:
    """AWS itself.

    Args:
        profile: of AWS's configuration files; None for the default one.
        second_profile: of another account.
        region: by default the profile's.
        bucket: one that the service and the profile may write to; None to leave out what needs it.

    Raises:
        ValueError: there is no region.
    """
    session = boto3.session.Session(profile_name=profile)
    region = region or session.region_name
    if region is None:
        raise ValueError("no region: the profile has none, use --region")

    def client(of_second_account: bool) -> Any:
        if not of_second_account:
            return session.client("acm-pca", region_name=region, config=_PATIENT_CLIENT)
        if second_profile is None:
            raise CouldNotRun("no second account was given")
        second = boto3.session.Session(profile_name=second_profile)
        return second.client("acm-pca", region_name=region, config=_PATIENT_CLIENT)

    s3 = None if bucket is None else session.client("s3", region_name=region)
    return Remote(f"AWS, {region}", client, region=region, expiry=60, bucket=bucket, s3=s3)


_PROTOCOLS: Final = {"json": "json", "cbor": "smithy-rpc-v2-cbor"}


def _loader(protocol: str) -> Any:
    """A loader of service models in which acm-pca has only one protocol."""
    loader: Any = Loader(include_default_search_paths=True)
    load = loader.load_service_model

    def load_service_model(service_name: str, type_name: str, *more: Any, **options: Any) -> Any:
        model = load(service_name, type_name, *more, **options)
        if service_name != "acm-pca" or type_name != "service-2":
            return model
        if protocol not in model["metadata"].get("protocols", ["json"]):
            raise ValueError(f"the installed botocore has no {protocol} for acm-pca")
        metadata = {**model["metadata"], "protocol": protocol, "protocols": [protocol]}
        return {**model, "metadata": metadata}

    loader.load_service_model = load_service_model
    return loader


def _session(access_key: str, protocol: str | None = None) -> boto3.session.Session:
    session = botocore.session.Session()
    if protocol is not None:
        session.register_component("data_loader", _loader(_PROTOCOLS[protocol]))
    return boto3.session.Session(
        aws_access_key_id=access_key, aws_secret_access_key="testing", botocore_session=session
    )


def _opened(url: str, body: bytes | None = None) -> bytes:
    headers = {} if body is None else {"Content-Type": "application/ocsp-request"}
    request = urllib.request.Request(url, body, headers)
    with urllib.request.urlopen(request, timeout=_HTTP_PATIENCE) as answer:
        return bytes(answer.read())
