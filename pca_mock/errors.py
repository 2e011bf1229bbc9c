"""The errors that AWS Private CA answers with: one class per error, named as on the wire.

Sources: the service model's exception shapes; API Reference, "Common Errors".
"""

from __future__ import annotations

from typing import ClassVar, Final


class AwsError(Exception):
    """An answer other than success. The class name is the error code on the wire.

    Attributes:
        message: the text that follows the code.
        status: the HTTP status of the answer.
        usual_message: the message, where AWS has only one.
    """

    status: ClassVar[int] = 400
    usual_message: ClassVar[str] = ""

    def __init__(self, message: str | None = None) -> None:
        self.message = self.usual_message if message is None else message
        super().__init__(self.message)

    @property
    def code(self) -> str:
        """The error code, as in `ClientError.response["Error"]["Code"]`."""
        return type(self).__name__


# Exceptions of the service model, in alphabetical order. All are HTTP 400.


class CertificateMismatchException(AwsError):
    """The certificate breaks a condition set by the one that signed it."""


class ConcurrentModificationException(AwsError):
    """An earlier update of the CA has not finished."""


class InvalidArgsException(AwsError):
    """An argument is not valid, or not in combination with another one."""


class InvalidArnException(AwsError):
    """The ARN is well formed, but not that of a resource of the expected kind."""


class InvalidNextTokenException(AwsError):
    """The pagination token was not returned by an earlier call of the same listing."""


class InvalidPolicyException(AwsError):
    """The resource policy is invalid or lacks a required statement."""


class InvalidRequestException(AwsError):
    """The action cannot be performed or is prohibited."""


class InvalidStateException(AwsError):
    """The CA's status forbids the operation."""


class InvalidTagException(AwsError):
    """A tag is not valid, for example because its key is reserved."""


class LimitExceededException(AwsError):
    """A quota of the account or of the CA is used up."""


class LockoutPreventedException(AwsError):
    """The policy would lock its own author out."""


class MalformedCSRException(AwsError):
    """The certificate signing request cannot be read, verified or accepted."""


class MalformedCertificateException(AwsError):
    """One or more fields of the certificate are invalid."""


class PermissionAlreadyExistsException(AwsError):
    """The principal already has a permission on this CA."""


class RequestAlreadyProcessedException(AwsError):
    """The request has been carried out before."""


class RequestFailedException(AwsError):
    """The request failed in a way that the service cannot explain."""


class RequestInProgressException(AwsError):
    """The request is still being carried out."""


class ResourceNotFoundException(AwsError):
    """A CA, certificate, report, policy or bucket cannot be found."""


class TooManyTagsException(AwsError):
    """The CA would have more than 50 tags."""


# Errors of AWS's framework, which the service model doesn't list.


class AccessDeniedException(AwsError):
    """The caller may not do this. AWS Private CA answers with 400, not 403."""


class SerializationException(AwsError):
    """A member of the request has the wrong type."""


class ThrottlingException(AwsError):
    """Too many requests. Only planned faults answer with it: rates are not limited."""

    usual_message = "Rate exceeded"


class UnknownOperationException(AwsError):
    """The service has no such operation."""


class ValidationException(AwsError):
    """Members break constraints of the service model, or validity or path length a rule."""


# Errors of AWS's framework that only planned faults and the HTTP server answer with.


class ExpiredTokenException(AwsError):
    """The session token has expired."""

    usual_message = "The security token included in the request is expired"


class IncompleteSignatureException(AwsError):
    """The signature doesn't have all of its parts."""


class InternalFailure(AwsError):
    """The service has failed."""

    status = 500


class InvalidSignatureException(AwsError):
    """The signature doesn't match the request."""


class MissingAuthenticationTokenException(AwsError):
    """The request isn't signed."""


class RequestTimeoutException(AwsError):
    """The request took too long."""


class ServiceUnavailable(AwsError):
    """The service cannot answer at present."""

    status = 503


class UnrecognizedClientException(AwsError):
    """The access key is unknown."""

    usual_message = "The security token included in the request is invalid."


# Only ours: AWS has no such answer.


class NotSupportedByPcaMock(AwsError):
    """AWS can do it, `pca_mock` can't (yet): see "Limits" in the README."""

    status = 501


class NotAnsweredByPcaMock(RuntimeError):
    """A call or request of `acm-pca` that no mock could answer, and that is not sent to AWS.

    No error of botocore, so that code under test doesn't handle or retry it.
    """


# By name: the errors that AWS may answer with, so all except the last one.
ERRORS: Final = {
    error.__name__: error
    for error in AwsError.__subclasses__()
    if error is not NotSupportedByPcaMock
}
