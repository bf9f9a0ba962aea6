"""What is wrong with an answer that is none, as the coverage says it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from requests import Response

from orchestration.connectors.kind import NO_PERMISSION, NOT_IN_PLAN

NO_JSON = "an answer that is not JSON"
NO_ANSWER = "gave no answer in time"
_PLAN = re.compile(
    r"entitle|subscription|upgrade|tier|plan\b|not have access to|product|hub\b", re.IGNORECASE
)
_SCOPE = re.compile(r"scope|permission", re.IGNORECASE)


@dataclass(frozen=True)
class Problem:
    """Why a request brought nothing: the HTTP status, and the reason as the coverage says it."""

    status: int
    reason: str
    message: str = ""
    # The body of the answer, of an answer 400.
    text: str = ""

    @property
    def is_failure(self) -> bool:
        """Whether it is HubSpot that failed, and may do better another time."""
        return self.status >= 500 or self.reason == NO_JSON

    @property
    def is_refusal(self) -> bool:
        """Whether the token may not read that."""
        return self.status in (401, 403)


class Refused(Exception):
    """An answer that is none; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.reason)
        self.problem = problem


def _message(response: Response) -> tuple[str, str]:
    """What an error's body says: its category, and its message with what stands beside it."""
    try:
        body = response.json()
    except ValueError:
        return "", response.text[:200]
    if not isinstance(body, dict):
        return "", ""
    said = " ".join(str(body.get(name, "")) for name in ("subCategory", "message"))
    return str(body.get("category", "")), said.strip()


def judge(response: Response) -> Problem:
    """The problem that an answer of 4xx or 5xx is."""
    status = response.status_code
    category, message = _message(response)
    if status == 401:
        return Problem(status, NO_PERMISSION, message)
    if status == 403:
        is_scope = "SCOPE" in category.upper() or bool(_SCOPE.search(message))
        is_plan = not is_scope and bool(_PLAN.search(f"{category} {message}"))
        return Problem(status, NOT_IN_PLAN if is_plan else NO_PERMISSION, message)
    if status == 404:
        return Problem(status, "not found (404)", message)
    text = response.text[:10_000] if status == 400 else ""
    return Problem(status, f"answered {status}", message, text)
