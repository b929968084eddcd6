# make run   installs, indexes the articles of seeds/, serves the chat page (HOST, PORT)
# make ask Q="…"   answers one question in the terminal
# make test  installs what the tests need and runs every check
SHELL := /bin/bash
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
export Q

.PHONY: run ask test install lint browser startup screenshots clean

run: install
	@exec $(PY) app.py

ask: install
	@$(PY) -m rag ask -- "$$Q" || test $$? -eq 1

test: $(VENV)/installed-test browser
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(PY) -m pytest

lint: $(VENV)/installed-test
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy

install:
	@if [ $(VENV)/installed -nt pyproject.toml ]; then echo "Already installed in $(VENV)." >&2; \
	else $(MAKE) --no-print-directory $(VENV)/installed; fi

$(VENV)/installed: pyproject.toml | $(PY)
	@echo "Installing into $(VENV): the first time, about two minutes."
	$(PY) -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/installed-test: pyproject.toml | $(PY)
	$(PY) -m pip install --quiet --disable-pip-version-check --editable ".[test]"
	@touch $@ $(VENV)/installed

# Debian keeps venv's pip in a package of its own.
$(PY):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or later is needed; type: make PYTHON=python3.11" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { [ "$$(id -u)" = 0 ] && apt-get update -q && apt-get install -qy python3-venv; } || \
	  { echo "python3-venv is missing; type: sudo apt-get install python3-venv" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)

# Debian's Chromium where we may install it, Playwright's own elsewhere.
browser: $(VENV)/installed-test
	@command -v chromium >/dev/null || \
	  { [ "$$(id -u)" = 0 ] && apt-get update -q && apt-get install -qy chromium; } || \
	  $(PY) -m playwright install chromium || \
	  echo "no browser: the browser tests cannot run" >&2

startup: install
	$(PY) -m benchmarks.startup

screenshots: $(VENV)/installed-test browser
	$(PY) -m tests.screenshots

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find index -mindepth 1 ! -name README.md -delete
