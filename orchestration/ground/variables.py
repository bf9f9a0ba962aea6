"""The variables of a run, listed once: what each is, in which unit, and which values it may have.

Defaults are in dbt_project.yml, where dbt reads them. `make variables` writes the tables of the
documentation from this list.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from orchestration.ground import values
from orchestration.ground.contract import raw_tables
from orchestration.ground.paths import DBT_PROJECT
from orchestration.ground.yml import read_yaml


@dataclass(frozen=True)
class Variable:
    """One variable. `unit` is what its value counts or is; `says` is what it decides."""

    name: str
    unit: str
    says: str
    read: values.Read


RULES, ENGINE, THRESHOLDS, FRESHNESS = "Rules", "Engine", "Thresholds", "Freshness"
_SHARE = "share, 0 to 1"

_GROUPS: dict[str, tuple[Variable, ...]] = {
    RULES: (
        Variable(
            "home_currency", "ISO 4217 code", "currency of every published amount", values.currency
        ),
        Variable(
            "report_locale",
            "language and territory, such as de_DE",
            "how `report.html` writes numbers and dates",
            values.locale,
        ),
        Variable(
            "portal_timezone", "IANA name", "time zone in which days are days", values.timezone
        ),
        Variable(
            "naive_timezone",
            "IANA name",
            "time zone of landed times that are text without an offset",
            values.timezone,
        ),
        Variable(
            "session_gap_minutes",
            "minutes",
            "inactivity that ends a session (R40)",
            values.whole(10 * values.MILLION),
        ),
        Variable(
            "conversion_tolerance_minutes",
            "minutes, either side",
            "distance of a conversion from the contact's creation (R51)",
            values.whole(10 * values.MILLION),
        ),
        Variable(
            "social_post_cap",
            "posts",
            "social posts that a campaign may hold at a time (R22)",
            values.whole(1_000 * values.MILLION),
        ),
        Variable(
            "attribution_lookback_days",
            "days of 24 hours, or none",
            "look-back window before the close (R70)",
            values.or_none(values.positive),
        ),
        Variable(
            "conversions",
            "contact_created, deal_created, both with a comma, or none",
            "what is credited besides won deals (R100)",
            values.conversions,
        ),
        Variable(
            "reject_rate_limit",
            _SHARE,
            "newly landed rows of a table that may be rejected before a run fails",
            values.share,
        ),
        Variable(
            "contact_emails",
            ", ".join(values.EMAILS),
            "how addresses of contacts are published",
            values.one_of(values.EMAILS),
        ),
        Variable(
            "publish_parquet",
            "true or false",
            "whether tables are published as Parquet, too",
            values.flag,
        ),
        Variable(
            "keep_restatements",
            "runs",
            "runs whose restatements stay in the log",
            values.whole(values.MILLION, least=1),
        ),
        Variable(
            "backdate_associations",
            "true or false",
            "whether an asset counts for its first campaign from its own creation on",
            values.flag,
        ),
    ),
    ENGINE: (
        Variable(
            "memory_limit",
            "size such as 8GB, or % of the machine's",
            "memory that DuckDB may use before it spills to disk",
            values.size,
        ),
        Variable(
            "threads",
            "threads, 0 = one per core",
            "threads that DuckDB may use",
            values.whole(1024),
        ),
        Variable(
            "slice_events",
            "events, 0 = all",
            "events that a full build on DuckDB computes at a time, their credits included",
            values.whole(10**12 - 1),
        ),
        Variable(
            "spark_file_format",
            ", ".join(values.FILE_FORMATS),
            "format of tables on Spark",
            values.file_format,
        ),
        Variable(
            "spark_buckets",
            "buckets",
            "buckets of event-sized tables on Spark",
            values.whole(100_000, least=1),
        ),
    ),
    THRESHOLDS: (
        Variable("anonymous_share_warning", _SHARE, "events without a contact", values.share),
        Variable("filtered_share_warning", _SHARE, "events that are filtered", values.share),
        Variable(
            "unmatched_utm_share_warning",
            _SHARE,
            "tagged page views that no campaign collects",
            values.share,
        ),
        Variable(
            "contactless_deal_share_warning",
            _SHARE,
            "won deals that never had a contact",
            values.share,
        ),
        Variable(
            "volume_drop_warning",
            _SHARE,
            "rows that a table lost since the last published run",
            values.share,
        ),
        Variable(
            "event_mix_warning",
            _SHARE,
            "events whose type changed since the last published run",
            values.share,
        ),
        Variable(
            "volume_minimum_rows",
            "rows",
            "rows below which neither volume nor mix is judged",
            values.whole(10**12 - 1),
        ),
        Variable(
            "session_hours_warning", "hours", "length of a session", values.whole(values.MILLION)
        ),
        Variable(
            "freshness_warning_days",
            "days before as-of",
            "age of the newest event",
            values.whole(values.MILLION),
        ),
        Variable(
            "silent_type_warning_days",
            "days before the newest event",
            "age of the newest event of each type",
            values.whole(values.MILLION),
        ),
    ),
}


def _freshness() -> tuple[Variable, ...]:
    return tuple(
        Variable(
            f"freshness_days_{table}",
            "days before as-of, or none",
            f"age of the newest `_loaded_at` in `{table}`; none = not watched",
            values.or_none(values.whole(values.MILLION)),
        )
        for table in raw_tables()
    )


@cache
def variable_groups() -> dict[str, tuple[Variable, ...]]:
    """All variables by group, in the order of the documentation."""
    return {**_GROUPS, FRESHNESS: _freshness()}


@cache
def variables() -> dict[str, Variable]:
    """All variables by name."""
    return {one.name: one for group in variable_groups().values() for one in group}


@cache
def default_variables() -> dict[str, object]:
    """The defaults by name, from dbt_project.yml."""
    return read_yaml(DBT_PROJECT / "dbt_project.yml")["vars"]


def checked(name: str, value: object) -> object:
    """The value of a variable in its own type. Raises SettingsError naming what would do."""
    return variables()[name].read(name, str(value).strip())
