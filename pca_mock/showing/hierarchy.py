"""The CAs of a mock as trees: each below the one that signed its certificate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pca_mock.state.authority import CertificateAuthority
from pca_mock.state.store import State


@dataclass(slots=True)
class Branch:
    """A CA and the CAs below it, oldest first."""

    ca: CertificateAuthority
    below: list[Branch] = field(default_factory=list)


def trees(state: State) -> list[Branch]:
    """The CAs of a mock; at the tops those that no other CA here has signed."""
    now = state.clock.now()
    branches = [
        Branch(ca)
        for ca in sorted(state.all_authorities(), key=lambda ca: ca.position)
        if not ca.is_gone(now)
    ]
    by_key = {branch.ca.spki: branch for branch in branches}
    above: dict[bytes, Branch] = {}
    for branch in reversed(branches):
        signer = _signer(branch, by_key)
        # CAs can have signed each other in a circle, which is cut above its oldest one.
        if signer is not None and all(link is not branch for link in _upwards(signer, above)):
            above[branch.ca.spki] = signer
    tops: list[Branch] = []
    for branch in branches:
        signer = above.get(branch.ca.spki)
        (tops if signer is None else signer.below).append(branch)
    return tops


def _signer(branch: Branch, by_key: dict[bytes, Branch]) -> Branch | None:
    installed = branch.ca.installed
    return by_key.get(installed.chain[0].spki) if installed and installed.chain else None


def _upwards(branch: Branch, above: dict[bytes, Branch]) -> Iterator[Branch]:
    link: Branch | None = branch
    while link is not None:
        yield link
        link = above.get(link.ca.spki)


def flattened(branches: list[Branch]) -> Iterator[tuple[int, CertificateAuthority]]:
    """Each CA with its depth, a CA before those below it."""
    waiting = [(0, branch) for branch in reversed(branches)]
    while waiting:
        depth, branch = waiting.pop()
        yield depth, branch.ca
        waiting += [(depth + 1, lower) for lower in reversed(branch.below)]
