"""The conformance pack: one set of assertions for AWS Private CA and for what imitates it.

`python -m pca_mock.conformance` runs it: against the mock, any endpoint, or AWS. Its stories use
only boto3, botocore and cryptography, and nothing else of this package; `targets.py` starts the
mock.
"""
