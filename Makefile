# Everything from a fresh clone: needs Python 3.11 or newer, git and make. `make run` opens the floor, `make test` tests it.

VENV := .venv
BIN := $(VENV)/bin
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable

# The first Python that is new enough; looked for only when an environment has to be made.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)

# Tests and benches start many processes: none of them should compile every module again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test check bench verify docs pictures clean

run: $(VENV)/.installed  ## the list of scenarios; without a terminal a run of the default one
	@$(BIN)/flightdesk

test: $(VENV)/.installed-dev  ## the tests, those that take minutes left out
	$(BIN)/pytest -n 2 --dist worksteal -m "not long"

check: $(VENV)/.installed-dev  ## style, types and layers
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.installed-dev  ## speed beside other simulators, in one run
	$(BIN)/python -m bench

verify: check  ## everything: check, all tests, bench
	$(BIN)/pytest -n 2 --dist worksteal --hypothesis-profile thorough
	$(BIN)/python -m bench

docs: $(VENV)/.installed  ## the reference pages, from the model and the commands
	for page in scenario drill metrics records glossary cli; do $(BIN)/flightdesk reference $$page > docs/reference/$$page.md; done

pictures: $(VENV)/.installed  ## the pictures of the documentation
	$(BIN)/python docs/pictures/make.py

clean:
	rm -rf $(VENV) build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Flightdesk needs Python 3.11 or newer; none was found as python3 or python3.11 to python3.14." >&2; exit 1; }
	@echo "Making the environment in $(VENV), once."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml constraints.txt | $(VENV)/bin/python
	@$(INSTALL) .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	@$(INSTALL) '.[dev]'
	@touch $@ $(VENV)/.installed
