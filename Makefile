# make quick    the whole chain at a small scale, to results/quick/figures/all.pdf
# make figures  the thesis's study in full, to results/figures/all.pdf and results/tables/
# make report   the same, and report.html: one page with the findings, figures and tables
# make crate    the same, and crate/: settings, tables, figures and records as an RO-Crate
# make showcase trains the thesis's study, keeps its tables, and writes docs/results from them
# make honest   the studies of config/honest, one after the other, and their findings (STUDIES=...)
# make methods  the studies of config/methods: ways to a sparse network at equal numbers (METHODS=...)
# make findings the findings again, with their figures, the README's picture of pruning, and the
#               thesis's claims by studies with seeds, from docs/results/data: nothing is trained
# make methods-findings  those again, from the tables in docs/results/ways: nothing is trained
# make celegans a connectome against random graphs like it: downloads it, trains, writes the page
# make celegans-findings  that page again, from the tables in docs/results/data (and the connectome)
# make lint     formatting, lint, types, imports and rules
# make test     make lint, and all tests
# make validator  installs the validator of RO-Crates that tests run, in .venv/validator
# make test-cluster  a study on a SLURM cluster of this machine: needs root and apt-get
# make -j2 test-all  lint, and the tests of both, at once
# make test-kills  kills small studies at random, resumes them, and counts what was lost
# make docs     all pages as a site, to build/site/index.html
# make bench    compares our engine with others, to results/benchmarks/
# make published  trains on tasks of other papers, and writes docs/results/published_figures.md
#
# Each first installs what it needs in .venv. Variables: PYTHON (3.11 or newer), CORES, and for
# figures, report and crate CONFIG, a study's configuration: make report CONFIG=config/quick.yaml;
# and for crate ABOUT, its licence and authors: docs/publish.md has an example.

