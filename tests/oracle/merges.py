"""Merges of contacts (R10) and of deals (R66)."""

from __future__ import annotations

from collections.abc import Container


def survivors(winner: dict[str, str]) -> dict[str, str]:
    """Every id that a merge names -> the id that survives; of a cycle the smallest (R10).

    `winner`: merged-away id -> the id that it was merged into.
    """
    found = {}
    for start in {*winner, *winner.values()}:
        chain, cycle = follow(winner, start)
        found[start] = min(cycle) if cycle else chain[-1]
    return found


def surviving_deals(winner: dict[str, str], has_record: Container[str]) -> dict[str, str]:
    """R66: the last of the chain that has a record, in a cycle the smallest that has one."""
    found = {}
    for start in {*winner, *winner.values()}:
        chain, cycle = follow(winner, start)
        in_cycle = [deal_id for deal_id in cycle if deal_id in has_record]
        before_it = [deal_id for deal_id in chain if deal_id not in cycle and deal_id in has_record]
        found[start] = min(in_cycle) if in_cycle else before_it[-1] if before_it else start
    return found


def follow(winner: dict[str, str], start: str) -> tuple[list[str], list[str]]:
    """The chain of merges from an id on, and the part of it that is a cycle (none: empty)."""
    chain = [start]
    while chain[-1] in winner:
        following = winner[chain[-1]]
        if following in chain:
            return chain, chain[chain.index(following) :]
        chain.append(following)
    return chain, []
