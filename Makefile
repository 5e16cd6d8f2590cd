# Every command of the project. Each target does its own set-up, says what it does, and takes seconds the second time.
#   make run     set everything up, then serve the chat on 127.0.0.1:8501
#   make test    set everything up (Chromium too), then run every test
# PIP_ARGS is handed to pip: see the README for how to spare yourself the CUDA packages.

PYTHON ?= python3
PIP_ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
SAY := @printf '\033[1m==> %s\033[0m\n'

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help run test setup setup-dev model browser check fix eval bench lock clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

run: setup ## Set everything up, then serve the chat on 127.0.0.1:8501
	@$(BIN)/interviewer run

test: setup-dev browser ## Set everything up, then run every test
	$(SAY) 'Running the tests'
	@$(BIN)/pytest $(ARGS)

setup: $(VENV)/.installed model ## Make .venv, install the pinned versions, prepare the embedding model

setup-dev: $(VENV)/.installed-dev model

$(VENV)/bin/python:
	$(SAY) 'Making $(VENV)'
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Viva needs Python 3.11 or newer; '$(PYTHON)' is older. Try: make $(MAKECMDGOALS) PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
		{ rm -rf $(VENV); echo "Could not make $(VENV). On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml constraints.txt
	$(SAY) 'Installing the pinned packages (a few minutes the first time)'
	@$(BIN)/pip install -q $(PIP_ARGS) -c constraints.txt -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/bin/python pyproject.toml constraints.txt
	$(SAY) 'Installing the pinned packages and the tools for the tests (a few minutes the first time)'
	@$(BIN)/pip install -q $(PIP_ARGS) -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/.installed

model:
	@$(BIN)/python -m knowledge.model_files

browser: $(VENV)/.installed-dev
	@$(BIN)/python tests/chromium.py

check: $(VENV)/.installed-dev ## Lint, formatting and types, as CI checks them
	$(SAY) 'Checking style and types'
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/pyright

fix: $(VENV)/.installed-dev ## Mend what ruff can mend
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

eval: setup ## Measure grader and search on everything at hand, and write the grader's card (half an hour)
	@$(BIN)/python -m evals card
	@$(BIN)/python -m evals retrieval --ann 5000

bench: ## Measure speed and memory; the last line is one JSON object. ONLY=name for one group, PASSAGES=n to ingest
	@$(MAKE) -s setup-dev browser >&2
	@$(BIN)/python -m tests.bench $(if $(ONLY),--only $(ONLY)) $(if $(PASSAGES),--passages $(PASSAGES))

lock: ## Resolve the newest allowed versions afresh into constraints.txt
	$(SAY) 'Resolving versions in a temporary environment'
	@rm -rf $(VENV)-lock && $(PYTHON) -m venv $(VENV)-lock
	@$(VENV)-lock/bin/pip install -q $(PIP_ARGS) torch==2.13.0 -e '.[dev]'
	@{ echo '# Exact versions that were tested together. Made by `make lock`; installs use it through pip'"'"'s -c.'; \
	   $(VENV)-lock/bin/pip freeze --exclude-editable | sed -E 's/^(torch==[0-9.]+)\+.*/\1/'; } > constraints.txt
	@rm -rf $(VENV)-lock

clean: ## Remove the environment and all caches, never a person's data
	@rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis *.egg-info
