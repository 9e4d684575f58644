# `make help` lists what there is. Everything happens in .venv and, for a development index, in index/built.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
export TUTOR_DATA_DIR ?= $(CURDIR)/index/built
export HF_HUB_OFFLINE ?= 1

.DEFAULT_GOAL := help

$(VENV)/.run: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.dev: pyproject.toml | $(VENV)/.run
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

run: $(VENV)/.run  ## set up, index the bundled course and serve chat and API on it
	$(BIN)/course-tutor serve

test: $(VENV)/.dev  ## set up and pass the tests, one process a core
	$(BIN)/python -m pytest --numprocesses auto --dist loadfile

setup: $(VENV)/.run $(VENV)/.dev  ## make the virtual environment, development tools included

format: $(VENV)/.dev  ## format the code
	$(BIN)/ruff format . && $(BIN)/ruff check --fix .

check: $(VENV)/.dev  ## format, lint, types and import contracts
	$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/lint-imports

index: $(VENV)/.run  ## index the bundled course anew
	$(BIN)/course-tutor index corpus/courses/deep-learning-in-medicine

faults: $(VENV)/.dev  ## every fault, long (hours; never run whole); only=f17 for one, TUTOR_FAULTS=short for a small version
	TUTOR_FAULTS=$${TUTOR_FAULTS:-full} $(BIN)/python -m pytest -s --durations=0 tests/test_ingest_faults.py \
		tests/test_ingest_killed.py tests/test_two_nodes.py tests/faults $(if $(only),-k $(only))

load: $(VENV)/.run  ## a service under load; figure=askers, memory, overload, slow, leavers or startup (default: all)
	$(BIN)/python tests/load $(or $(figure),all) --json load.json

stores: $(VENV)/.dev  ## the tests again, all courses in PostgreSQL; without those of browsers
	COURSE_TUTOR_TEST_STORE=pgvector $(BIN)/python -m pytest --numprocesses auto --dist loadfile -m "not browser"

compare: $(VENV)/.dev  ## both stores side by side on SETS="folder ..." (limit=100 for a sample): same ten, same answers, times
	$(BIN)/python tests/compare_stores.py $(SETS) $(if $(limit),--limit $(limit))

fuzz: $(VENV)/.dev  ## spoil 2,000 files of each format, try 200 ways through the store, ask twin courses 2,000 questions (20 minutes)
	TUTOR_FUZZ=full $(BIN)/python -m pytest tests/test_mutated_packages.py tests/test_hostile_sources.py \
		tests/test_model_of_the_store.py tests/test_twin_courses.py

scan: $(VENV)/.dev  ## known vulnerabilities, licences, imports and our own rules; fails where nothing can be looked up
	$(BIN)/python -m pytest tests/test_dependencies.py tests/test_imports.py tests/test_own_rules.py
	$(BIN)/python tests/scan_dependencies.py

sbom: $(VENV)/.dev  ## list what a service consists of, with licences, in dist/sbom.cdx.json
	$(BIN)/python tests/write_sbom.py dist/sbom.cdx.json

lock: $(VENV)/.dev  ## resolve what a service needs anew into requirements.lock
	$(BIN)/python tests/lock_dependencies.py

eval: $(VENV)/.run  ## score retrieval, refusal and citations on the bundled course's questions
	$(BIN)/course-tutor eval tests/data/seed-course

bench: $(VENV)/.run  ## measure speed on the bundled course
	$(BIN)/course-tutor bench

# The textbooks' question sets are not in the repository: SETS="first, which is for speed, and more".
PEERS  ?= .venv-peers
SETS   ?= tests/data/seed-course
$(PEERS)/%/.made: tutor/evaluation/peers/requirements/%.txt
	$(PYTHON) -m venv $(PEERS)/$*
	$(PEERS)/$*/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

peers: $(VENV)/.dev $(patsubst tutor/evaluation/peers/requirements/%.txt,$(PEERS)/%/.made,$(wildcard tutor/evaluation/peers/requirements/*.txt))  ## measure beside LlamaIndex, Haystack and txtai, in environments of their own (8 GB)
	$(BIN)/course-tutor bench peers $(PEERS) $(SETS)

browser:  ## install Debian's Chromium for the browser tests (needs root)
	command -v chromium >/dev/null || (apt-get update -qq && apt-get install -y -qq chromium)

docker:  ## build the container image
	docker build --tag course-tutor .

ci: browser setup check test eval  ## what CI runs

clean:  ## remove the environment, caches and the development index
	rm -rf $(VENV) $(PEERS) index/built .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

help:  ## list the targets
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 10

.PHONY: run test setup format check index faults load stores compare fuzz scan sbom lock eval bench peers browser docker ci clean help
