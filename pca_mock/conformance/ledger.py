"""What a run has made, in a file, so that a killed run can be cleaned up.

A line is written before each creation, and another one after it.
"""

from __future__ import annotations

import json
import os
import uuid
from pathlib import Path
from typing import Final

TAG: Final = "pca-mock-conformance"  # of each CA; its value is the id of the run


class Ledger:
    """The CAs of one run that exist, or may exist.

    Attributes:
        run: the id of the run, which is the value of the tag of its CAs.
        unconfirmed: how many creations have begun of which no answer is known.
        authorities: the ARNs of CAs that have not been deleted, in order.
        path: of the file: a JSON object in each line.
    """

    def __init__(self, path: Path, region: str) -> None:
        """Begin a file, or go on with that of an earlier run.

        Args:
            path: of the file.
            region: of the CAs.

        Raises:
            ValueError: the file is of another region, or no ledger.
        """
        self.path = path
        self.run = uuid.uuid4().hex
        self.unconfirmed = 0
        self.authorities: list[str] = []
        if path.exists() and path.stat().st_size:
            self._read(region)
        else:
            self._write(run=self.run, region=region)

    def begun(self) -> None:
        """Note that a CA is about to be created."""
        self.unconfirmed += 1
        self._write(begun=True)

    def refused(self) -> None:
        """Note that it was not created."""
        self.unconfirmed -= 1
        self._write(begun=False)

    def created(self, arn: str) -> None:
        """Note that it was created."""
        self.unconfirmed -= 1
        self.authorities.append(arn)
        self._write(created=arn)

    def found(self, arn: str) -> None:
        """Note a CA of this run whose creation was never confirmed."""
        self.authorities.append(arn)
        self._write(found=arn)

    def deleted(self, arn: str) -> None:
        """Note that a CA is gone."""
        self.authorities.remove(arn)
        self._write(deleted=arn)

    def settled(self) -> None:
        """Note that no unconfirmed creation has left anything."""
        self.unconfirmed = 0
        self._write(settled=True)

    def is_empty(self) -> bool:
        """Whether nothing is left."""
        return not self.authorities and not self.unconfirmed

    def _read(self, region: str) -> None:
        whole_lines = self.path.read_text("utf-8").rpartition("\n")[0]  # the last may be torn
        try:
            first, *lines = map(json.loads, whole_lines.splitlines())
            self.run, ledger_region = first["run"], first["region"]
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{self.path} is no ledger of a conformance run") from error
        if ledger_region != region:
            raise ValueError(f"{self.path} is of the region {ledger_region}, not {region}")
        for line in lines:
            self.unconfirmed += {True: 1, False: -1}.get(line.get("begun"), 0)
            if "created" in line:
                self.unconfirmed -= 1
                self.authorities.append(line["created"])
            if "found" in line:
                self.authorities.append(line["found"])
            if "deleted" in line:
                self.authorities.remove(line["deleted"])
            if "settled" in line:
                self.unconfirmed = 0

    def _write(self, **line: object) -> None:
        """Add a line, which is on the disk when this returns."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
            file.flush()
            os.fsync(file.fileno())
