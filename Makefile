# make demo   inspects the two bundled samples and writes their reports as HTML
# make test   passes every check and test but the longest, which make tests-long passes
# Both set up what they need in .venv; packages of the system are installed where the user may.

PYTHON ?= $(shell for name in python3.11 python3.12 python3.13 python3; do \
	command -v $$name >/dev/null && $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$name && break; done)
BIN := .venv/bin
# Compiling every module of every dependency costs 145 MB; what is imported is compiled anyway. Twice quiet: without pip's
# remarks on every index that lacks a package.
INSTALL := $(BIN)/pip install --quiet --quiet --no-compile --editable

# Where the environment forbids to keep what is compiled, each of the hundreds of processes that tests begin compiles all.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo test lint types tests tests-long train train-lights train-daylight train-mrz bench-mrz bench-regions bench-documents bench-inspection bench-kills \
	bench-service fuzz-rest fuzz-uploads clean

# With the newest pip: Python 3.11's own takes twice as long to choose versions.
.venv/made: pyproject.toml .ci/packages
	@test -n "$(PYTHON)" || { echo "docscan needs Python 3.11 or newer: apt-get install python3"; exit 1; }
	.ci/packages $(PYTHON) tesseract
	$(PYTHON) -m venv --upgrade-deps .venv
	touch $@

.venv/service: .venv/made
	$(INSTALL) '.[service]'
	touch $@

.venv/checked: .venv/made
	$(INSTALL) '.[service,s3,traces,dev]'
	touch $@ .venv/service

.venv/everything: .venv/checked
	.ci/packages $(PYTHON) chromium liberation postgresql
	$(INSTALL) '.[service,s3,traces,train,dev]'
	touch $@

.venv/benchmarks: .venv/everything
	$(INSTALL) '.[service,s3,traces,train,dev,bench]'
	touch $@

demo: .venv/service
	@mkdir -p build/demo
	@for sample in genuine forged; do \
		$(BIN)/docscan inspect datasets/samples/$$sample-utopia.jpg --html build/demo/$$sample.html || exit 1; \
	done
	@echo "The reports with the regions drawn on the image: build/demo/genuine.html and build/demo/forged.html"

# Beside each other: the tests need torch, which takes long to unpack, and linters do not.
test: .venv/checked
	+$(MAKE) --no-print-directory --jobs 3 lint types tests

lint: .venv/checked
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/checked
	$(BIN)/mypy

# What takes longest, and is also a command of its own (bench-kills, fuzz-rest) or judged apart; CI has 12 minutes.
LONG := tests/end_to_end/test_killed_service.py tests/end_to_end/test_batches_killed.py tests/end_to_end/test_contract.py \
	tests/end_to_end/test_accessibility.py

tests: .venv/everything
	$(BIN)/pytest -n 2 --dist worksteal $(addprefix --ignore=,$(LONG))

tests-long: .venv/everything
	$(BIN)/pytest -n 2 $(LONG)

train: .venv/everything
	$(BIN)/python -m training --work build/region

train-lights: .venv/everything
	$(BIN)/python -m training.lights --work build/lights

train-daylight: .venv/everything
	$(BIN)/python -m training.daylight --work build/daylight

train-mrz: .venv/everything
	$(BIN)/python -m training.mrz --work build/mrz

bench-mrz: .venv/benchmarks
	$(BIN)/python -m tests.benchmarks.bench_mrz

bench-regions: .venv/everything
	$(BIN)/python -m tests.benchmarks.bench_regions

bench-documents: .venv/everything
	$(BIN)/python -m tests.benchmarks.bench_documents

bench-inspection: .venv/everything
	$(BIN)/python -m tests.benchmarks.bench_inspection

bench-kills: .venv/everything
	$(BIN)/python -m tests.benchmarks.bench_kills

# SECONDS=30 is shorter, PROCESSES=2 is docscan serve --workers 2.
bench-service: .venv/everything
	$(BIN)/python -m tests.benchmarks.bench_service --seconds $(or $(SECONDS),300) --processes $(or $(PROCESSES),1)

fuzz-rest: .venv/everything
	$(BIN)/python -m tests.end_to_end.contract --cases 2000

fuzz-uploads: .venv/everything
	$(BIN)/python -m tests.end_to_end.uploads --count 5000

clean:
	rm -rf .venv build
