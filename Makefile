# Needs Python 3.11 with venv, nothing else. `make run`, then open the address it prints.
PYTHON ?= python3
# Only for `make bench`, `make bench-matching`, `make torture`, `make backup` and `make restore`, for example OPTIONS="--size small --minutes 10".
OPTIONS ?=

run test test-spark bench bench-matching torture backup restore shots nightly setup lock clean:
	@exec $(PYTHON) bootstrap.py $@ $(OPTIONS)

.PHONY: run test test-spark bench bench-matching torture backup restore shots nightly setup lock clean
.DEFAULT_GOAL := run
