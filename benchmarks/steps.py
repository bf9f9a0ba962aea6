"""Reads where the time went from the plain progress lines that `touchledger run` prints."""

from __future__ import annotations

import re

START_UP = "start-up"
END = "report and exit"
_STEP = re.compile(r" {0,4}\d+\.\d s  ([A-Z]\w+)\b")
_MODEL = re.compile(r"\s+\d+(?:/\d*)? (\w+) ([\d,]+\.\d) s\b")
_END = re.compile(r"Campaigns by |Published: |error: ")


def step_of(line: str) -> str | None:
    """The name of the step that a line begins, or None."""
    found = _STEP.match(line)
    return found[1].lower() if found else None


def steps(lines: list[tuple[float, str]], wall: float) -> dict[str, float]:
    """Seconds of each step in order, from the seconds at which lines were read; they add up to
    `wall`.
    """
    marks = [(0.0, START_UP)]
    for at, text in lines:
        if name := step_of(text):
            marks.append((at, name))
        elif _END.match(text) and len(marks) > 1 and marks[-1][1] != END:
            marks.append((at, END))
    ends = [at for at, _ in marks[1:]] + [wall]
    seconds: dict[str, float] = {}
    for (at, name), end in zip(marks, ends, strict=True):
        seconds[name] = seconds.get(name, 0.0) + end - at
    return seconds


def models(lines: list[tuple[float, str]]) -> dict[str, float]:
    """Seconds of every model as the program prints them, the slowest first."""
    found = [
        (match[1], float(match[2].replace(",", "")))
        for _, text in lines
        if (match := _MODEL.match(text))
    ]
    return dict(sorted(found, key=lambda pair: (-pair[1], pair[0])))
