"""Only X.509: values in, values out; knows no CA status, no account, no clock."""
