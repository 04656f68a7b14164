"""ListPublicKeys: the emulator does not have it. Digest files are signed; who checks them asks for the keys.

The rehearsal writes the digest files, so it has the keys too: the environment variable TRAIL_PUBLIC_KEYS names a JSON
file with a list in the shape of the API's PublicKeyList. It is read at each call, and may appear after the start.
"""

import json
import os
import time
from pathlib import Path

from ministack.services import cloudtrail

FILE = "TRAIL_PUBLIC_KEYS"
DAY = 24 * 60 * 60
RELIES_ON = {"ministack.services.cloudtrail": ("_DISPATCH", "_ok")}


def install() -> None:
    cloudtrail._DISPATCH["ListPublicKeys"] = list_public_keys


def list_public_keys(body: dict) -> tuple:
    # Without times, CloudTrail gives the keys of the last day.
    end = body.get("EndTime", time.time())
    start = body.get("StartTime", end - DAY)
    valid = [key for key in written_keys() if key["ValidityStartTime"] <= end and key["ValidityEndTime"] >= start]
    return cloudtrail._ok({"PublicKeyList": valid})


def written_keys() -> list[dict]:
    path = os.environ.get(FILE)
    return json.loads(Path(path).read_text(encoding="utf-8")) if path and Path(path).exists() else []
