# Amends. `make` alone lists what there is. ARGS= hands extra flags on: make run ARGS=--no-player
PYTHON ?= python3
ARGS   ?=
ROUNDS ?= 5
CASES  ?= 20
SEED   ?= 1
VENV   := .venv
BIN    := $(VENV)/bin
ROOMS  := bpmn complaints process_definitions store cases tasks review flows intake desk runtime
PIP    := $(BIN)/python -m pip --disable-pip-version-check --quiet
LOCK   := $(BIN)/uv --quiet --no-config pip compile pyproject.toml --universal --python-version 3.11 \
          --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install run test thorough long two check bench faults lock clean

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sort | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

install: $(VENV)/.runtime ## make .venv from the lock file, nothing else

run: $(VENV)/.runtime ## start everything with sample complaints, until Ctrl-C
	@AMENDS_CLOCK="$${AMENDS_CLOCK:-adjustable}" exec $(BIN)/amends up --samples $(ARGS)

test: $(VENV)/.dev ## the default test suite, fast folders first; ARGS=tests/unit runs what it names alone
ifeq ($(strip $(ARGS)),)
	@PYTHONHASHSEED=0 $(BIN)/python -m pytest -q -n 2 -m 'not thorough' tests/unit tests/contract
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile -m 'not long and not thorough' tests/flows tests/acceptance tests/faults
else
	@$(BIN)/python -m pytest $(ARGS)
endif

thorough: $(VENV)/.dev ## the rest of what CI runs: more data, every damage, more of real processes
	@PYTHONHASHSEED=0 $(BIN)/python -m pytest -q -n 2 -m thorough tests/unit tests/contract
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile -m thorough tests/flows tests/acceptance tests/faults

long: $(VENV)/.dev ## whole lives in real processes, with kills and a browser: minutes each
	@$(BIN)/python -m pytest -q -m long tests/acceptance tests/faults $(ARGS)

two: $(VENV)/.dev ## all of tests/acceptance and the kills, on two of everything: half an hour
	@$(BIN)/python -m pytest -q --machines two tests/acceptance tests/faults $(ARGS)

check: $(VENV)/.dev ## format, lint, strict types, import directions, definitions
	@$(BIN)/ruff format --check $(ROOMS) tests
	@$(BIN)/ruff check $(ROOMS) tests
	@$(BIN)/mypy $(ROOMS) tests
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/amends definitions lint

bench: $(VENV)/.dev ## measurements, as one JSON object
	@$(BIN)/python -m tests.bench $(ARGS)

faults: $(VENV)/.dev ## kill a process at every crash seam and compare; ROUNDS=5 CASES=20 SEED=1
	@$(BIN)/python -m tests.faults --rounds $(ROUNDS) --cases $(CASES) --seed $(SEED) $(ARGS)

lock: $(VENV)/.dev ## make both lock files again; ARGS=--upgrade moves the pins
	@$(LOCK) --extra production --extra build $(ARGS) -o requirements.lock
	@$(LOCK) --extra production --extra build --extra dev -c requirements.lock $(ARGS) -o requirements-dev.lock

clean: ## remove .venv and caches; complaints in .amends stay
	@rm -rf $(VENV) *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis build
	@find $(ROOMS) tests -name __pycache__ -type d -prune -exec rm -rf {} +

# --- set-up: each step leaves a stamp, so the second start does nothing ---------------------------

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo 'amends: Python 3.11 or later is needed: apt-get install python3, or make PYTHON=/path/to/python3.11' >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || \
	  { echo 'amends: this Python cannot make a virtual environment: apt-get install python3-venv' >&2; exit 1; }
	@echo 'amends: making $(VENV)' >&2
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.runtime: requirements.lock pyproject.toml | $(BIN)/python
	@echo 'amends: installing what requirements.lock pins' >&2
	@$(PIP) install --require-hashes -r requirements.lock >&2
	@$(PIP) install --no-deps --no-build-isolation --no-index -e . >&2
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.runtime
	@echo 'amends: installing what requirements-dev.lock pins' >&2
	@$(PIP) install --require-hashes -r requirements-dev.lock >&2
	@touch $@
