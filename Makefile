# The commands of Nightlight. Each does all of its set-up itself.
PYTHON ?= python3
BIN := .venv/bin
POSTGRES := $(BIN)/python tests/with_postgres.py
# These rooms know no database, so they are tested once.
NO_DATABASE := $(addprefix --ignore=tests/,net hosting vault fingerprint demo docs)
# Each process takes a stretch of the tests of its own, so what a file or room sets up once is set up once. A third of
# the time a test waits, for a browser, another process or a page that never ends: so there are three for two cores.
WORKERS ?= 3
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -q
# Where Python keeps nothing it compiled, each of the hundreds of processes the tests start compiles all anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test prove bench lint lock texts clean

demo: .venv/run ## plays the chain on a small internet of its own, then serves it
	$(BIN)/nightlight demo

test: .venv/test ## everything CI checks, in about 18 minutes on two cores
	@sh tests/machine.sh
	$(MAKE) --no-print-directory lint
	$(PYTEST) -m "not prove"
	$(POSTGRES) $(PYTEST) -m "not prove and not browser" --only-database $(NO_DATABASE)

lint: .venv/test ## style, types, who may import whom, missing migrations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	NIGHTLIGHT_HOME=.venv/no-home $(BIN)/mypy nightlight
	$(BIN)/djlint --lint --quiet nightlight
	NIGHTLIGHT_HOME=.venv/no-home $(BIN)/python -W ignore -m django makemigrations --check --dry-run --settings nightlight.server.settings

prove: .venv/test ## the proofs that take longer than a minute: kills, whole demonstrations
	@sh tests/machine.sh
	$(BIN)/python -m pytest -q -m prove
	$(POSTGRES) --durable $(BIN)/python -m pytest -q -m prove

.venv/run: requirements/run.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Nightlight needs Python 3.11 or newer: make PYTHON=/path/to/python3 ...")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { echo "Python's venv module is missing: apt-get install python3-venv"; exit 1; }
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/test: requirements/test.lock .venv/run
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.lock
	@touch $@

.venv/bench: requirements/bench.lock .venv/run
	@sh tests/machine.sh bench
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.lock
	@touch $@

lock: ## writes the locked, hashed dependencies anew (needs uv)
	uv pip compile --universal --python-version 3.11 --generate-hashes --quiet pyproject.toml requirements/build.in \
		-o requirements/run.lock --custom-compile-command "make lock"
	uv pip compile --universal --python-version 3.11 --generate-hashes --quiet --extra test pyproject.toml \
		requirements/build.in -o requirements/test.lock -c requirements/run.lock --custom-compile-command "make lock"
	uv pip compile --universal --python-version 3.11 --generate-hashes --quiet --extra bench pyproject.toml \
		requirements/build.in -o requirements/bench.lock -c requirements/run.lock --custom-compile-command "make lock"

texts: .venv/run ## brings the catalogues of all languages up to date with the texts in code, templates and data
	NIGHTLIGHT_HOME=.venv/no-home DJANGO_SETTINGS_MODULE=nightlight.server.settings $(BIN)/python -m nightlight.server.speech

bench: .venv/bench ## the published figures, each beside its peer, in one run; fails if a target is missed
	@missed=0; for name in match index join hash video edits; do $(BIN)/nightlight bench $$name || missed=1; done; exit $$missed

clean: ## takes away what make made
	rm -rf .venv build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
