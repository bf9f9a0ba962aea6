"""The trend charts:

Vega-Lite drawn to static SVG, which needs no script, prints, and takes its colours from the page.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

WIDTH, HEIGHT = 300, 110
VEGA_LITE = "6.4"
# The colours of the page, light or dark: resolved by the browser.
SERIES, TINT, TEXT, GRID = "var(--series)", "var(--tint)", "var(--muted)", "var(--line)"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif"


def nice_ticks(highest: float, about: int = 3) -> list[float]:
    """Round numbers from 0 up to at least `highest`, 0 or above, about `about` steps apart; whole
    steps, so that counts have whole labels.
    """
    if highest <= 0:
        return [0, 1]
    rough = highest / about
    size = 1
    while size * 10 <= rough:
        size *= 10
    step = next(size * factor for factor in (1, 2, 5, 10) if size * factor >= rough)
    return [step * n for n in range(int(-(-highest // step)) + 1)]


def _labels(ticks: Sequence[float], label: Callable[[Any], str]) -> str:
    """A Vega expression that labels each tick."""
    return f"{json.dumps({str(tick): label(tick) for tick in ticks})}[datum.value]"


def trend_spec(
    places: Sequence[int],
    values: Sequence[float | None],
    marks: Sequence[int],
    x_label: Callable[[int], str],
    y_label: Callable[[float], str],
) -> dict[str, Any]:
    """Vega-Lite of one series:

    `values` (None = unknown, a gap) at `places` (day numbers), `marks` being the places with a
    label.
    """
    ticks = nice_ticks(max((value for value in values if value is not None), default=0))
    rows = [{"x": place, "y": value} for place, value in zip(places, values, strict=True)]
    newest = [row for row in rows if row["y"] is not None][-1:]
    x = {
        "field": "x",
        "type": "quantitative",
        "scale": {"domain": [places[0], max(places[-1], places[0] + 1)], "nice": False},
        "axis": {
            "values": list(marks),
            "labelExpr": _labels(marks, x_label),
            "title": None,
            "grid": False,
            "domain": True,
            "ticks": True,
        },
    }
    y = {
        "field": "y",
        "type": "quantitative",
        "scale": {"domain": [0, ticks[-1]], "nice": False},
        "axis": {
            "values": ticks,
            "labelExpr": _labels(ticks, y_label),
            "title": None,
            "domain": False,
            "ticks": False,
            "labelPadding": 6,
        },
    }
    line = {
        "type": "area",
        "line": {"color": SERIES, "strokeWidth": 1.8, "strokeJoin": "round"},
        "color": TINT,
        "opacity": 1,
        # A curve through the weeks would dip below zero beside a steep one.
        "interpolate": "linear",
        "invalid": "break-paths-show-domains",
    }
    dot = {"type": "point", "filled": True, "size": 46, "color": SERIES, "opacity": 1}
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "background": None,
        "padding": {"left": 2, "right": 10, "top": 6, "bottom": 2},
        "layer": [
            {"data": {"values": rows}, "mark": line, "encoding": {"x": x, "y": y}},
            {"data": {"values": newest}, "mark": dot, "encoding": {"x": x, "y": y}},
        ],
        "config": {
            "aria": False,
            "font": FONT,
            "view": {"stroke": None},
            "axis": {
                "labelColor": TEXT, "gridColor": GRID, "domainColor": GRID, "tickColor": GRID,
                "labelFontSize": 11, "minExtent": 46, "maxExtent": 46, "labelOverlap": True,
                "labelFlush": False,
            },
            "axisX": {"minExtent": 0},
        },
    }  # fmt: skip


def svg(spec: dict[str, Any]) -> str:
    """The chart as an `<svg>` element that fills its place; hidden from screen readers, whose text
    stands beside it. About 1 s the first time.
    """
    import vl_convert

    drawn = vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE)
    return re.sub(
        r'<svg ([^>]*?)width="[\d.]+" height="[\d.]+"',
        r'<svg aria-hidden="true" focusable="false" \1',
        drawn,
        count=1,
    )
