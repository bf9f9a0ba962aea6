"""The page as a web application: routes, and the rules for every answer: read-only, loopback names
only, escaped, no script.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orchestration.ground.errors import UnknownId
from orchestration.ground.settings import Settings
from orchestration.publishing.report import LOOK
from orchestration.publishing.report.numbers import shown
from orchestration.reading.page.asked import Asked
from orchestration.reading.page.held_file import HeldFile
from orchestration.reading.page.publication import (
    PATIENCE_FOR_FILES,
    NothingPublished,
    NotPublished,
    TooLong,
    opened,
)
from orchestration.reading.page.selection import BadRequest
from orchestration.reading.page.showing import csv_lines
from orchestration.reading.page.views import (
    campaign,
    compare,
    deals,
    lists,
    others,
    overview,
    records,
    search,
)

TEMPLATES = Path(__file__).with_name("templates")
STYLE = Path(__file__).with_name("style.css")
# Names by which this machine calls itself; any other is another site's, or a proxy that was not
# told.
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Names and addresses of people are not to be kept by browsers or proxies.
    "Cache-Control": "no-store",
}
LONGEST_QUERY = 8_000
View = Callable[[Asked], dict[str, Any]]
VIEWS: dict[str, tuple[str, View]] = {
    "/": ("overview", overview.overview),
    "/campaign": ("campaign", campaign.campaign),
    "/compare": ("compare", compare.compare),
    "/deal": ("deal", deals.deal),
    "/contact": ("contact", records.contact),
    "/asset": ("asset", records.asset),
    "/event": ("event", records.event),
    "/session": ("session", records.session),
    "/search": ("search", search.search),
    "/channels": ("channels", others.channels),
    "/missing": ("missing", others.missing),
    "/changes": ("changes", others.changes),
    "/words": ("words", others.glossary),
}


def environment() -> Environment:
    """Templates that escape everything and forgive no missing name."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["shown"] = shown
    made.globals["preset_link"] = preset_link
    made.globals["compare_link"] = compare_link
    made.globals["parts"] = made.get_template("parts.html.j2").module
    return made


def preset_link(
    path: str,
    link: Callable[..., str],
    keep: list[tuple[str, str]],
    first: str | None,
    last: str | None,
) -> str:
    """A link to the same page with another period."""
    return link(path, **dict(keep), from_=first, to_=last)


def compare_link(
    link: Callable[..., str], keys: list[str], first: str | None, last: str | None
) -> str:
    """The same comparison with another period."""
    made = link("/compare", from_=first, to_=last)
    return made + ("&" if "?" in made else "?") + urlencode([("id", key) for key in keys])


class Guard:
    """Refuses what is not a read by a loopback name, and gives every answer its headers."""

    def __init__(self, app: ASGIApp, hosts: tuple[str, ...]) -> None:
        self.app = app
        self.hosts = hosts

    def _refusal(self, scope: Scope) -> Response | None:
        headers = {name: value for name, value in scope["headers"]}
        host = headers.get(b"host", b"").decode("latin-1").strip().lower()
        name = host if host.endswith("]") else host.rsplit(":", 1)[0]
        if name not in self.hosts:
            return PlainTextResponse(
                "This page answers to the names of this machine only. Behind a proxy, name its "
                "host "
                "with `touchledger serve --host-name NAME`.\n",
                status_code=421,
            )
        if scope["method"] not in ("GET", "HEAD"):
            return PlainTextResponse(
                "This page is read-only.\n", status_code=405, headers={"Allow": "GET, HEAD"}
            )
        if len(scope["query_string"]) > LONGEST_QUERY:
            return PlainTextResponse("The address is too long.\n", status_code=414)
        return None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [
                    (name, value)
                    for name, value in message["headers"]
                    if name.decode("latin-1").title() not in HEADERS
                ]
                extra = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
                message = {**message, "headers": kept + extra}
            await send(message)

        refusal = self._refusal(scope)
        await (refusal or self.app)(scope, receive, guarded)


