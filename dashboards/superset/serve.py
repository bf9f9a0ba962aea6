"""The dashboard: an Apache Superset on this machine that reads the published file.

`make superset` runs this in `.venv-superset`.

    serve.py            prepares what is not prepared yet, starts on 127.0.0.1, runs until Ctrl-C
                        or SIGTERM
    serve.py export     writes the dashboard as it now is in Superset to `assets/`, or to
                        `--into DIR`, for a commit

What Superset keeps (its database, key, password and log) is in HOME/superset. The dashboard itself
is the YAML in `assets/`.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import secrets
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent))

from dashboard_code import (
    ASSETS,
    HERE,
    ROOT,
    as_yaml,
    filled,
    load_assets,
    normalised,
    placeholders,
    write_assets,
)

FILE_NAME = "touchledger.duckdb"
ADMIN = "admin"
ADDRESS = "127.0.0.1"
SLUG = "touchledger"


class CannotServe(Exception):
    """What stands in the way, and what to do about it."""


def home() -> Path:
    """HOME: TOUCHLEDGER_HOME, or `warehouse` in the project."""
    return Path(
        os.path.abspath(Path(os.environ.get("TOUCHLEDGER_HOME") or ROOT / "warehouse").expanduser())
    )


def home_currency(published: Path) -> str:
    """The currency in which the published run counts money."""
    told = published / "variables.json"
    return (
        str(json.loads(told.read_text(encoding="utf-8"))["home_currency"]).upper()
        if told.exists()
        else "USD"
    )


def private_file(file: Path, content: str) -> str:
    """What a file that only its owner may read says; written with `content` where there is none."""
    if not file.exists():
        with os.fdopen(
            os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8"
        ) as opened:
            opened.write(content + "\n")
    return file.read_text(encoding="utf-8").strip()


def fingerprint(contents: dict[str, Any]) -> str:
    """Changes with anything that preparing depends on."""
    lock = (HERE / "requirements.lock").read_bytes()
    return hashlib.sha256(lock + json.dumps(contents, sort_keys=True).encode()).hexdigest()


def set_environment(state: Path, published: Path) -> None:
    """Tells Superset where its settings are and whom not to call."""
    os.environ.update(
        SUPERSET_CONFIG_PATH=str(HERE / "superset_config.py"),
        TOUCHLEDGER_SUPERSET_STATE=str(state),
        TOUCHLEDGER_SUPERSET_PUBLISHED=str(published),
        SCARF_ANALYTICS="false",
    )


@contextlib.contextmanager
def output_to(log: Path) -> Iterator[None]:
    """Sends everything that this process prints to a file: libraries talk a lot while they
    start.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    saved = os.dup(1), os.dup(2)
    with log.open("ab") as opened:
        os.dup2(opened.fileno(), 1)
        os.dup2(opened.fileno(), 2)
    try:
        yield
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        for descriptor, kept in zip((1, 2), saved, strict=True):
            os.dup2(kept, descriptor)
            os.close(kept)


def import_dashboard(contents: dict[str, Any]) -> None:
    """Makes Superset's database hold what `assets/` says; what an earlier `assets/` said and this
    one does not is removed.
    """
    from superset import db
    from superset.commands.importers.v1.assets import ImportAssetsCommand
    from superset.connectors.sqla.models import SqlaTable
    from superset.models.slice import Slice

    remembered = Path(os.environ["TOUCHLEDGER_SUPERSET_STATE"]) / "imported.json"
    mine = {content["uuid"] for content in contents.values() if "uuid" in content}
    ImportAssetsCommand({name: as_yaml(content) for name, content in contents.items()}).run()
    gone = (
        set(json.loads(remembered.read_text(encoding="utf-8"))) - mine
        if remembered.exists()
        else set()
    )
    for kind in (Slice, SqlaTable):
        for row in db.session.query(kind).filter(kind.uuid.in_(gone)).all():
            db.session.delete(row)
    db.session.commit()
    remembered.write_text(json.dumps(sorted(mine)), encoding="utf-8")


def prepare(app: Any, state: Path, contents: dict[str, Any], password: str) -> None:
    """Brings Superset's own database up to date: tables, roles, the administrator, the dashboard.

    May be repeated.
    """
    import flask_migrate
    from flask import g

    with app.app_context():
        from superset.extensions import appbuilder, security_manager

        flask_migrate.upgrade()
        appbuilder.add_permissions(update_perms=True)
        security_manager.sync_role_definitions()
        user = security_manager.find_user(ADMIN)
        if not user:
            user = security_manager.add_user(
                ADMIN,
                "Touchledger",
                "Admin",
                "admin@localhost",
                security_manager.find_role("Admin"),
                password,
            )
        g.user = user
        import_dashboard(contents)


def set_password(app: Any, password: str) -> None:
    """Gives the administrator a new password."""
    with app.app_context():
        from superset.extensions import security_manager

        security_manager.reset_password(security_manager.find_user(ADMIN).id, password)


