# Each target first makes .venv, with the exact packages of requirements.lock.
# ARGS is handed on: make test ARGS="-k french"

ifndef PYTHON
PYTHON := $(shell for name in python3.11 python3 python; do \
	"$$name" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null \
	&& command -v "$$name" && break; done)
endif

BIN := .venv/bin
INSTALLED := .venv/installed
BROWSER := tests/browser
PAGE_TOOLS := $(if $(wildcard $(BROWSER)/package-lock.json),$(BROWSER)/node_modules/.package-lock.json)

.PHONY: run test soak bench lint
.DEFAULT_GOAL := run

run: $(INSTALLED)
	$(BIN)/assistant index
	$(BIN)/assistant serve --demo $(ARGS)

test: $(INSTALLED) $(PAGE_TOOLS)
	$(BIN)/pytest $(ARGS)

soak: $(INSTALLED)
	$(BIN)/pytest -m soak $(ARGS)

bench: $(INSTALLED)
	$(BIN)/assistant bench $(ARGS)

lint: $(INSTALLED)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

$(INSTALLED): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 is needed and none was found: install it," \
		"or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3.11" >&2; exit 1; }
	"$(PYTHON)" -m venv .venv
	$(BIN)/pip install --quiet --requirement requirements.lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

$(BROWSER)/node_modules/.package-lock.json: $(BROWSER)/package-lock.json
	npm ci --prefix $(BROWSER) --no-audit --no-fund --loglevel=error
	touch $@
