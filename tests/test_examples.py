from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests import oracles

EXAMPLES = Path(__file__).parents[1] / "examples"


def test_the_quickstart_tells_its_story(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", str(EXAMPLES / "quickstart.py")]

    result = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    assert [line.split()[0] for line in lines] == [
        "ROOT",
        "SUBORDINATE",
        "SERVER",
        "valid",
        "Chain",
        "Handshake",
    ]
    assert "ACTIVE" in lines[0]
    assert "TLSv1.3" in lines[-1]


def test_openssl_verifies_the_chain_of_the_quickstart(tmp_path: Path) -> None:
    script = (
        f"import sys; sys.path.insert(0, {str(EXAMPLES)!r})\n"
        f"import pathlib, quickstart; quickstart.main(pathlib.Path({str(tmp_path)!r}))"
    )
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, timeout=60)

    leaf, chain, root = (
        (tmp_path / f"{name}.pem").read_text() for name in ("leaf", "chain", "root")
    )
    flags = ("-purpose", "sslserver", "-verify_hostname")

    assert oracles.openssl_verify(tmp_path, leaf, chain, root, *flags, "localhost")
    assert not oracles.openssl_verify(tmp_path, leaf, chain, root, *flags, "example.com")
