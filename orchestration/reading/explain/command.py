"""`touchledger explain`: what was credited and why, or why not, in words."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import duckdb

from orchestration.ground.errors import SettingsError, UnknownId
from orchestration.ground.settings import make_settings
from orchestration.reading.explain.asset import asset_page
from orchestration.reading.explain.asset_facts import explain_asset
from orchestration.reading.explain.campaign import campaign_page
from orchestration.reading.explain.campaign_facts import explain_campaign
from orchestration.reading.explain.contact import contact_page
from orchestration.reading.explain.contact_facts import explain_contact
from orchestration.reading.explain.deal import deal_page
from orchestration.reading.explain.deal_facts import explain_deal
from orchestration.reading.published import Published
from orchestration.terminal.failures import print_error

Answer = tuple[dict[str, Any], Callable[[dict[str, Any]], None]]


def plain_json(value: object) -> object:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value)} cannot be written as JSON")


def answer(published: Published, arguments: argparse.Namespace) -> Answer:
    """What was found, and the page that shows it. Raises UnknownId, and SettingsError where the
    publication is of another version.
    """
    try:
        if arguments.subject == "asset":
            return explain_asset(published, arguments.type, arguments.id), asset_page
        if arguments.subject == "deal":
            return explain_deal(published, arguments.id), deal_page
        if arguments.subject == "campaign":
            return explain_campaign(published, arguments.id), campaign_page
        return explain_contact(published, arguments.id), contact_page
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        raise SettingsError(
            f"What is published is of another version ({str(error).splitlines()[0]}); publish it "
            "anew: `touchledger run`"
        ) from None
    except duckdb.Error as error:
        raise SettingsError(
            f"The published file cannot be read ({str(error).splitlines()[0]}); publish it anew: "
            "`touchledger run`"
        ) from None


def explain(arguments: argparse.Namespace) -> int:
    """Answers one question; returns the exit status: 0 answered, 2 unknown or ambiguous, or nothing
    published.
    """
    # Invalid bytes are replaced, so that the look-up fails as any other.
    arguments.id = arguments.id.encode("utf-8", "replace").decode("utf-8")
    if arguments.subject == "asset":
        arguments.type = arguments.type.encode("utf-8", "replace").decode("utf-8")
    try:
        found, page = answer(Published(make_settings(home=arguments.home)), arguments)
    except (SettingsError, UnknownId) as error:
        print_error(str(error))
        return 2
    try:
        if arguments.json:
            print(json.dumps(found, default=plain_json, ensure_ascii=True, indent=2))
        else:
            page(found)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader, `head` say, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
