"""CAs and certificates to start with, from a TOML file.

Each `[[authorities]]` has the arguments of `PcaMock.create_root_ca`, or with `issuer` those of
`Authority.create_subordinate_ca`; other entries refer to it by `name`. Each `[[certificates]]` has
`issuer`, the `names` and the other arguments of `Authority.issue`. With `write_to`, a folder, files
are written whose names begin with `name`.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Protocol

from pca_mock.testing.authorities import Authority

if sys.version_info >= (3, 11):
    import tomllib  # pragma: no cover: not in Python 3.10
else:
    import tomli as tomllib  # pragma: no cover: only in Python 3.10

_DURATION: Final = "validity_days"


class Plantable(Protocol):
    """The members of `PcaMock` that are used here."""

    def create_root_ca(self, *arguments: Any, **options: Any) -> Authority:
        """Create an active root CA."""


def plant(pca: Plantable, path: Path) -> None:
    """Create the CAs and certificates of a file, in its order.

    Args:
        pca: the mock.
        path: of the file; other paths in it are relative to its folder.

    Raises:
        ValueError: the file cannot be read, or an entry cannot be carried out; it is named.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"{path}: {error}") from error
    if unknown := content.keys() - {"authorities", "certificates"}:
        raise ValueError(f"{path}: there are [[authorities]] and [[certificates]], not {unknown}")
    by_name: dict[str, Authority] = {}
    for number, entry in enumerate(content.get("authorities", ()), start=1):
        try:
            name = entry.pop("name", f"authority {number}")
            by_name[name] = _authority(pca, by_name, name, entry, path.parent)
        except Exception as error:
            raise ValueError(f"{path}: authority {number}: {error}") from error
    for number, entry in enumerate(content.get("certificates", ()), start=1):
        try:
            _certificate(by_name, entry, path.parent)
        except Exception as error:
            raise ValueError(f"{path}: certificate {number}: {error}") from error


def _authority(
    pca: Plantable,
    by_name: Mapping[str, Authority],
    name: str,
    entry: dict[str, Any],
    folder: Path,
) -> Authority:
    options = _options(entry)
    write_to = options.pop("write_to", None)
    issuer = options.pop("issuer", None)
    if issuer is None:
        ca = pca.create_root_ca(**options)
    else:
        ca = _issuer(by_name, issuer).create_subordinate_ca(**options)
    if write_to is not None:
        ca.write_to(_folder(folder, write_to), name)
    return ca


def _certificate(by_name: Mapping[str, Authority], entry: dict[str, Any], folder: Path) -> None:
    options = _options(entry)
    write_to = options.pop("write_to", None)
    name, names = options.pop("name", "certificate"), options.pop("names", ())
    issuer = _issuer(by_name, options.pop("issuer", ""))
    certificate = issuer.issue(*names, **options)
    if write_to is not None:
        certificate.write_to(_folder(folder, write_to), name)


def _options(entry: dict[str, Any]) -> dict[str, Any]:
    options = dict(entry)
    if _DURATION in options:
        options["validity"] = timedelta(days=options.pop(_DURATION))
    return options


def _issuer(by_name: Mapping[str, Authority], name: str) -> Authority:
    if name not in by_name:
        raise ValueError(f"there is no authority {name!r} above, only {', '.join(by_name)}")
    return by_name[name]


def _folder(folder: Path, name: str) -> Path:
    target = folder / name
    target.mkdir(parents=True, exist_ok=True)
    return target
