"""AWS's rules: knows state and pki, nothing of botocore's events."""
