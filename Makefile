# Two commands are enough to see it and to trust it: make demo, make test.

UV := scripts/uv
COOKIECUTTER := $(UV) run --quiet --no-dev cookiecutter . --no-input --default-config --overwrite-if-exists
PYTEST := $(UV) run --quiet pytest --numprocesses 2 --dist loadgroup
RUFF := $(UV) run --quiet --project '$(CURDIR)' ruff
RULES := --no-cache --config ../build/lint/job_board/pyproject.toml
TEMPLATE := {{cookiecutter.project_slug}}
ROOMS := apps background fastdata operations tests

.DEFAULT_GOAL := help
.PHONY: help demo test test-fast lint bench faults clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "%-12s%s\n", $$1, $$2}' Makefile

demo: ## make the default project in build/demo/ and start it, with a lively board
	$(COOKIECUTTER) --output-dir build/demo
	@uv --version >/dev/null 2>&1 || echo 'For a second terminal: cd build/demo/job_board; PATH="$(CURDIR)/.uv/bin:$$PATH"'
	cd build/demo/job_board && ../../../$(UV) run manage.py dev --before load_demo

test: ## run all tests: every variant rendered, started, driven and tested
	$(PYTEST)

test-fast: ## run the tests that start no server
	$(PYTEST) -m "not real"

lint: ## check this repository and the verbatim rooms of the project
	$(RUFF) check .
	$(RUFF) format --check .
	$(COOKIECUTTER) --output-dir build/lint
	cd '$(TEMPLATE)' && ../$(RUFF) check $(RULES) $(ROOMS)
	cd '$(TEMPLATE)' && ../$(RUFF) format --check $(RULES) $(ROOMS)

bench: ## measure how long a generation takes
	$(UV) run --quiet python benchmarks/generation.py

faults: ## break everything at length, beside plain Celery, and print the README's table
	$(UV) run --quiet python benchmarks/faults.py

clean: ## remove everything that the commands above have made
	rm -rf build .venv .uv .pytest_cache .ruff_cache __pycache__ uv.lock
	find benchmarks tests -name __pycache__ -prune -exec rm -rf {} +
