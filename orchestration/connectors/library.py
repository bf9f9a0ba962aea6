"""dlt, kept to what it is asked for."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


def quiet_dlt() -> Any:
    """dlt, which calls nobody and says nothing."""
    os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
    # What it logs of a failure is a traceback; what it raises is said in words.
    os.environ.setdefault("RUNTIME__LOG_LEVEL", "CRITICAL")
    import dlt

    return dlt


@contextmanager
def held_signals() -> Iterator[None]:
    """Ctrl-C and SIGTERM while dlt writes: it takes them for a failure of what it writes, or
    forgets them. Here they wait until it has ended, and then do what they do elsewhere.
    """
    from dlt.common.runtime import signals

    came: int | None = None
    try:
        with signals.intercepted_signals():
            try:
                yield
            finally:
                if signals.was_signal_received():
                    came = getattr(signals.exception_for_signal(), "signal_code", signal.SIGINT)
    finally:
        if came is not None:
            signal.raise_signal(came)
