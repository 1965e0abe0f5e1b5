# Needs Python 3.11 with venv, nothing else. `make run`, then open the address it prints.
PYTHON ?= python3

run test shots nightly setup lock clean:
	@exec $(PYTHON) bootstrap.py $@

.PHONY: run test shots nightly setup lock clean
.DEFAULT_GOAL := run
