# The contributor's commands. `make help` explains each; the continuous integration (.ci/run) calls the same ones.
# A fresh machine needs Python 3.11 or newer, make and git. Everything else goes into .venv, from the lock files.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
RUN := $(VENV)/.run-time
DEV := $(VENV)/.development
PEERS := build/peers
# uv where the machine has it; else the one that pip puts into .venv, in this version.
UV_VERSION := 0.13.9
UV = $$(command -v uv || echo $(BIN)/uv)
SHARED ?= ../shared
MEDICINE ?= ketamine
WORKERS ?= 2
ARGS ?=

export PIP_DISABLE_PIP_VERSION_CHECK = 1
export PIP_NO_INPUT = 1

.PHONY: help setup brief test bench-web screenshots test-faults bench-scale lint format types docs bench bench-build bench-brief bench-readability \
	bench-extraction bench-ask bench-trials bench-papers bench-check starter vocabulary train lock clean browser database

help: ## say what each target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

# A Debian package, by root only; its noise goes to a file that is shown when it fails.
define apt
	mkdir -p build
	{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(1); } \
	    >build/apt.log 2>&1 || { tail -n 5 build/apt.log >&2; false; }
endef

# --- set-up -------------------------------------------------------------------------------------------------

# An interpreter of our own. Debian's bare python3 has no ensurepip: then pip, where there is one, reaches in from
# outside; else root may install python3-venv; else we say what is missing.
$(PY):
	@say() { echo "set-up: $$*" >&2; }
	python=
	for name in $${PYTHON:-python3.11 python3 python3.14 python3.13 python3.12}; do
	    if "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$$name; break; fi
	done
	if command -v uv >/dev/null; then
	    say "creating $(VENV) with uv"
	    uv venv --quiet --allow-existing --python "$${python:-3.11}" $(VENV)
	    exit
	fi
	[ -n "$$python" ] || { say "no Python 3.11 or newer was found (name one with PYTHON=...)"; exit 1; }
	say "creating $(VENV) with $$python and fetching uv by pip"
	if ! "$$python" -m venv --clear $(VENV) >/dev/null 2>&1; then
	    if "$$python" -m pip --version >/dev/null 2>&1; then
	        "$$python" -m venv --clear --without-pip $(VENV)
	        "$$python" -m pip --python $(PY) install --quiet uv==$(UV_VERSION)
	        exit
	    elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
	        say "this Python cannot make virtual environments: installing Debian's python3-venv"
	        $(call apt,python3-venv)
	        "$$python" -m venv --clear $(VENV)
	    else
	        rm -rf $(VENV)
	        say "this Python has neither venv with ensurepip nor pip. Install one of: uv, python3-venv, python3-pip"
	        exit 1
	    fi
	fi
	$(PY) -m pip install --quiet uv==$(UV_VERSION)

# The exact versions of the lock, each checked by its hash, then the project itself, editable.
define install
	@echo "set-up: installing $(1) into $(VENV)" >&2
	export VIRTUAL_ENV="$$PWD/$(VENV)"
	$(UV) pip install --quiet --require-hashes --requirement $(1)
	$(UV) pip install --quiet --no-deps --editable .
	touch $@
endef

$(RUN): requirements-run.lock pyproject.toml | $(PY)
	$(call install,requirements-run.lock)

$(DEV): requirements.lock pyproject.toml | $(PY)
	$(call install,requirements.lock)
	touch $(RUN)

setup: $(DEV) ## create .venv with all that developing needs

# --- use ----------------------------------------------------------------------------------------------------

brief: $(RUN) ## print the brief of a medicine: make brief MEDICINE=ketamine
	@$(BIN)/usedfor brief "$(MEDICINE)" $(ARGS)

# --- check --------------------------------------------------------------------------------------------------

# The browser tests need a Chromium; without one they are skipped and say so (and fail where CI=true).
browser:
	@for name in chromium chromium-browser google-chrome; do command -v $$name >/dev/null && exit 0; done
	if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
	    echo "set-up: no Chromium here, and no right to install one: the browser tests will be skipped" >&2
	    exit 0
	fi
	echo "set-up: installing Debian's chromium for the browser tests" >&2
	{
	    $(call apt,chromium fonts-dejavu-core)
	} || echo "set-up: that failed: the browser tests will be skipped" >&2

