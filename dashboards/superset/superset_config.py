"""Superset's settings.

`serve.py` sets the two folders in the environment before Superset reads this.
"""

from __future__ import annotations

import json
import logging
import os
from pathlib import Path
from typing import Any

STATE = Path(os.environ["TOUCHLEDGER_SUPERSET_STATE"])
PUBLISHED = Path(os.environ["TOUCHLEDGER_SUPERSET_PUBLISHED"])

SECRET_KEY = (STATE / "secret-key").read_text(encoding="ascii").strip()
SQLALCHEMY_DATABASE_URI = f"sqlite:///{STATE / 'superset.db'}"
APP_NAME = "Touchledger"
# Nobody sees anything without logging in, nobody registers, nothing calls out.
PUBLIC_ROLE_LIKE = None
AUTH_USER_REGISTRATION = False
WTF_CSRF_ENABLED = True
RATELIMIT_STORAGE_URI = "memory://"
# Every look asks the published file: no answer of an earlier run is kept.
DATA_CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
CACHE_CONFIG = {"CACHE_TYPE": "NullCache"}
FEATURE_FLAGS = {"ENABLE_TEMPLATE_PROCESSING": False, "ALERT_REPORTS": False}
SUPERSET_WEBSERVER_TIMEOUT = 120
# The pages ask this machine alone. Superset's own policy lets them call a tracking pixel, which its
# page has whatever the environment says.
TALISMAN_CONFIG = {
    "content_security_policy": {
        "base-uri": ["'self'"],
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "worker-src": ["'self'", "blob:"],
        "connect-src": ["'self'"],
        "object-src": "'none'",
        "style-src": ["'self'", "'unsafe-inline'"],
        "font-src": ["'self'"],
        "script-src": ["'self'", "'strict-dynamic'"],
    },
    "content_security_policy_nonce_in": ["script-src"],
    "force_https": False,
    "session_cookie_secure": False,
}


class LogToFile:
    """Superset's log goes to the state folder, the terminal is for what people need."""

    def configure_logging(self, app_config: dict[str, Any], debug_mode: bool) -> None:
        handler = logging.FileHandler(STATE / "superset.log")
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
        logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


LOGGING_CONFIGURATOR = LogToFile()


def portal_timezone(run: Path) -> str:
    """The time zone whose days a published run counts by."""
    told = run / "variables.json"
    return (
        json.loads(told.read_text(encoding="utf-8"))["portal_timezone"] if told.exists() else "UTC"
    )


def DB_CONNECTION_MUTATOR(
    uri: Any, parameters: dict[str, Any], *_: Any
) -> tuple[Any, dict[str, Any]]:
    """Every query opens the run that is published now, read-only, in the portal's time zone, and
    can reach no other file.

    The link is followed here: DuckDB takes two opens of one path for the same file, also when the
    link has moved on between them.
    """
    if uri.drivername == "duckdb" and Path(uri.database or "").parent == PUBLISHED:
        run = PUBLISHED.resolve()
        uri = uri.set(database=str(run / Path(uri.database).name))

        def use_portal_timezone(connection: Any, _: Any) -> None:
            connection.execute(f"set TimeZone = '{portal_timezone(run)}'")

        arguments = {"read_only": True, "config": {"enable_external_access": "false"}}
        parameters = {
            **parameters,
            "connect_args": arguments,
            "pool_events": [(use_portal_timezone, "connect")],
        }
    return uri, parameters
