"""Lists of what runs found: files and values not read, changed numbers, checks, the runs."""

from __future__ import annotations

from orchestration.reading.page.cells import Column
from orchestration.reading.page.columns import (
    CAMPAIGN_COLUMN,
    CAMPAIGN_NAME,
    YES_NO,
)
from orchestration.reading.page.listing import Facet, Filter, Listing

TABLE = Filter("table", "Table", "table_name = $table", "facet")
BY_TABLE = Facet("table", "table_name", "Table", "text")
REJECTED = Listing(
    name="rejected",
    title="Rows that could not be read",
    help="Rows of landed files that are in no number, with the reason and the row as it landed.",
    columns=(
        Column("table_name", "Table"),
        Column("file_name", "File"),
        Column("reason", "Reason"),
        Column("record", "Row"),
    ),
    base=(
        "select table_name, file_name, reason, record from @diagnostics.rejected_records where "
        "{where}"
    ),
    order="table_name, file_name, reason, record",
    filters=(TABLE,),
    facet=BY_TABLE,
    empty="Every row could be read.",
)


UNREAD = Listing(
    name="unread",
    title="Values that could not be read",
    help="Values of rows that count all the same: the value was left empty.",
    columns=(
        Column("table_name", "Table"),
        Column("file_name", "File"),
        Column("column_name", "Column"),
        Column("rows", "Values", "count"),
        Column("examples", "For instance", "list"),
    ),
    base=(
        "select table_name, file_name, column_name, rows, examples from "
        "@diagnostics.unread_values where {where}"
    ),
    order="rows desc, table_name, file_name, column_name",
    filters=(TABLE,),
    facet=BY_TABLE,
    sums=("rows",),
    empty="Every value could be read.",
)


RESTATEMENTS = Listing(
    name="restatements",
    title="Numbers that changed",
    help="What a run changed in numbers that had been published before, and what brought it about.",
    columns=(
        Column("started_at", "Run", "instant"),
        CAMPAIGN_COLUMN,
        Column("metric", "Number", "metric"),
        Column("model", "Model", "model"),
        Column("change", "Change", "code"),
        Column("old_value", "Before", "number"),
        Column("new_value", "Now", "number"),
        Column("difference", "Difference", "number"),
        Column("campaign_causes", "Brought about by", "causes"),
        Column("run_causes", "All causes of the run", "causes", only_csv=True),
    ),
    base="""select changes.*, runs.started_at from @diagnostics.restatements as changes
        left join @diagnostics.run_log as runs on changes.run_id = runs.run_id where {where}""",
    order="started_at desc, run_id desc, campaign_id, metric, model",
    filters=(
        Filter(
            "campaign",
            "Campaign",
            "changes.campaign_id is not distinct from $campaign",
            is_hidden=True,
        ),
        Filter("run", "Run", "changes.run_id = $run", is_hidden=True),
        Filter("metric", "Number", "changes.metric = $metric", "facet"),
    ),
    joins=CAMPAIGN_NAME,
    extra="campaigns.campaign_name",
    period="runs.started_at",
    period_says="by the run",
    facet=Facet("metric", "metric", "Number", "metric"),
    empty="No published number changed.",
)


CHECKS = Listing(
    name="checks",
    title="Business checks",
    help="What must hold of the published numbers, and whether it does.",
    columns=(
        Column("says", "What holds"),
        Column("passed", "Passed", "yes"),
        Column("rows_failing", "Rows against it", "count"),
        Column("cure", "What to do if not"),
    ),
    base=(
        "select says, passed, rows_failing, cure, rule_id, table_name, check_name, severity, "
        "sample from @diagnostics.check_results where {where}"
    ),
    order="passed, severity, table_name, check_name",
    filters=(Filter("passed", "Passed", "passed = ($passed = 'yes')", "choice", YES_NO),),
)


RUNS = Listing(
    name="runs",
    title="Runs",
    help="Every run of this home, the newest first.",
    columns=(
        Column("started_at", "Started", "instant"),
        Column("as_of", "As of", "instant"),
        Column("status", "Status", "code"),
        Column("rows_landed", "Rows in", "count"),
        Column("rows_rejected", "Rejected", "count"),
        Column(
            "run_id",
            "Changes",
            "changes",
            link=lambda s, row: s.link("/list/restatements", run=row["run_id"]),
        ),
    ),
    base=(
        "select run_id, as_of, started_at, finished_at, status, rows_landed, rows_accepted, "
        "rows_rejected from @diagnostics.run_log where {where}"
    ),
    order="run_id desc",
    period="started_at",
    period_says="by the start",
)
RUN_LISTS = (REJECTED, UNREAD, RESTATEMENTS, CHECKS, RUNS)
