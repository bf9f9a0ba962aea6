"""What a cluster on this machine needs of it: Spark, Java and ports."""

from __future__ import annotations

import os
import socket
import subprocess
from importlib.util import find_spec
from pathlib import Path

from orchestration.ground.errors import ClusterError
from orchestration.ground.paths import ROOT

LOOPBACK = "127.0.0.1"
JAVA = 17
JAVA_PACKAGE = f"openjdk-{JAVA}-jre-headless"


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as one:
        one.bind((LOOPBACK, 0))
        return one.getsockname()[1]


def spark_home() -> Path:
    """Spark itself:

    SPARK_HOME, what `make spark-setup` installed, or the package pyspark of this Python. Raises
    ClusterError.
    """
    given = os.environ.get("SPARK_HOME")
    apart = sorted((ROOT / ".venv-spark").glob("lib/python*/site-packages/pyspark"))
    found = find_spec("pyspark")
    for place in [
        Path(given) if given else None,
        *apart,
        Path(found.origin).parent if found and found.origin else None,
    ]:
        if place is not None and (place / "bin" / "spark-class").exists():
            return place
    raise ClusterError(
        "A local cluster needs Spark; `make spark-setup` installs it, or name one that is there "
        "with SPARK_HOME"
    )


def java_version() -> int | None:
    """The major version of the Java that Spark would use, or None where there is none."""
    home = os.environ.get("JAVA_HOME")
    program = str(Path(home) / "bin" / "java") if home else "java"
    try:
        said = subprocess.run(
            [program, "-version"], capture_output=True, text=True, timeout=60, check=False
        ).stderr
    except (OSError, subprocess.TimeoutExpired):
        return None
    quoted = said.split('"')[1:2]
    return int(quoted[0].split(".")[0]) if quoted and quoted[0].split(".")[0].isdigit() else None


def check_java() -> None:
    """Raises ClusterError where no Java is here that Spark runs on."""
    version = java_version()
    if version is None or version < JAVA:
        found = "there is none" if version is None else f"this is {version}"
        raise ClusterError(
            f"A local cluster needs Java {JAVA} or later, and {found}; install it, on Debian with "
            f"`apt-get install {JAVA_PACKAGE}`"
        )


def check_ready() -> None:
    """Raises ClusterError where a cluster cannot be started on this machine."""
    spark_home()
    check_java()
