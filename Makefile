# SocialDesk. `make run` opens the desk, `make test` runs the tests; both set up everything they need.
.PHONY: run test check interop bench screenshots docs setup clean

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Tests wait for servers more than they compute: two workers for each core. In the folders' order, tests/end2end begins early.
WORKERS ?= $(shell expr 2 '*' $$($(PYTHON) -c 'import os; print(os.cpu_count() or 1)'))
READY := $(VENV)/.ready

setup: $(READY)

$(READY): pyproject.toml packaging/constraints.txt packaging/set-up.sh
	@PYTHON=$(PYTHON) VENV=$(VENV) bash packaging/set-up.sh
	@touch $@

run: $(READY)
	@$(BIN)/python -m socialdesk run

test: $(READY)
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder --max-worker-restart 0 $(ARGS)

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PYTHONPATH=. $(BIN)/lint-imports

interop: $(READY)
	bash tests/interop/run.sh $(ARGS)

bench: $(READY)
	$(BIN)/python -m tests.bench $(ARGS)

screenshots: $(READY)
	$(BIN)/python -m tests.screenshots docs/images

docs: $(READY)
	$(BIN)/python -m tests.network_table docs/networks.md

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
