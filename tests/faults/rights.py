"""Root without the rights that let it pass permissions by."""

from __future__ import annotations

import ctypes
import os

_DROP_FROM_BOUNDING_SET, _DAC_OVERRIDE, _DAC_READ_SEARCH = 24, 1, 2
_VERSION_3 = 0x20080522


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("process", ctypes.c_int))


class _Set(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


def _check(outcome: int) -> None:
    if outcome != 0:
        raise OSError(ctypes.get_errno(), "capabilities cannot be dropped")


def obey_permissions() -> None:
    """Root in this process and its children is stopped by permissions like anybody else."""
    if os.getuid() != 0:
        return
    library = ctypes.CDLL(None, use_errno=True)
    for capability in (_DAC_OVERRIDE, _DAC_READ_SEARCH):
        _check(library.prctl(_DROP_FROM_BOUNDING_SET, capability, 0, 0, 0))
    # What the process has now: the bounding set only counts for what it starts.
    header, sets = _Header(_VERSION_3, 0), (_Set * 2)()
    _check(library.capget(ctypes.byref(header), sets))
    dropped = 1 << _DAC_OVERRIDE | 1 << _DAC_READ_SEARCH
    sets[0].effective &= ~dropped
    sets[0].permitted &= ~dropped
    _check(library.capset(ctypes.byref(header), sets))
