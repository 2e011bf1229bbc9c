"""What is remembered: no rule of X.509, no request parsing."""
