PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
SUPERSET := .venv-superset
SPARK := .venv-spark
# It compiles the models, on the warehouse of the last run where there is one.
SQLFLUFF = TOUCHLEDGER_WAREHOUSE=$(or $(wildcard warehouse/warehouse.duckdb),:memory:) $(BIN)/sqlfluff
SQL = dbt_project/models $(wildcard dbt_project/tests/*.sql)
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export GX_ANALYTICS_ENABLED := false

.PHONY: help setup run demo test test-long spark-setup spark-test spark-cluster java postgresql lint lint-python lint-changed format dev docs variables data-docs site drawings superset superset-export benchmark lock audit

help:
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

$(VENV)/.ready: requirements.lock pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || python3 -m venv $(VENV)
	@echo "Setting up $(VENV) from requirements.lock (once, about two minutes)"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --requirement requirements.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@$(BIN)/python -c "from orchestration.building.project import ensure_manifest; ensure_manifest()"
	@touch $@

setup: $(VENV)/.ready ## set up .venv from the lock

demo: run ## the same, then the page on http://127.0.0.1:8090
	@echo
	@echo "Open http://127.0.0.1:8090/ and click a campaign, then a number: it leads to its rows, and every row to its reason."
	@exec $(BIN)/touchledger serve

run: setup ## land the sample, build, check, publish, print the campaign table
	@$(BIN)/touchledger run $(ARGS)

test: setup spark-setup postgresql ## the tests, under 20 minutes on 2 cores
	@$(BIN)/python -m pytest -m "not long" --numprocesses 2 --dist loadfile --no-loadscope-reorder $(ARGS)

test-long: setup spark-setup postgresql ## all tests, with what takes longer
	@TOUCHLEDGER_TEST_LONG=1 $(BIN)/python -m pytest $(ARGS)

$(VENV)/.spark: $(VENV)/.ready requirements-spark.lock
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --require-hashes --requirement requirements-spark.lock
	@touch $@

# Apart from .venv: a run on Spark needs no Spark of its own, and a run on DuckDB is to find none.
$(SPARK)/.ready: orchestration/engines/spark/requirements.lock
	@test -x $(SPARK)/bin/python || $(PYTHON) -m venv $(SPARK) || python3 -m venv $(SPARK)
	@echo "Setting up Spark in $(SPARK) (once, one to two minutes, 600 MB)"
	@$(SPARK)/bin/python -m pip install -qq --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

# What the tests of databases start; without it they are skipped.
postgresql:
	@ls /usr/lib/postgresql/*/bin/pg_ctl > /dev/null 2>&1 || command -v pg_ctl > /dev/null || { test "$$(id -u)" = 0 && command -v apt-get > /dev/null && \
		echo "Installing PostgreSQL (once)" && apt-get update -qq && apt-get install -y -qq --no-install-recommends postgresql > /dev/null; } || true

java: $(VENV)/.ready
	@command -v java > /dev/null || { test "$$(id -u)" = 0 && command -v apt-get > /dev/null && echo "Installing Java 17 (once)" && \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends openjdk-17-jre-headless > /dev/null; } || true
	@$(BIN)/python -m orchestration.engines.spark.cluster --check

spark-setup: $(VENV)/.spark $(SPARK)/.ready java ## what --target spark needs, and a Spark to try it on this machine (needs Java 17)

spark-test: setup spark-setup postgresql ## the same rows on both engines, workers and server killed: on a cluster that is started and stopped
	@$(BIN)/python -m pytest tests/spark tests/unit/test_spark.py $(ARGS)

spark-cluster: spark-setup ## a Spark cluster on this machine until interrupted, for --target spark (ARGS="--workers 4")
	@exec $(BIN)/python -m orchestration.engines.spark.cluster $(ARGS)

lint: lint-python ## all linters: Python, layers of imports, types, SQL
	@$(SQLFLUFF) lint --processes 2 $(SQL)
	@cd orchestration && $(abspath $(BIN))/sqlfluff lint checking home publishing reading terminal

lint-python: setup ## the quick linters: ruff, layers of imports, types
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/lint-imports --no-logo --no-cache && $(BIN)/mypy

lint-changed: lint-python ## the quick linters, and sqlfluff on what differs from BASE (default: main)
	@changed=$$(git diff --name-only --diff-filter=d $(or $(BASE),main) -- 'dbt_project/models/*.sql' 'dbt_project/tests/*.sql'); \
		test -z "$$changed" || $(SQLFLUFF) lint $$changed

format: setup ## format Python and SQL
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix . ; $(SQLFLUFF) fix --quiet $(SQL)

dev: setup ## Dagster's page on http://127.0.0.1:3000
	@$(BIN)/dagster dev --host 127.0.0.1

docs: setup ## every table, column, rule and lineage as pages in dbt_project/target/docs
	@$(BIN)/python -m orchestration.reading.documentation

site: setup docs ## the documentation as one site to search, in site/ (the dbt docs in site/dbt)
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict
	@rm -rf site/dbt && cp -r dbt_project/target/docs site/dbt

drawings: ## docs/images/*.svg from their text sources (needs Graphviz)
	@for drawing in docs/images/*.dot; do dot -Tsvg $$drawing -o $${drawing%.dot}.svg; done

variables: setup ## write the tables of variables in docs/ from orchestration/ground/variables.py
	@$(BIN)/python -m tools.variables

data-docs: setup ## every business check and how it came out as pages in HOME/data_docs
	@$(BIN)/python -m orchestration.checking.data_docs

benchmark: setup ## time, memory and rows per second, beside the floor and peers (ARGS="--events 1000000")
	@$(BIN)/python -m benchmarks.run $(ARGS)

# Apart from .venv: Superset wants older libraries.
$(SUPERSET)/.ready: dashboards/superset/requirements.lock
	@test -x $(SUPERSET)/bin/python || $(PYTHON) -m venv $(SUPERSET) || python3 -m venv $(SUPERSET)
	@echo "Setting up $(SUPERSET) from dashboards/superset/requirements.lock (once, one to two minutes, 900 MB)"
	@$(SUPERSET)/bin/python -m pip install -qq --disable-pip-version-check --no-deps --require-hashes --requirement $<
	@touch $@

superset: ## the dashboard on http://127.0.0.1:8089, in Apache Superset
	@test -e "$${TOUCHLEDGER_HOME:-warehouse}/published/touchledger.duckdb" || \
		{ echo "Nothing is published in $${TOUCHLEDGER_HOME:-warehouse} yet; run 'make run' first, or name another HOME with TOUCHLEDGER_HOME" >&2; exit 2; }
	@$(MAKE) --no-print-directory $(SUPERSET)/.ready
	@exec $(SUPERSET)/bin/python dashboards/superset/serve.py

superset-export: $(SUPERSET)/.ready ## write the dashboard, as changed in Superset, to dashboards/superset/assets
	@$(SUPERSET)/bin/python dashboards/superset/serve.py export

lock: setup ## renew the locks from pyproject.toml and the requirements.in of the dashboard and of Spark (needs uv)
	@uv pip compile --quiet --python-version 3.11 --no-header --no-annotate --no-strip-extras --generate-hashes \
		--extra dev pyproject.toml requirements.in --output-file requirements.lock
	@uv pip compile --quiet --python-version 3.11 --no-header --no-annotate --no-strip-extras --generate-hashes \
		--extra spark pyproject.toml --constraint requirements.lock --output-file requirements-spark.lock
	@uv pip compile --quiet --python-version 3.11 --no-header --no-annotate --strip-extras --generate-hashes \
		orchestration/engines/spark/requirements.in --output-file orchestration/engines/spark/requirements.lock
	@uv pip compile --quiet --python-version 3.11 --no-header --no-annotate --strip-extras --generate-hashes \
		dashboards/superset/requirements.in --output-file dashboards/superset/requirements.lock

audit: setup ## known vulnerabilities of everything in requirements.lock and requirements-spark.lock (asks PyPI; what it cannot answer fails, so that silence is no clean bill)
	@test -x $(VENV)/audit/bin/pip-audit || { $(BIN)/python -m venv $(VENV)/audit && \
		$(VENV)/audit/bin/python -m pip install -qq --disable-pip-version-check pip-audit; }
	@$(VENV)/audit/bin/pip-audit --strict --require-hashes --disable-pip --requirement requirements.lock --requirement requirements-spark.lock $(ARGS)
