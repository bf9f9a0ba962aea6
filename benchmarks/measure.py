"""Runs one command as a process of its own and measures it: wall, CPU, peak memory, and when each
line came out.
"""

from __future__ import annotations

import contextlib
import os
import re
import resource
import signal
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

CLEAN_PREFIXES = ("TOUCHLEDGER_", "DBT_", "DAGSTER_")


@dataclass
class Measured:
    """One process: seconds, bytes, and its lines with the seconds after its start at which they
    were read.

    `cpu` is user and system time of the process and of all its children that ended; `peak` is the
    largest resident size that any one of them reached, what `/usr/bin/time -v` calls the maximum
    resident set size. `others` is how many cores the rest of the machine kept busy.
    """

    wall: float
    cpu: float
    peak: int
    status: int
    lines: list[tuple[float, str]] = field(default_factory=list)
    others: float = 0.0
    stopped: str | None = None  # why it was stopped, where the runner stopped it

    @property
    def finished(self) -> bool:
        return self.status == 0 and self.stopped is None

    @property
    def said(self) -> str:
        """The last line of a process that finished, else nothing."""
        return self.lines[-1][1].strip('"') if self.finished and self.lines else ""

    @property
    def outcome(self) -> str:
        """`finished`, or in words how it ended."""
        if self.stopped:
            return self.stopped
        if self.status == 0:
            return "finished"
        said = [text.strip() for _, text in self.lines if text.strip()]
        if self.status < 0:
            return f"did not finish: ended by {signal.Signals(-self.status).name}"
        errors = [text for text in said if "error" in text.lower()] or said
        return (
            f"did not finish: {unplaced(errors[-1])[:160]}"
            if errors
            else f"did not finish: status {self.status}"
        )


def unplaced(text: str) -> str:
    """Text without addresses and absolute paths, fit for a results table."""
    return re.sub(r"(?<![\w.])(/[\w.+@-]+){2,}/?", "…", re.sub(r"\w+://\S+", "…", text)).replace(
        "|", "/"
    )


def clean_environment(root: Path, extra: dict[str, str] | None = None) -> dict[str, str]:
    """This environment without settings of the programs measured; `root` is where Python finds
    them.
    """
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(CLEAN_PREFIXES)
    }
    return (
        kept
        | {"PYTHONPATH": str(root), "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"}
        | (extra or {})
    )


def busy_seconds() -> float:
    """CPU seconds that the whole machine has worked since it was started; 0 where the system does
    not tell.
    """
    try:
        with open("/proc/stat", encoding="ascii") as file:
            ticks = [int(text) for text in file.readline().split()[1:9]]
    except (OSError, ValueError):
        return 0.0
    return (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf(
        "SC_CLK_TCK"
    )  # without idle and waiting for disks


def measure(
    command: list[str],
    *,
    environment: dict[str, str],
    folder: Path,
    time_limit: float | None = None,
    address_space: int | None = None,
    on_line: Callable[[str], None] | None = None,
) -> Measured:
    """Runs `command` in `folder` until it ends or `time_limit` seconds have passed; `address_space`
    caps its memory (bytes, RLIMIT_AS).

    The runner itself must stay small: Linux counts what a process was before it became `command`
    into its peak.
    """
    busy, started = busy_seconds(), time.monotonic()
    child = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
        preexec_fn=None
        if address_space is None
        else (lambda: resource.setrlimit(resource.RLIMIT_AS, (address_space, address_space))),
    )
    stopped: list[str] = []

    def stop() -> None:
        stopped.append(f"did not finish: stopped after {time_limit:,.0f} s")
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)

    timer = threading.Timer(time_limit, stop) if time_limit else None
    if timer:
        timer.start()
    lines = []
    try:
        for line in child.stdout:
            lines.append((time.monotonic() - started, line.rstrip("\n")))
            if on_line:
                on_line(lines[-1][1])
        _, status, usage = os.wait4(child.pid, 0)
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        raise
    finally:
        if timer:
            timer.cancel()
        child.stdout.close()
    child.returncode = os.waitstatus_to_exitcode(status)
    wall, cpu = time.monotonic() - started, usage.ru_utime + usage.ru_stime
    return Measured(
        wall=wall,
        cpu=cpu,
        peak=usage.ru_maxrss * 1024,
        status=child.returncode,
        lines=lines,
        others=max(busy_seconds() - busy - cpu, 0.0) / wall,
        stopped=stopped[0] if stopped else None,
    )
