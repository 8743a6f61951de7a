# Every target sets up what it needs. `make help` lists them.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
OUT := demo_out
ASSIGNMENT ?= hw2_clustering
CP4_OUT ?= cp4_out
NB_OUT ?= notebooks_out

export OPENBLAS_NUM_THREADS := 1
export OMP_NUM_THREADS := 1

.PHONY: help demo test redteam verify handouts notebooks oracle digits grade bench cp4 lint clean

help: ## say what each target does
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' Makefile
	@echo "  make grade ASSIGNMENT=hw2_clustering SUBMISSION=path/to/folder-zip-or-py"

# Both stamps are written last, so an interrupted set-up is done again.
$(READY): pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info; sys.exit(0 if v >= (3, 10) else "Python 3.10 or newer is needed; this is %d.%d. Name one: make PYTHON=python3.12" % v[:2])'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $(READY)

demo: $(READY) handouts ## build the handouts, grade sample submissions, show the result
	$(BIN)/python demo/make_samples.py $(OUT)/submissions
	$(BIN)/autograder grade-all hw2_clustering $(OUT)/submissions --out $(OUT)/results --require open

test: $(READY) ## run every test
	$(BIN)/python -m pytest

redteam: $(READY) ## grade hostile and broken submissions, in three contexts
	$(BIN)/python -m tests.redteam.run

handouts: $(READY) ## regenerate assignments/ and notebooks/
	$(BIN)/autograder handout

oracle: $(READY) ## work out the exact answers that the digits cases measure with
	$(BIN)/python solutions/hw2_clustering/oracle.py
	$(BIN)/python solutions/cp4_gmm/oracle.py

digits: $(READY) ## digits kept by right and wrong solutions, as tables
	$(BIN)/python benchmarks/digits.py

verify: $(READY) ## grade the grader
	$(BIN)/autograder verify

grade: $(READY) ## grade one submission: SUBMISSION=path
	@test -n "$(SUBMISSION)" || { echo "name the submission: make grade SUBMISSION=path" >&2; exit 2; }
	$(BIN)/autograder grade $(ASSIGNMENT) "$(SUBMISSION)"

notebooks: $(READY) ## execute every notebook with its answers, for instructors: NB_OUT=folder
	$(BIN)/autograder notebook --out "$(NB_OUT)"

bench: $(READY) ## measure the reference solutions against scikit-learn and SciPy
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev,bench]'
	$(BIN)/python benchmarks/hw2_kernels.py
	$(BIN)/python benchmarks/cp4_gmm.py

cp4: $(READY) ## train the 32 mixtures of cp4_gmm, draw figures and tables: DATA=folder
	$(BIN)/python solutions/cp4_gmm/train_EM_gmm_with_many_runs.py $(if $(DATA),--data "$(DATA)") --out "$(CP4_OUT)"
	$(BIN)/python solutions/cp4_gmm/train_LBFGS_gmm_with_many_runs.py $(if $(DATA),--data "$(DATA)") --out "$(CP4_OUT)"
	$(BIN)/python solutions/cp4_gmm/stddev_penalty_function.py --out "$(CP4_OUT)/penalty.png"

lint: $(READY) ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

clean: ## remove everything that was made, the environment included
	rm -rf $(VENV) $(OUT) notebooks_out build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