PYTHON ?= python3
CORES ?= all
CONFIG ?= config/config.yaml
HONEST := pruning crossed ceiling nulls parity decoy ablation one_at_a_time ablation_again parity_again
STUDIES ?= $(HONEST)
WAYS := cycle reber digits digits_large
METHODS ?= $(WAYS)
CELEGANS := celegans celegans_reber
# Those that have seeds of a part of the thesis's experiment, so that its claims are judged by them.
SEEDED := pruning ceiling
KEPT := $(notdir $(wildcard docs/results/data/*))
KEPT_WAYS := $(filter $(notdir $(wildcard docs/results/ways/*)),$(WAYS))
VENV := .venv
BIN := $(VENV)/bin
VALIDATOR := $(VENV)/validator/bin/rocrate-validator
SNAKEMAKE := $(BIN)/snakemake --quiet rules host --cores $(CORES)
STUDY = $(SNAKEMAKE) --configfile "$(CONFIG)"
# Where that study's results are; the word RESULTS before there is a Python to read its configuration.
RESULTS = $(shell $(BIN)/python -c 'import sys, yaml; \
  print((yaml.safe_load(open(sys.argv[1])) or {}).get("results", "results"))' "$(CONFIG)" 2>/dev/null || echo RESULTS)
# In the order of tests/conftest.py; otherwise modules of few tests, which take longest, come last.
IN_PARALLEL := --numprocesses auto --dist loadscope --no-loadscope-reorder

.DELETE_ON_ERROR:
.PHONY: quick figures report crate showcase honest methods methods-findings findings celegans celegans-findings docs test test-cluster test-all every-test test-kills validator lint bench published setup clean

quick: $(VENV)/run
	$(SNAKEMAKE) results/quick/figures/all.pdf results/quick/tables/all.md \
	  --configfile config/quick.yaml
	@echo "Open results/quick/figures/all.pdf: it begins with what was found."

figures: $(VENV)/run
	$(STUDY)
	@echo "Open $(RESULTS)/figures/all.pdf: it begins with what was found."

report: figures
	$(STUDY) --report "$(RESULTS)/report.html" --report-stylesheet rules/report/report.css
	@echo "Open $(RESULTS)/report.html in a browser."

crate: figures $(VENV)/crate
	PYTHONPATH=scripts $(BIN)/python -m sparsernn.workflow.crate "$(RESULTS)" $(ABOUT)

showcase: figures
	PYTHONPATH=scripts $(BIN)/python -m sparsernn.workflow.kept results docs/results/data/thesis
	$(SNAKEMAKE) docs/results/README.md
	$(PICTURES)

# In loops over studies: train one, and keep its tables; or write from those tables its findings, with
# the figures that show them. Their arguments: results, configuration, the folder of tables, and what
# else is made.
define trained
  $(SNAKEMAKE) $(1)/findings.json $(1)/figures/all.pdf $(4) --configfile $(2) && \
	  PYTHONPATH=scripts $(BIN)/python -m sparsernn.workflow.kept $(1) $(3)/$$study || exit 1
endef
define again
  $(SNAKEMAKE) findings $(4) --configfile $(2) \
	  --config tables=$(3)/$$study results=$(1) || exit 1
endef
# Of the README and the library's page; that of pruning is drawn from the tables in docs/results/data.
PICTURES = PYTHONPATH=scripts $(BIN)/python docs/pictures.py
PAGE = PYTHONPATH=scripts $(BIN)/python -m sparsernn.report.overview

honest: $(VENV)/run
	for study in $(STUDIES); do \
	  $(call trained,results/honest/$$study,config/honest/$$study.yaml,docs/results/data); \
	done
	$(MAKE) findings

findings: $(VENV)/run
	for study in $(filter-out $(SEEDED),$(filter $(HONEST),$(KEPT))); do \
	  $(call again,results/findings/$$study,config/honest/$$study.yaml,docs/results/data); \
	done
	for study in $(filter $(SEEDED),$(KEPT)); do \
	  $(call again,results/findings/$$study,config/honest/$$study.yaml,docs/results/data,results/findings/$$study/analysis/claims.csv); \
	done
	$(PAGE) docs/results/findings.md \
	  $(patsubst %,results/findings/%/findings.json,$(filter $(KEPT),$(HONEST))) \
	  --answers README.md --kept docs/results/data --see ../honest-study.md \
	  --missing $(filter-out $(KEPT),$(HONEST))
	$(PICTURES)
	PYTHONPATH=scripts $(BIN)/python -m sparsernn.report.claims_page docs/results/claims_seeds.md \
	  config/published/answers.csv $(patsubst %,results/findings/%,$(filter $(KEPT),$(SEEDED)))

methods: $(VENV)/run
	for study in $(METHODS); do \
	  $(call trained,results/methods/$$study,config/methods/$$study.yaml,docs/results/ways,results/methods/$$study/pruning/rates.csv); \
	done
	$(MAKE) methods-findings

methods-findings: $(VENV)/run
	for study in $(KEPT_WAYS); do \
	  $(call again,results/findings/ways/$$study,config/methods/$$study.yaml,docs/results/ways); \
	done
	$(PAGE) docs/results/ways.md $(KEPT_WAYS:%=results/findings/ways/%/findings.json) --own \
	  --answers README.md --see ../pruning-methods.md#all-ways-compared \
	  --missing $(filter-out $(KEPT_WAYS),$(WAYS))

graphs/celegans.graphml: $(VENV)/run
	PYTHONPATH=scripts $(BIN)/python -m sparsernn.graphs.connectome $@

celegans: graphs/celegans.graphml
	for study in $(CELEGANS); do \
	  $(call trained,results/$$study,config/$$study.yaml,docs/results/data); \
	done
	$(MAKE) celegans-findings

celegans-findings: graphs/celegans.graphml
	for study in $(filter $(CELEGANS),$(KEPT)); do \
	  $(call again,results/findings/$$study,config/$$study.yaml,docs/results/data); \
	done
	$(PAGE) docs/results/celegans.md \
	  $(patsubst %,results/findings/%/findings.json,$(filter $(KEPT),$(CELEGANS))) --own \
	  --answers README.md --see ../studies.md#the-connectome-of-c-elegans

test: lint $(VALIDATOR)
	$(BIN)/python -m pytest $(IN_PARALLEL)

test-cluster: $(VENV)/cluster
	$(BIN)/python -m pytest -m cluster -rP tests/cluster

test-all: lint every-test

every-test: $(VENV)/cluster $(VALIDATOR)
	$(BIN)/python -m pytest -m '' $(IN_PARALLEL)

test-kills: $(VENV)/test
	PYTHONPATH=scripts:tests $(BIN)/python tests/reliability/kills.py --record docs/reliability.md

validator: $(VALIDATOR)

lint: $(VENV)/test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	PYTHONPATH=scripts $(BIN)/lint-imports --no-logo --no-cache
	$(BIN)/snakefmt --check Snakefile rules
	$(BIN)/snakemake --lint
	$(BIN)/hadolint envs/Dockerfile

docs: $(VENV)/test
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build

bench: $(VENV)/bench
	$(BIN)/python benchmarks/run.py

published: $(VENV)/tasks
	$(BIN)/python benchmarks/published.py

setup: $(VENV)/test

clean:
	rm -rf $(VENV) build .mypy_cache .pytest_cache .ruff_cache

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo \
	  "$(PYTHON) is older than Python 3.11: install a newer one and name it: make PYTHON=python3.12 ..." >&2; exit 1; }
	@PYTHONPATH=scripts $(PYTHON) -m sparsernn.workflow.places $(VENV)/bin/python
	$(PYTHON) -m venv $(VENV)

$(VENV)/run: envs/requirements.txt envs/constraints.txt | $(BIN)/python
	$(BIN)/python -m pip install --quiet --requirement envs/requirements.txt
	touch $@

$(VENV)/crate: envs/requirements-crate.txt $(VENV)/run
	$(BIN)/python -m pip install --quiet --requirement envs/requirements-crate.txt
	touch $@

$(VENV)/tasks: envs/requirements-tasks.txt $(VENV)/run
	$(BIN)/python -m pip install --quiet --requirement envs/requirements-tasks.txt
	touch $@

$(VENV)/bench: envs/requirements-bench.txt $(VENV)/run
	$(BIN)/python -m pip install --quiet --requirement envs/requirements-bench.txt
	touch $@

$(VENV)/test: envs/requirements-dev.txt $(VENV)/run
	$(BIN)/python -m pip install --quiet --requirement envs/requirements-dev.txt
	touch $@

$(VENV)/cluster: envs/requirements-slurm.txt $(VENV)/test
	$(BIN)/python -m pip install --quiet --requirement envs/requirements-slurm.txt
	touch $@

$(VALIDATOR): envs/requirements-validator.txt | $(BIN)/python
	$(BIN)/python -m venv --clear $(VENV)/validator
	$(VENV)/validator/bin/python -m pip install --quiet --requirement envs/requirements-validator.txt
	touch $@
