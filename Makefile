# Two commands do all the set-up: `make start` for learners, `make test` for everybody else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: start test check format bench engines clean

start: $(VENV)/ready
	@$(BIN)/labrunner start

test: $(VENV)/ready-dev
	$(BIN)/pytest -n 2 --dist loadgroup $(PYTEST_ARGS)

check: $(VENV)/ready-dev
	$(BIN)/ruff format --check labrunner tests
	$(BIN)/ruff check labrunner tests
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

format: $(VENV)/ready-dev
	$(BIN)/ruff format labrunner tests
	$(BIN)/ruff check --fix labrunner tests

bench: $(VENV)/ready-dev
	$(BIN)/python tests/bench/first_prompt.py
	$(BIN)/python -m tests.bench.practice

engines:
	tests/engines/up

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "labrunner needs Python 3.11 or later; say which with: make start PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "Python's venv module is missing; on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }

# Compiled once here, so that the first prompt does not wait for it.
$(VENV)/ready: pyproject.toml $(VENV)/bin/python
	@echo "Setting labrunner up in $(VENV) (once) ..." >&2
	@$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@$(BIN)/python -m compileall -q labrunner
	@touch $@

$(VENV)/ready-dev: pyproject.toml requirements-dev.lock $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint requirements-dev.lock --editable '.[dev]'
	@touch $@ $(VENV)/ready

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
