"""Telling a team that a run failed: a command of theirs, a web hook, or both, named in the
environment.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import urllib.request
from dataclasses import asdict, dataclass

COMMAND = "TOUCHLEDGER_ALERT_COMMAND"
WEBHOOK = "TOUCHLEDGER_ALERT_WEBHOOK"
SECONDS = 30


@dataclass(frozen=True)
class Alert:
    """What failed:

    Dagster's job and run, the step, and the first lines of the error. `text` is all of it in one
    message, as chat tools take it.
    """

    job: str
    run_id: str
    step: str
    error: str

    @property
    def text(self) -> str:
        return (
            f"Touchledger: {self.job} failed in {self.step or 'its start'} (run {self.run_id}). "
            f"Nothing was published. {self.error}"
        )

    def as_json(self) -> str:
        return json.dumps({**asdict(self), "text": self.text})


def _run_command(command: str, alert: Alert) -> None:
    subprocess.run(
        shlex.split(command), input=alert.as_json(), text=True, timeout=SECONDS, check=True
    )


def _post(address: str, alert: Alert) -> None:
    if not address.startswith(("https://", "http://")):
        raise OSError(f"{WEBHOOK} must be an address that begins with https:// or http://")
    request = urllib.request.Request(
        address, alert.as_json().encode(), {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=SECONDS):
        pass


def send(alert: Alert) -> list[str]:
    """Runs the command with the alert as JSON on its standard input, and posts the same JSON to the
    web hook; returns what was told.

    The command is split like a shell does, and no shell runs it. Where one of them fails, the other
    is told all the same; then that error is raised (OSError, ValueError or
    subprocess.SubprocessError): Dagster shows the sensor as failed.
    """
    told: list[str] = []
    errors: list[Exception] = []
    for name, tell in ((COMMAND, _run_command), (WEBHOOK, _post)):
        if to := os.environ.get(name):
            try:
                tell(to, alert)
                told.append(name)
            except (OSError, ValueError, subprocess.SubprocessError) as error:
                errors.append(error)
    if errors:
        raise errors[0]
    return told
