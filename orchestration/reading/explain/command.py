"""`touchledger explain`: what was credited and why, or why not, in words."""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import date, datetime
from decimal import Decimal

from orchestration.ground.errors import SettingsError, UnknownId
from orchestration.ground.settings import make_settings
from orchestration.reading.explain.answers import explain_asset, explain_contact, explain_deal
from orchestration.reading.explain.asset import asset_page
from orchestration.reading.explain.contact import contact_page
from orchestration.reading.explain.deal import deal_page
from orchestration.reading.published import Published
from orchestration.terminal.failures import print_error


def plain_json(value: object) -> object:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value)} is no JSON")


def explain(arguments: argparse.Namespace) -> int:
    """Answers one question; returns the exit status: 0 answered, 2 unknown id or nothing
    published.
    """
    # What is no text can be no id; it is looked for all the same, so that the answer is the usual
    # one.
    arguments.id = arguments.id.encode("utf-8", "replace").decode("utf-8")
    if arguments.subject == "asset":
        arguments.type = arguments.type.encode("utf-8", "replace").decode("utf-8")
    try:
        published = Published(make_settings(home=arguments.home))
        if arguments.subject == "deal":
            found, page = explain_deal(published, arguments.id), deal_page
        elif arguments.subject == "asset":
            found, page = explain_asset(published, arguments.type, arguments.id), asset_page
        else:
            found, page = explain_contact(published, arguments.id), contact_page
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
