# Food Court. `make help` lists what can be made; `make lab` is all that a learner needs.

BIN := .venv/bin
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help lab setup test setup-tests lint bench mutants soak class kernels brokers report-card clean clean-all

help: ## list what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1	\2/p' $(MAKEFILE_LIST) | expand -t 18

lab: setup ## open the workbook in JupyterLab (ARGS="--no-browser" goes to JupyterLab)
	@$(BIN)/foodcourt lab $(ARGS)

setup: ## make .venv and install what is missing (PYTHON=… picks a Python, SYSTEM_PACKAGES=no only tells)
	@scripts/setup.sh

# The tests, of which one is `make lint`, wait a lot, so four at a time; the notebooks measure, so they come after them,
# from the last chapter, which takes longest, to the first.
# pytest ends with 5 where ARGS leaves nothing to run, as in one of the two it often does.
test: setup-tests ## run the tests (ARGS="-k users" goes to pytest)
	@# What programs write into the home folder and the temporary folder stays in the clone, or goes when the tests end.
	@mkdir -p .foodcourt/home; tmp=$$(mktemp -d); trap 'rm -rf "$$tmp"' EXIT; trap 'exit 130' INT TERM; \
		export HOME="$(CURDIR)/.foodcourt/home" TMPDIR="$$tmp" FOODCOURT_LEARNER_FILE="$$tmp/learner.json"; \
		pytest="$(BIN)/python -m pytest --dist loadfile --no-loadscope-reorder"; \
		$$pytest -n 4 -p no:nbval tests $(ARGS) || [ $$? -eq 5 ] || exit 1; \
		$$pytest -n 4 -p tests.nbval_kernels --nbval --nbval-sanitize-with tests/nbval_sanitize.cfg \
			$$(ls -r notebooks/*.ipynb) $(ARGS) || [ $$? -eq 5 ]

setup-tests:
	@scripts/setup.sh --tests

lint: setup ## check style, types and import rules, notebooks included
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: setup ## time `foodcourt check` against hand-written test files
	@PYTHONPATH=tests $(BIN)/python tests/bench/bench.py $(ARGS)

# How often the grader is right. mutants, soak and report-card go on where they were stopped, and they and class take
# ARGS="--only ex1"; kernels and brokers take numbers of chapters.
mutants: setup ## change the solutions one thing at a time: does some check see it? (an hour)
	@PYTHONPATH=tests $(BIN)/python -m proof.mutants $(ARGS)

soak: setup ## grade all right work 20 times with every core busy: is any ever rejected? (an hour)
	@PYTHONPATH=tests $(BIN)/python -m proof.soak $(ARGS)

class: setup ## grade 300 submissions, with graders, workers and Redis killed meanwhile (an hour)
	@PYTHONPATH=tests $(BIN)/python -m proof.whole_class $(ARGS)

kernels: setup ## time all chapters, weigh them, and kill each kernel at its busiest cell (15 minutes)
	@PYTHONPATH=tests $(BIN)/python -m proof.kernels $(ARGS)

brokers: setup ## run all chapters against brokers of others, and see that nothing is left there (5 minutes)
	@PYTHONPATH=tests $(BIN)/python -m proof.brokers $(ARGS)

report-card: setup ## grade all right and wrong work, and write docs/report-card.md (after mutants and soak)
	@PYTHONPATH=tests $(BIN)/python -m proof.report_card $(ARGS)

clean: ## remove caches and build products; .venv and your answers stay
	rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .coverage build dist .foodcourt/home
	find . -path ./.venv -prune -o \( -name __pycache__ -o -name .ipynb_checkpoints \) -prune -exec rm -rf {} +

clean-all: clean ## remove .venv too; your answers (.foodcourt/learner.json) stay
	rm -rf .venv .foodcourt/work
