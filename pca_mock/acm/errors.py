"""The errors of ACM that AWS Private CA doesn't have, named as on the wire.

Source: the exception shapes of ACM's service model.
"""

from __future__ import annotations

from pca_mock.errors import AwsError


class InvalidDomainValidationOptionsException(AwsError):
    """The options for the validation of domains, or the domain name itself, are not valid."""


class InvalidParameterException(AwsError):
    """A parameter is not valid."""


class ResourceInUseException(AwsError):
    """Another service of the account uses the certificate."""
