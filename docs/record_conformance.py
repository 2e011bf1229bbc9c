"""Record what the mock, its server and moto's server do: `python docs/record_conformance.py`.

The results are in `docs/_conformance/`; `python docs/generate.py` makes the page from them. The
bucket for CRLs and audit reports is in moto's S3.
"""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import boto3
from botocore.config import Config

from pca_mock import mock_pca
from pca_mock.conformance import cli

_FOLDER: Final = Path(__file__).parent / "_conformance"
_BUCKET: Final = "conformance-reports"


@contextlib.contextmanager
def moto() -> Iterator[str]:
    """The URL of a server of moto, with the bucket."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    url = "http://{}:{}".format(*server.get_host_and_port())
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    s3 = boto3.client("s3", "us-east-1", endpoint_url=url, config=Config(), **keys)
    s3.create_bucket(Bucket=_BUCKET)
    yield url
    server.stop()


@contextlib.contextmanager
def arguments(target: str) -> Iterator[list[str]]:
    """The arguments with which the pack runs against a target."""
    if target == "in-process":
        yield []
        return
    with moto() as url:
        more = ["--bucket", _BUCKET, "--s3-endpoint-url", url, "--patience", "5"]
        if target == "moto":
            yield ["--endpoint-url", url, *more]
            return
        with mock_pca(s3_endpoint_url=url) as pca, pca.serve() as own:
            yield ["--endpoint-url", own, "--protocol", target, *more]


def short(case: dict[str, Any]) -> dict[str, Any]:
    """What a report says about a case and the pack doesn't."""
    members = {"case": f"{case['area']}/{case['name']}", "outcome": case["outcome"]}
    if case["outcome"] == "differs":
        members["observed"] = case["observed"]
    if case["reason"]:
        members["reason"] = case["reason"]
    return members


def main(targets: list[str]) -> None:
    """Run the pack against targets, and keep the results."""
    for target in targets or ["in-process", "json", "cbor", "moto"]:
        with tempfile.TemporaryDirectory() as folder, arguments(target) as given:
            report_file = Path(folder, "report.json")
            cli.main([*given, "--json", str(report_file)])
            report = json.loads(report_file.read_text("utf-8"))
        lines = ",\n".join(json.dumps(short(case)) for case in report["cases"])
        head = json.dumps({"format": report["format"], "ended": report["ended"]})
        text = f'{head[:-1]}, "cases": [\n{lines}\n]}}\n'
        (_FOLDER / f"{target}.json").write_text(text, "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
