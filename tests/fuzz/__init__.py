"""Nonsense for the service: whatever it is asked, the answer is a success or an error of AWS's.

`python -m tests.fuzz` makes many attempts; the suite makes a few of each kind.
"""