# The comments' tests on PostgreSQL start a server of their own; its programs come from Debian's package.
database:
	@for place in /usr/lib/postgresql/*/bin/initdb; do [ -x "$$place" ] && exit 0; done
	command -v initdb >/dev/null && exit 0
	if [ "$$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
	    echo "set-up: no PostgreSQL here, and no right to install one: its tests will be skipped" >&2
	    exit 0
	fi
	echo "set-up: installing Debian's postgresql for the comments' tests" >&2
	{
	    $(call apt,postgresql)
	} || echo "set-up: that failed: the tests on PostgreSQL will be skipped" >&2

test: $(DEV) browser database ## run every test and say what was skipped; ARGS="-k words" narrows it
	@$(BIN)/pytest -n $(WORKERS) $(ARGS)

test-faults: $(DEV) ## kill builds at 50 random moments, fill disks, and so on (some minutes)
	@USEDFOR_MOMENTS=$(or $(MOMENTS),50) $(BIN)/pytest tests/knowledge/test_faults.py tests/sources/test_sync.py $(ARGS)

lint: $(DEV) ## check style and formatting (ruff)
	@$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(DEV) ## mend style and formatting (ruff)
	@$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(DEV) ## check types (mypy --strict)
	@$(BIN)/mypy

screenshots: $(DEV) browser ## pictures of each kind of page, narrow and wide, light and dark, into build/screenshots
	@$(PY) tests/web/screenshots.py build/screenshots

docs: $(DEV) ## write docs/commands.md and docs/rules.md anew from the code and the rule files
	@$(PY) docs/generate.py

# --- measure (on the real data in $(SHARED)) ----------------------------------------------------------------

bench: bench-brief bench-readability bench-build bench-extraction bench-ask bench-trials bench-papers bench-check bench-web ## run every benchmark

bench-brief: $(DEV) ## time `usedfor MEDICINE` and compiling, over all medicines of the starter
	@$(PY) benchmarks/brief.py $(ARGS)

bench-readability: $(DEV) ## reading grade of takeaways and questions, over all medicines
	@$(PY) benchmarks/readability.py $(ARGS)

bench-build: $(DEV) ## speed and memory of building a snapshot from the labels
	@$(PY) benchmarks/build.py $(ARGS)

bench-scale: $(DEV) ## builds of 1,000 to 53,000 labels, what 1% of change costs, look-ups, Ray; 100,000 trials (an hour)
	@$(PY) benchmarks/scale.py $(ARGS)
	$(PY) benchmarks/trials.py --no-gold

bench-ask: $(DEV) ## answers to questions against the gold sets, and how fast; HOME_OF=DIR names the snapshot
	@home="$(or $(HOME_OF),build/labels)"
	[ -e "$$home/manifest.json" ] || $(BIN)/usedfor build --labels $(SHARED)/data/labels --out "$$home"
	$(PY) benchmarks/ask.py --home "$$home" $(ARGS)

bench-extraction: $(DEV) $(PEERS)/.made ## extraction against the gold sets, beside a dictionary, spaCy and medspaCy
	@$(PY) benchmarks/extraction_gold.py --data $(SHARED)/data --cross-validate --held-out
	$(PY) benchmarks/peers.py $(ARGS)

bench-check: $(DEV) ## verdicts on claims against the gold set, its baselines, labels swapped, and speed
	@$(PY) benchmarks/check.py --data $(SHARED)/data $(ARGS)

bench-web: $(DEV) ## pages a second, how long the slowest take, and the static export
	@$(PY) benchmarks/web.py $(ARGS)

bench-trials: $(DEV) ## roles and conditions of registered trials against the gold set, and speed
	@$(PY) benchmarks/trials.py $(ARGS)

bench-papers: $(DEV) ## directions and designs of papers against the gold set and labels, and speed
	@$(PY) benchmarks/papers.py $(ARGS)

# The peers live in environments of their own: what they pin never reaches the project.
$(PEERS)/.made: | $(DEV)
	@make_peer() { # name, requirements
	    echo "set-up: installing $$1 into $(PEERS)/$$1" >&2
	    { $(PY) -m venv --clear $(PEERS)/$$1 && $(PEERS)/$$1/bin/python -m pip install --quiet "$${@:2}"; } || {
	        rm -rf $(PEERS)/$$1
	        echo "set-up: $$1 could not be installed: it is left out" >&2
	    }
	}
	make_peer negspacy spacy==3.8.18 negspacy==1.1.0
	make_peer medspacy medspacy==1.3.1 'numpy<2'
	touch $@

# --- make what ships ----------------------------------------------------------------------------------------

vocabulary: $(DEV) ## build the names of medicines and conditions from ../shared/data/vocabulary
	@$(PY) -m usedfor.vocabulary.build --data $(SHARED)/data/vocabulary

train: $(DEV) ## train the readers' models from the gold files' training side (some minutes)
	@for trainer in src/usedfor/extraction/train*.py; do
	    $(PY) -m "usedfor.extraction.$$(basename "$$trainer" .py)" --gold $(SHARED)/data/gold
	done
	$(PY) -m usedfor.answers.train --gold $(SHARED)/data/gold
	home="$(or $(HOME_OF),build/labels)"
	[ -e "$$home/manifest.json" ] || $(BIN)/usedfor build --labels $(SHARED)/data/labels --out "$$home"
	$(PY) -m usedfor.verification.train --gold $(SHARED)/data/gold --own benchmarks/claims_own.jsonl --home "$$home"

PAPERS := pubmed-xml.tar.xz ketamine-articles-open.tar.xz drug-class-review-abstracts.jsonl.xz

starter: $(DEV) ## build the facts that ship in the package from the labels, trials and papers in ../shared/data
	@$(PY) -m usedfor.knowledge.starter $(SHARED)/data/labels --trials $(SHARED)/data/trials \
	    $(PAPERS:%=--papers $(SHARED)/data/papers/%) $(ARGS)

lock: $(PY) ## renew requirements.lock and requirements-run.lock (exact versions with hashes)
	@export UV_CUSTOM_COMPILE_COMMAND="make lock"
	[ -x $(BIN)/uv ] || command -v uv >/dev/null || $(PY) -m pip install --quiet uv==$(UV_VERSION)
	flags="--quiet --universal --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate"
	$(UV) pip compile pyproject.toml --group dev $$flags $(ARGS) --output-file requirements.lock
	$(UV) pip compile pyproject.toml $$flags --constraint requirements.lock --output-file requirements-run.lock

clean: ## remove what the tools made, but not .venv
	@rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +
