.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' && echo $$p && break; done)
BIN := .venv/bin
READY := .venv/.ready

# Small matrices are quicker on one core, and threads that wait for one another slow down all else on the machine.
export OPENBLAS_NUM_THREADS ?= 1
# Each of the many processes would compile all of mmlib once more.
unexport PYTHONDONTWRITEBYTECODE
# Much of the tests' time is waiting, for kernels and a browser: files run side by side, a file's tests in one process.
TOGETHER := --numprocesses 3 --dist loadfile

.PHONY: help report test lab workshop bench validate real pictures sample dictionary constraints clean

help: ## show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | awk -F'\t' '{printf "  make %-12s %s\n", $$1, $$2}'

$(READY): pyproject.toml constraints.txt
	@test -n "$(PYTHON)" || { echo "mmlib needs Python 3.11 or newer; none was found. Install it, or say where: make PYTHON=/path/to/python3"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { rm -rf .venv; echo "The environment could not be made. On Debian or Ubuntu first run: sudo apt-get install python3-venv"; exit 1; }
	@echo "Installing mmlib and what it needs into .venv (once; about a minute) …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	@touch $@

report: $(READY) ## build the sample learner's newest monthly report in reports/
	@$(BIN)/mm report data/sample --learner ada --out reports

test: $(READY) ## run all tests: code, doctests, notebooks, lint
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .
	@find notebooks -name '*.ipynb' -not -path '*/.ipynb_checkpoints/*' -print0 | xargs -0 $(BIN)/nbstripout --verify --keep-id
	@$(BIN)/pytest $(TOGETHER)
	@$(BIN)/pytest $(TOGETHER) --nbval-lax --nbval-current-env --nbval-cell-timeout 300 --override-ini=addopts= --override-ini=filterwarnings= notebooks

lab: $(READY) ## open JupyterLab on the explore notebooks
	@$(BIN)/jupyter lab notebooks/explore

workshop: $(READY) ## write the workshop's lessons for participants into workshop/, solved ones for you, and workshop.zip
	@$(BIN)/mm workshop workshop --solutions

bench: $(READY) ## measure speed, as ratios in one run
	@$(BIN)/python -m benchmarks.speed
	@$(BIN)/python -m benchmarks.fitting
	@$(BIN)/python -m benchmarks.importing
	@$(BIN)/python -m benchmarks.explorer
	@$(BIN)/python -m benchmarks.reports

validate: $(READY) ## try ten thousand damaged exports; check the statistics by simulation, with tables in docs/methods.md
	@$(BIN)/python -m benchmarks.mutants
	@$(BIN)/python -m benchmarks.validity

real: $(READY) ## print what learning curves and transfer make of real logs (needs MMLIB_REAL_DATA)
	@$(BIN)/python -m benchmarks.real

pictures: $(READY) ## make the README's pictures again
	@$(BIN)/python docs/pictures.py

sample: $(READY) ## make data/sample and data/sample-cohort again, from their seeds
	@$(BIN)/python -c "from mmlib import simulate; simulate.write(simulate.practice(), 'data/sample'); simulate.write(simulate.cohort(), 'data/sample-cohort')"

dictionary: $(READY) ## write the log's schema into data/README.md
	@$(BIN)/python -c "from mmlib.log import write_dictionary; write_dictionary('data/README.md')"

constraints: $(READY) ## pin the newest versions that the bounds allow (needs uv)
	@uv pip compile pyproject.toml --extra dev --universal --upgrade --quiet --no-header --no-annotate --no-emit-index-url --no-emit-find-links --output-file constraints.txt

clean: ## remove the environment and everything that was built
	rm -rf .venv build dist *.egg-info .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find reports -mindepth 1 -not -name README.md -delete
