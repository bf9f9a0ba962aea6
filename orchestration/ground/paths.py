"""Where the program's own files are, and what a published folder has."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DBT_PROJECT = ROOT / "dbt_project"
RULES = ROOT / "seeds" / "rules"
SAMPLE = ROOT / "seeds" / "sample"
EXPECTATIONS = ROOT / "expectations"
# What a published folder has.
PUBLISHED_FILE = "touchledger.duckdb"
REPORT_FILE = "report.html"
# The variables that the run had: who reads days and money needs its time zone and currency.
VARIABLES_FILE = "variables.json"
PUBLISHED_SCHEMAS = ("core", "marts", "diagnostics")
# What the last run rejected, beside the warehouse in HOME.
REJECTED_FILE = "rejected_records.csv"
# How large tables are written as Parquet, in the words of DuckDB. A higher level takes longer and
# saves nothing on them; nor do dictionaries of columns with more than a thousand values in a group
# of rows, which cost a quarter of the time.
PARQUET = "format parquet, compression zstd, compression_level 1, dictionary_size_limit 1000"
