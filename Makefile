# What a person does here. `make` alone lists it.
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export QUIZ_DATA ?= $(CURDIR)/data

PIP := $(BIN)/pip install --quiet --disable-pip-version-check
ifdef CI
# What CI tries is exactly what is pinned, tools included; anyone else gets what pyproject.toml allows.
INSTALL = $(PIP) --require-hashes -r constraints.txt && $(PIP) --no-deps --no-build-isolation -e .
INSTALL_DEV = true
else
INSTALL = $(PIP) -e .
INSTALL_DEV = $(PIP) -e '.[dev]'
endif

.DEFAULT_GOAL := help
.PHONY: help run test check coverage faults pins audit format clean

help: ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

$(VENV)/run: pyproject.toml constraints.txt
	@tools/need-python $(PYTHON)
	$(PYTHON) -m venv $(VENV)
	$(INSTALL)
	@touch $@

$(VENV)/dev: $(VENV)/run
	$(INSTALL_DEV)
	@touch $@

run: $(VENV)/run ## install, load the questions, serve on http://127.0.0.1:8000
	@$(BIN)/quiz db upgrade
	@$(BIN)/quiz bank load
	@exec $(BIN)/quiz serve

test: $(VENV)/dev ## install what the tests need and run them
	@tools/need-chromium $(BIN)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q -n auto -m "not sweep"

# Of the last six, times are printed and fail nothing: only counts, sizes, memory and what was lost do.
check: $(VENV)/dev ## the slow gates: every page in a browser, every proof, the bank's rules, the faults, the figures
	@tools/need-chromium $(BIN)
	$(BIN)/pytest -q -n auto -m sweep
	$(BIN)/quiz bank check
	$(BIN)/quiz bank format --check
	$(BIN)/quiz bank prove --all --mutate --dry-run
	$(BIN)/quiz bank robots
	$(BIN)/quiz bank coverage
	$(BIN)/bandit --quiet --recursive quiz -c pyproject.toml
	$(BIN)/python -m tests.faults
	$(BIN)/quiz gate
	$(BIN)/quiz bench
	$(BIN)/quiz bench --browser
	$(BIN)/quiz bench load --takers 1,4
	$(BIN)/quiz bench nodes
	$(BIN)/quiz bench pages --answers 500000

coverage: $(VENV)/dev ## the share of the code that the tests reach, those in a browser left out (a quarter of an hour)
	$(BIN)/pytest -q -n auto --ignore=tests/browser --cov --cov-report=term --cov-fail-under=90

faults: $(VENV)/dev ## the long count of every fault, before a release (hours)
	$(BIN)/python -m tests.faults --long

pins: ## write constraints.txt anew: every library, with hashes
	tools/pin

audit: ## ask for known problems of every pinned library (needs the internet)
	tools/audit

format: $(VENV)/dev ## put code and question files in order
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/quiz bank format

clean: ## remove what was installed and built (your data stays)
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .hypothesis .coverage*
