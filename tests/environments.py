"""A table of configurations for AWS, broken or not, on developers' and CI machines."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

import boto3
import botocore.session
import pytest
from botocore.loaders import Loader


class Environment(NamedTuple):
    """Variables, and the contents of botocore's two files. "{home}" is the folder of these."""

    variables: Mapping[str, str] = MappingProxyType({})
    config: str = ""
    credentials: str = ""


_BASE = "[profile base]\naws_access_key_id = AKIABASE\naws_secret_access_key = secret\n"
_ROLE = "role_arn = arn:aws:iam::999999999999:role/developer\n"
_SSO = "sso_account_id = 999999999999\nsso_role_name = developer\n"
_SSO_PORTAL = "sso_start_url = https://example.awsapps.com/start\nsso_region = eu-west-1\n"

# Nothing in these can be used without asking somebody, or names an account.
ENVIRONMENTS: dict[str, Environment] = {
    "nothing": Environment(),
    "empty variables": Environment({"AWS_ACCESS_KEY_ID": "", "AWS_DEFAULT_REGION": ""}),
    "a role of another profile": Environment(
        config=f"[default]\n{_ROLE}source_profile=base\n{_BASE}"
    ),
    "a role of the instance": Environment(
        config=f"[default]\n{_ROLE}credential_source = Ec2InstanceMetadata\n"
    ),
    "a role of the container": Environment(
        {"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials"},
        f"[default]\n{_ROLE}credential_source = EcsContainer\n",
    ),
    "a role with a code from a device": Environment(
        config=f"[default]\n{_ROLE}source_profile=base\nmfa_serial = arn:aws:iam::1:mfa/me\n{_BASE}"
    ),
    "a role without a source": Environment(config=f"[default]\n{_ROLE}"),
    "a role of a profile that is missing": Environment(
        config=f"[default]\n{_ROLE}source_profile = missing\n"
    ),
    "SSO": Environment(
        config=f"[default]\nsso_session = mine\n{_SSO}[sso-session mine]\n{_SSO_PORTAL}"
    ),
    "SSO without its session": Environment(config=f"[default]\nsso_session = mine\n{_SSO}"),
    "SSO as of old": Environment(config=f"[default]\n{_SSO}{_SSO_PORTAL}"),
    "a login": Environment(config="[default]\nlogin_session = arn:aws:iam::1:user/me\n"),
    "a program": Environment(config="[default]\ncredential_process = {home}/program --json\n"),
    "a program that is missing": Environment(config="[default]\ncredential_process = missing\n"),
    "a web identity": Environment(
        {
            "AWS_ROLE_ARN": "arn:aws:iam::999999999999:role/developer",
            "AWS_WEB_IDENTITY_TOKEN_FILE": "{home}/.aws/config",
        }
    ),
    "a web identity without its file": Environment(
        {"AWS_ROLE_ARN": "arn:aws:iam::1:role/mine", "AWS_WEB_IDENTITY_TOKEN_FILE": "/missing"}
    ),
    "a container": Environment({"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:9/keys"}),
    "a container elsewhere": Environment(
        {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.com/keys"}
    ),
    "half a key": Environment({"AWS_ACCESS_KEY_ID": "AKIAHALF"}),
    "half a key in a profile": Environment(credentials="[default]\naws_access_key_id = AKIAHALF\n"),
    "keys that have expired": Environment(
        {
            "AWS_ACCESS_KEY_ID": "ASIAEXPIRED",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_CREDENTIAL_EXPIRATION": "2020-01-01T00:00:00Z",
        }
    ),
    "defaults that depend on the place": Environment({"AWS_DEFAULTS_MODE": "auto"}),
    "client-side metrics": Environment({"AWS_CSM_ENABLED": "true", "AWS_CSM_HOST": "example.com"}),
}
# Configurations that boto3 itself refuses, for any service.
BROKEN: dict[str, Environment] = {
    "a profile that is missing": Environment({"AWS_PROFILE": "missing"}),
    "a file that cannot be read": Environment(config="no section\n"),
    "credentials that cannot be read": Environment(credentials="no section\n"),
}


_loader: Final = Loader()


def set_up(environment: Environment, home: Path, patch: pytest.MonkeyPatch) -> None:
    """Have nothing else of AWS configured than this, and no default session."""
    for name in list(os.environ):
        if name.startswith(("AWS_", "MOTO_")):
            patch.delenv(name)
    patch.setenv("HOME", str(home))
    for name, value in environment.variables.items():
        patch.setenv(name, value.format(home=home))
    (home / ".aws").mkdir(exist_ok=True)
    for file, text in (("config", environment.config), ("credentials", environment.credentials)):
        if text:
            (home / ".aws" / file).write_text(text.format(home=home))
    patch.setattr(boto3, "DEFAULT_SESSION", None)
    # Sessions share what they have read of botocore's own data, which takes longest.
    patch.setattr(botocore.session, "create_loader", lambda *_: _loader)