def ready_app(state: Path, contents: dict[str, Any]) -> Any:
    """Superset, prepared if this is the first time here or anything that preparing depends on has
    changed.
    """
    stamp = state / "prepared"
    given = os.environ.get("TOUCHLEDGER_SUPERSET_PASSWORD")
    private_file(state / "secret-key", secrets.token_urlsafe(48))
    password = private_file(state / "password", given or secrets.token_urlsafe(12))
    log = state / "superset.log"
    mark = fingerprint(contents)
    done = stamp.exists() and stamp.read_text(encoding="utf-8") == mark
    print(
        "Starting Superset"
        if done
        else f"Preparing Superset in {state} (about a minute the first time)",
        flush=True,
    )
    try:
        with output_to(log):
            from superset.app import create_app

            app = create_app()
            if not done:
                prepare(app, state, contents, password)
                stamp.write_text(mark, encoding="utf-8")
            if given and given != password:
                set_password(app, given)
                (state / "password").unlink()
                private_file(state / "password", given)
    except Exception as error:
        raise CannotServe(
            f"Superset could not be prepared ({type(error).__name__}: {error}); {log} says more"
        ) from error
    return app


def check_port(port: int) -> None:
    """Raises CannotServe where something else listens on the port."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((ADDRESS, port))
        except OSError as error:
            raise CannotServe(
                f"Port {port} of {ADDRESS} cannot be used ({error.strerror}); choose another with "
                f"TOUCHLEDGER_SUPERSET_PORT"
            ) from None


def serve(app: Any, state: Path, port: int) -> None:
    """Serves until Ctrl-C or SIGTERM: one worker, threads, this machine only."""
    from gunicorn.app.base import BaseApplication

    def announce(_: Any) -> None:
        print(f"Dashboard: http://{ADDRESS}:{port}/superset/dashboard/{SLUG}/", flush=True)
        print(f"Log in as {ADMIN}; the password is in {state / 'password'}", flush=True)
        print("Ctrl-C stops it.", flush=True)

    class Server(BaseApplication):
        def load_config(self) -> None:
            for name, value in {
                "bind": f"{ADDRESS}:{port}",
                "workers": 1,
                "threads": 8,
                "worker_class": "gthread",
                "timeout": 120,
                "graceful_timeout": 5,
                "errorlog": str(state / "superset.log"),
                "loglevel": "warning",
                "when_ready": announce,
                "worker_tmp_dir": str(state),
                "control_socket_disable": True,
            }.items():
                if name in self.cfg.settings:
                    self.cfg.set(name, value)

        def load(self) -> Any:
            return app

    with app.app_context():
        from superset import db

        db.engine.dispose()
    Server().run()


def export(app: Any, known: dict[str, str], into: Path) -> list[str]:
    """Writes what Superset now holds of the dashboard to `into`; returns the files that changed."""
    from flask import g

    with app.app_context():
        from superset import db
        from superset.commands.dashboard.export import ExportDashboardsCommand
        from superset.extensions import security_manager
        from superset.models.dashboard import Dashboard

        g.user = security_manager.find_user(ADMIN)
        dashboard = db.session.query(Dashboard).filter_by(slug=SLUG).one()
        exported = {
            name: yaml.safe_load(text())
            for name, text in ExportDashboardsCommand([dashboard.id]).run()
        }
    exported["metadata.yaml"] = {"type": "assets", "version": "1.0.0"}
    return write_assets(normalised(exported, known), into)


def chosen_port() -> int:
    """The port of TOUCHLEDGER_SUPERSET_PORT, or 8089. Raises CannotServe."""
    text = os.environ.get("TOUCHLEDGER_SUPERSET_PORT") or "8089"
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise CannotServe(
            f"TOUCHLEDGER_SUPERSET_PORT {text!r} is no port; write a number such as 8089"
        )
    return int(text)


def run(verb: str, into: Path) -> None:
    """Serves or exports. Raises CannotServe."""
    place = home()
    published, state = place / "published", place / "superset"
    if not (published / FILE_NAME).exists():
        raise CannotServe(
            f"Nothing is published in {place} yet; run `make run` first, or name another HOME "
            f"with TOUCHLEDGER_HOME"
        )
    port = chosen_port() if verb == "serve" else 0
    if port:
        check_port(port)
    try:
        state.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise CannotServe(
            f"{state} cannot be written ({error.strerror}); name another HOME with TOUCHLEDGER_HOME"
        ) from None
    set_environment(state, published)
    known = placeholders(str(published / FILE_NAME), home_currency(published))
    app = ready_app(state, filled(load_assets(), known))
    if verb == "serve":
        serve(app, state, port)
    else:
        with output_to(state / "superset.log"):
            changed = export(app, known, into)
        print(
            "\n".join(str(into / name) for name in changed) or f"{into} is up to date", flush=True
        )


def main() -> int:
    """Exit status: 0 stopped or exported, 2 something stands in the way."""
    parser = argparse.ArgumentParser(
        description="The dashboard on this machine, or its export to code."
    )
    parser.add_argument("verb", nargs="?", choices=["serve", "export"], default="serve")
    parser.add_argument(
        "--into", type=Path, default=ASSETS, metavar="DIR", help="where `export` writes"
    )
    arguments = parser.parse_args()
    try:
        run(arguments.verb, arguments.into)
    except CannotServe as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
