"""X.509 alone: values in, values out; knows no CA status, no account, no clock."""