def _words_of(error: Exception) -> tuple[int, str, str]:
    """Status, title and sentence for an error that a reader can do something about; raises any
    other again.
    """
    if isinstance(error, UnknownId):
        return 404, "Not found", str(error)
    if isinstance(error, BadRequest):
        return 400, "This cannot be shown", str(error)
    if isinstance(error, NotPublished):
        return (
            404,
            "Not in this publication",
            (
                f"This publication has no {error.table}: an older version made it. Run "
                f"`touchledger run` with this version."
            ),
        )
    if isinstance(error, NothingPublished):
        return 503, "Nothing is published", str(error)
    if isinstance(error, TooLong):
        return (
            503,
            "This took too long",
            (
                "The question was given up. Choose a shorter period or fewer rows, or ask "
                "`touchledger sql`."
            ),
        )
    raise error


class Pages:
    """Answers requests from what HOME publishes at that moment."""

    def __init__(self, settings: Settings) -> None:
        self.file = HeldFile(settings)
        self.templates = environment()
        self.style = "\n".join(file.read_text(encoding="utf-8") for file in (LOOK, STYLE))

    def _error(self, error: Exception) -> Response:
        status, title, says = _words_of(error)
        text = self.templates.get_template("error.html.j2").render(title=title, says=says)
        return HTMLResponse(text, status_code=status)

    def view(self, template: str, view: View) -> Callable[[Request], Response]:
        """An endpoint that renders what a view finds."""

        def endpoint(request: Request) -> Response:
            try:
                with opened(self.file) as publication:
                    asked = Asked(request, publication)
                    found = asked.context() | view(asked)
                    page = self.templates.get_template(f"{template}.html.j2")
                    return HTMLResponse(page.render(found))
            except (UnknownId, BadRequest, NotPublished, NothingPublished, TooLong) as error:
                return self._error(error)

        return endpoint

    def list_page(self, request: Request) -> Response:
        name = request.path_params["name"]
        return self.view("list", lambda asked: lists.list_page(asked, name))(request)

    def list_csv(self, request: Request) -> Response:
        """The whole list as a file; the publication stays open until the last row is sent."""
        name = request.path_params["name"]
        publications = opened(self.file, PATIENCE_FOR_FILES)
        try:
            publication = publications.__enter__()
        except NothingPublished as error:
            return self._error(error)
        try:
            asked = Asked(request, publication)
            listing = lists.listed(asked, name)
            lines = csv_lines(publication, listing, asked.selection)
            first = next(lines)
        except (UnknownId, BadRequest, NotPublished, TooLong) as error:
            publications.__exit__(None, None, None)
            return self._error(error)
        except BaseException:
            publications.__exit__(None, None, None)
            raise

        def body() -> Iterator[str]:
            try:
                yield first
                yield from lines
            finally:
                publications.__exit__(None, None, None)

        return StreamingResponse(
            body(),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{listing.name}.csv"'},
        )

    def style_sheet(self, request: Request) -> Response:
        return Response(self.style, media_type="text/css")

    def not_found(self, request: Request, error: Exception) -> Response:
        says = "There is no such page. Start from the campaigns, or search."
        text = self.templates.get_template("error.html.j2").render(title="Not found", says=says)
        return HTMLResponse(text, status_code=404)

    def fault(self, request: Request, error: Exception) -> Response:
        says = (
            "The page could not be made; the terminal in which `touchledger serve` runs says why."
        )
        if isinstance(error, duckdb.Error):
            self.file.close()  # a fault can make DuckDB refuse all further questions to it
            says = (
                "The published file could not be asked; the terminal in which `touchledger serve` "
                "runs says why."
            )
        text = self.templates.get_template("error.html.j2").render(title="A fault", says=says)
        return HTMLResponse(text, status_code=500)


def application(settings: Settings, host_names: tuple[str, ...] = ()) -> ASGIApp:
    """The page of what `settings.home` publishes, for requests that name this machine or one of
    `host_names`.
    """
    pages = Pages(settings)
    routes = [Route(path, pages.view(name, view)) for path, (name, view) in VIEWS.items()]
    routes += [
        Route("/list/{name:str}.csv", pages.list_csv),
        Route("/list/{name:str}", pages.list_page),
        Route("/style.css", pages.style_sheet),
    ]
    app = Starlette(routes=routes, exception_handlers={404: pages.not_found, 500: pages.fault})
    return Guard(app, (*LOOPBACK, *(name.lower() for name in host_names)))
