"""The state of mocks: no rule of X.509, no request parsing."""
