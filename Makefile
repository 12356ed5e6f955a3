# Every target sets up what it needs in .venv, from the lock files alone.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
TORCH ?= torch==2.13.0
export CHARTSIEVE_DATA_DIR ?= $(CURDIR)/data
# Every page is read in a process of its own: one that may not keep compiled modules compiles 500 of them each time.
unexport PYTHONDONTWRITEBYTECODE

ifeq ($(UV),)
  MAKE_VENV = $(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Chartsieve needs Python 3.11 or newer: make PYTHON=/path/to/python3.11")' && $(PYTHON) -m venv $(VENV)
  INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps
else
  MAKE_VENV = $(UV) venv --quiet --allow-existing --seed --python '>=3.11' $(VENV)
  INSTALL = $(UV) pip install --quiet --compile-bytecode --no-deps --python $(BIN)/python
endif

.PHONY: run local test check check-slow check-local bench bench-recall bench-speed bench-scoring bench-running bench-intake bench-ocr bench-calibrate bench-review format lock lock-local samples clean

run: $(VENV)/run.stamp          ## open the app in the browser
	$(BIN)/chartsieve serve

local: $(VENV)/local.stamp      ## what runs a reranker on this machine; TORCH=... for another build of torch

test: $(VENV)/test.stamp        ## the quick tests, browser tests among them
	$(BIN)/python -m pytest -n 2 --dist loadgroup

check: $(VENV)/test.stamp       ## ruff, format, mypy, import rules, tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(MAKE) test

check-slow: $(VENV)/test.stamp  ## simulations, fault and load programs
	$(BIN)/python -m pytest -m slow -n 2 --timeout 1200

check-local:                    ## tests of the reranker on this machine, on a tiny model, in .venv-local
	$(MAKE) VENV=.venv-local .venv-local/test.stamp .venv-local/local.stamp
	.venv-local/bin/python -m pytest tests/scorers/test_weights.py tests/scorers/test_cross_encoder.py tests/scorers/test_contract.py

bench: bench-recall bench-speed bench-scoring bench-running bench-intake bench-ocr bench-calibrate bench-review

bench-recall: $(VENV)/test.stamp  ## recall of the embedded scorer on public documents; BENCH_DATA=folder
	$(BIN)/python -m tests.benchmarks.recall $(BENCH_DATA)

bench-speed: $(VENV)/test.stamp   ## upload to heatmap, 150 pages x 80 criteria
	$(BIN)/python -m tests.benchmarks.speed

bench-scoring: $(VENV)/test.stamp ## a rerank endpoint with limits, and one without; BENCH_SCALE=40
	$(BIN)/python -m tests.benchmarks.scoring

bench-running: $(VENV)/test.stamp ## the app at work while a server elsewhere scores a big case
	$(BIN)/python -m tests.benchmarks.running

bench-intake: $(VENV)/test.stamp  ## reading, drawing and recognising pages, and memory, against a bare loop
	$(BIN)/python -m tests.benchmarks.intake

bench-ocr: $(VENV)/test.stamp     ## recognition of faxes made from the sample packets
	$(BIN)/python -m tests.benchmarks.ocr

bench-calibrate: $(VENV)/test.stamp  ## first curve and a new target on 200 labelled cases; fills a folder first
	$(BIN)/python -m tests.benchmarks.calibrating

bench-review: $(VENV)/test.stamp  ## turning, opening, deciding and the threshold on the review screen
	$(BIN)/python -m tests.benchmarks.reviewing

format: $(VENV)/test.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

samples: $(VENV)/test.stamp     ## write the sample packets again, from their seed
	$(BIN)/python sample_docs/make.py

lock:                           ## resolve again; needs uv
	printf 'setuptools\n' | $(UV) pip compile pyproject.toml - --upgrade --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet -o requirements.lock
	printf 'setuptools\n' | $(UV) pip compile pyproject.toml - --extra dev --constraint requirements.lock --universal --python-version 3.11 \
	  --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet -o tests/requirements.lock

lock-local:                     ## resolve the extra `local` again, without torch, which differs by machine; needs uv
	printf "torch; sys_platform == 'never'\n" > $(VENV)/without-torch.txt
	printf 'sentence-transformers>=5.4,<7\n' | $(UV) pip compile - --no-config --override $(VENV)/without-torch.txt \
	  --constraint requirements.lock --upgrade --universal --python-version 3.11 --generate-hashes \
	  --no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet -o tests/requirements-local.lock

clean:
	rm -rf $(VENV) .venv-local .mypy_cache .pytest_cache .ruff_cache

$(VENV)/bin/python:
	$(MAKE_VENV)

$(VENV)/run.stamp: requirements.lock pyproject.toml | $(VENV)/bin/python
	$(INSTALL) --require-hashes -r requirements.lock
	$(INSTALL) --no-build-isolation -e .
	touch $@

$(VENV)/test.stamp: tests/requirements.lock $(VENV)/run.stamp
	$(INSTALL) --require-hashes -r tests/requirements.lock
	touch $@

# torch without hashes: which of its builds fits (CUDA, ROCm, CPU only) is the machine's matter.
$(VENV)/local.stamp: tests/requirements-local.lock $(VENV)/run.stamp
	$(filter-out --no-deps,$(INSTALL)) $(TORCH)
	$(INSTALL) --require-hashes -r tests/requirements-local.lock
	touch $@
