"""The words of the API that editors complete and type checkers check.

The tests hold them against the service model of the newest botocore and against its stubs, and
against this package's own tables. An older botocore may know fewer of them.
"""

from __future__ import annotations

from typing import Literal

# Names on the wire.
Operation = Literal[
    "CreateCertificateAuthority",
    "CreateCertificateAuthorityAuditReport",
    "CreatePermission",
    "DeleteCertificateAuthority",
    "DeletePermission",
    "DeletePolicy",
    "DescribeCertificateAuthority",
    "DescribeCertificateAuthorityAuditReport",
    "GetCertificate",
    "GetCertificateAuthorityCertificate",
    "GetCertificateAuthorityCsr",
    "GetPolicy",
    "ImportCertificateAuthorityCertificate",
    "IssueCertificate",
    "ListCertificateAuthorities",
    "ListPermissions",
    "ListTags",
    "PutPolicy",
    "RestoreCertificateAuthority",
    "RevokeCertificate",
    "TagCertificateAuthority",
    "UntagCertificateAuthority",
    "UpdateCertificateAuthority",
]
AllOperations = Literal["*"]
# Operations that begin something which takes time.
SlowOperation = Literal[
    "CreateCertificateAuthority",
    "CreateCertificateAuthorityAuditReport",
    "IssueCertificate",
]
# The classes of `pca_mock.errors` that AWS may answer with.
ErrorCode = Literal[
    "AccessDeniedException",
    "CertificateMismatchException",
    "ConcurrentModificationException",
    "ExpiredTokenException",
    "IncompleteSignatureException",
    "InternalFailure",
    "InvalidArgsException",
    "InvalidArnException",
    "InvalidNextTokenException",
    "InvalidPolicyException",
    "InvalidRequestException",
    "InvalidSignatureException",
    "InvalidStateException",
    "InvalidTagException",
    "LimitExceededException",
    "LockoutPreventedException",
    "MalformedCSRException",
    "MalformedCertificateException",
    "MissingAuthenticationTokenException",
    "PermissionAlreadyExistsException",
    "RequestAlreadyProcessedException",
    "RequestFailedException",
    "RequestInProgressException",
    "RequestTimeoutException",
    "ResourceNotFoundException",
    "SerializationException",
    "ServiceUnavailable",
    "ThrottlingException",
    "TooManyTagsException",
    "UnknownOperationException",
    "UnrecognizedClientException",
    "ValidationException",
]
# How a call ended: also the name of one of botocore's exceptions.
Outcome = Literal["success"] | ErrorCode | str
KeyAlgorithm = Literal[
    "RSA_2048",
    "RSA_3072",
    "RSA_4096",
    "EC_prime256v1",
    "EC_secp384r1",
    "EC_secp521r1",
    "ML_DSA_44",
    "ML_DSA_65",
    "ML_DSA_87",
    "SM2",
]
SigningAlgorithm = Literal[
    "SHA256WITHRSA",
    "SHA384WITHRSA",
    "SHA512WITHRSA",
    "SHA256WITHRSA_PSS",
    "SHA384WITHRSA_PSS",
    "SHA512WITHRSA_PSS",
    "SHA256WITHECDSA",
    "SHA384WITHECDSA",
    "SHA512WITHECDSA",
    "ML_DSA_44",
    "ML_DSA_65",
    "ML_DSA_87",
    "SM3WITHSM2",
]
RevocationReason = Literal[
    "UNSPECIFIED",
    "KEY_COMPROMISE",
    "CERTIFICATE_AUTHORITY_COMPROMISE",
    "AFFILIATION_CHANGED",
    "SUPERSEDED",
    "CESSATION_OF_OPERATION",
    "PRIVILEGE_WITHDRAWN",
    "A_A_COMPROMISE",
]
FailureReason = Literal["REQUEST_TIMED_OUT", "UNSUPPORTED_ALGORITHM", "OTHER"]
# The kinds of events that EventBridge gets.
DetailType = Literal[
    "ACM Private CA Audit Report Generation",
    "ACM Private CA CRL Generation",
    "ACM Private CA Certificate Issuance",
    "ACM Private CA Certificate Revocation",
    "ACM Private CA Creation",
    "AWS API Call via CloudTrail",
    "AWS Service Event via CloudTrail",
]
# This package's own word for the purpose of a certificate.
Purpose = Literal["server", "client", "smime", "code_signing", "time_stamping", "ocsp_signing"]
# AWS Resource Access Manager's managed permissions of CAs.
ManagedPermission = Literal[
    "AWSRAMDefaultPermissionCertificateAuthority",
    "AWSRAMBlankEndEntityCertificateAPICSRPassthroughIssuanceCertificateAuthority",
    "AWSRAMBlankEndEntityCertificateAPIPassthroughIssuanceCertificateAuthority",
    "AWSRAMEndEntityClientAuthCertificateIssuanceCertificateAuthority",
    "AWSRAMEndEntityServerAuthCertificateIssuanceCertificateAuthority",
    "AWSRAMRevokeCertificateCertificateAuthority",
    "AWSRAMSubordinateCACertificatePathLen0IssuanceCertificateAuthority",
]
