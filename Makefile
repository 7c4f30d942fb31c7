# Everything runs in a virtual environment that is made on first use.
# Needs Python 3.11 or later, with pip; nothing else.

PYTHON ?= $(shell command -v python3 || command -v python)
JOBS ?= 2
DATA ?= breast_cancer
TARGET ?=
VERSION = $(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
BROWSER ?= chromium
BENCHMARKS ?= kernels noise start estimators resources transformers utility
SKLEARN ?= 1.6 1.7 1.8 1.9

BIN := .venv/bin
COMMA := ,
READY := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: $(shell sed -n 's/^\([a-z-]*\):.*\#\#.*/\1/p' Makefile)

help:  ## say what can be made
	@grep -E '^[a-z]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 10

demo: $(READY)  ## fit a private pipeline on real data: scores, report, plot
	$(BIN)/python -m benchmarks.demo --data "$(DATA)" --target "$(TARGET)"

test: $(READY)  ## run all tests but the slow ones
	$(BIN)/python -m pytest -n $(JOBS)

cost: $(READY)  ## show seconds of CPU of each estimator in the common tests
	$(BIN)/python -m pytest -q --cpu tests/test_common.py

audit: $(READY)  ## run the slow tests: attacks, exhaustive checks
	$(BIN)/python -m pytest -n $(JOBS) -m slow

nojit: $(READY)  ## run the tests of the kernels as plain Python
	NUMBA_DISABLE_JIT=1 $(BIN)/python -m pytest -n $(JOBS) tests/kernels

lint: $(READY)  ## check style, and hints on a program of a user
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m mypy

format: $(READY)  ## repair style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY)  ## time kernels and noise, measure utility
	for name in $(BENCHMARKS); do $(BIN)/python -m benchmarks.$$name || exit 1; done

peers: .venv-peers/.ready  ## compare with diffprivlib, in an environment of its own
	.venv-peers/bin/python -m benchmarks.peers
	.venv-peers/bin/python -m benchmarks.migration
	.venv-peers/bin/python -m benchmarks.utility --with DP-EBM "diffprivlib forest" \
		"diffprivlib linear"

anonymity: $(READY) .venv-anonymity/.ready  ## anonymize adult by us and by others (minutes)
	$(BIN)/python -m benchmarks.anonymity
	.venv-anonymity/bin/python benchmarks/anonymity_peers.py

bom: .venv-bom/.ready  ## validate bills of materials by the schemas of CycloneDX
	.venv-bom/bin/python -m pytest -q -n 0 -m slow -k bills tests/report

federated: .venv-federated/.ready  ## fit over Flower, in an environment of its own
	.venv-federated/bin/python -m pytest -q -n 0 tests/federated/test_flower.py
	PYTHONPATH=. .venv-federated/bin/python -m benchmarks.federated

dashboard: $(READY)  ## open the page of a ledger in a browser, and check it
	BROWSER="$(BROWSER)" $(BIN)/python -m pytest -q -n 0 -m slow \
		tests/dashboard/test_browser.py

explain: .venv-explain/.ready  ## run shap and lime, search all they hold for private rows
	.venv-explain/bin/python -m pytest -q -n 0 -m slow tests/inspection/test_explainers.py

matrix: $(addprefix matrix-,$(SKLEARN))  ## run the tests on every supported scikit-learn

matrix-%: .venv-%/.ready
	.venv-$*/bin/python -m pytest -n $(JOBS)

spark: .venv-spark/.ready  ## try Spark, with workers that are killed (needs Java 17)
	.venv-spark/bin/python -W ignore -m benchmarks.lost_workers --engines spark

docs: .venv-docs/.ready  ## build the site, docs/_site/index.html, in an environment of its own
	.venv-docs/bin/python -m sphinx -W --keep-going -q docs docs/_site
	@echo "Wrote docs/_site/index.html"

wheel: .venv-release/.ready  ## build dist/, check it, and fit a model from it elsewhere
	rm -rf dist build
	.venv-release/bin/python -m build
	.venv-release/bin/python -m twine check --strict dist/*
	$(PYTHON) -m venv --clear --without-pip .venv-bare
	$(PYTHON) -m pip --python .venv-bare/bin/python install -qq --disable-pip-version-check dist/*.whl
	cd dist && ../.venv-bare/bin/python -W error -c "$$FIRST_FIT"

define FIRST_FIT
from sklearn.datasets import load_iris
from skprivate.naive_bayes import DPGaussianNB
X, y = load_iris(return_X_y=True)
print(DPGaussianNB(bounds=(0, 8), classes=[0, 1, 2]).fit(X, y).privacy_)
endef
export FIRST_FIT

changes: .venv-release/.ready  ## put docs/changes/next into the notes of this version
	.venv-release/bin/towncrier build --yes --version $(VERSION)

clean:  ## remove environments and everything that was made
	rm -rf .venv .venv-* build dist *.egg-info docs/api docs/gallery docs/_site benchmarks/results

# `--without-pip` and `pip --python` work where the system's Python lacks ensurepip.
define environment
@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or later is needed: make PYTHON=... $(MAKECMDGOALS)" if sys.version_info < (3, 11) else 0)'
@echo "Installing into $(@D); this takes a minute or two, once."
@$(PYTHON) -m venv --clear --without-pip $(@D)
@$(PYTHON) -m pip --python $(@D)/bin/python install -qq --disable-pip-version-check $(1)
@touch $@
endef

$(READY): pyproject.toml
	$(call environment,-e ".[dev]")

.venv-peers/.ready: pyproject.toml
	$(call environment,-e ".[peers]")

.venv-spark/.ready: pyproject.toml
	@command -v java >/dev/null || { echo "Spark needs Java 17: apt install openjdk-17-jre-headless"; exit 1; }
	$(call environment,-e ".[spark]" "pandas>=2.2")

.venv-bom/.ready: pyproject.toml
	$(call environment,-e ".[dev]" "cyclonedx-python-lib[json-validation]>=11.2")

.venv-anonymity/.ready: pyproject.toml
	$(call environment,anjana==1.2.3 anonypyx==0.2.11 pyarrow)

.venv-docs/.ready: pyproject.toml
	$(call environment,-e ".[dev$(COMMA)docs]")

.venv-explain/.ready: pyproject.toml
	$(call environment,-e ".[dev]" "shap>=0.51" "lime>=0.2.0.1")

.venv-release/.ready: pyproject.toml
	$(call environment,build twine towncrier)

.venv-federated/.ready: pyproject.toml
	$(call environment,-e ".[flower]" pytest pytest-xdist hypothesis)

.venv-%/.ready: pyproject.toml
	$(call environment,-e ".[dev]" "scikit-learn==$*.*")

.PRECIOUS: .venv-%/.ready
