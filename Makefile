# Needs only make and a Python 3.12 or newer with venv. `make help` lists what there is.
SHELL   := /bin/bash
VENV    := .venv
PY      := $(VENV)/bin/python
HOST    ?= 127.0.0.1
PORT    ?= 8000
WORKERS ?= 2
ARGS    ?=
export HOST PORT WORKERS

# The lock names every package with its hash, so another constraints file has nothing to add.
PIP     := PIP_CONSTRAINT=/dev/null $(PY) -m pip install -q --disable-pip-version-check --require-hashes
# The first candidate that runs: a pyenv shim may exist and still fail.
FIND_PY := for p in "$(PYTHON)" python3.13 python3.12 python3 $$(ls -d "$${PYENV_ROOT:-$$HOME/.pyenv}"/versions/3.1[23]*/bin/python 2>/dev/null | sort -rV); do \
	[ -n "$$p" ] && "$$p" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info[:2] < (3, 12))' >/dev/null 2>&1 && { echo "$$p"; break; }; done
# apt-get may be used by root, or by whoever has sudo without a password.
SUDO    := $$([ "$$(id -u)" = 0 ] || echo "sudo -n")
UV_LOCK := $(VENV)/bin/uv pip compile -q --universal --python-version 3.12 --generate-hashes \
	--no-annotate --no-header --no-emit-index-url --no-emit-find-links

.DEFAULT_GOAL := help
.PHONY: help venv install install-dev run test test-postgres browser fonts lint bench drills audit lock messages clean

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

venv:
	@if ! $(PY) -c 'import sys; sys.exit(sys.version_info[:2] < (3, 12))' >/dev/null 2>&1; then \
	  py="$$($(FIND_PY))"; \
	  if [ -n "$$py" ]; then echo "making $(VENV) with $$("$$py" -V)"; "$$py" -m venv --clear $(VENV); \
	  elif command -v uv >/dev/null; then echo "no Python 3.12 or newer here: asking uv for one"; uv venv -q --clear --seed --python 3.13 $(VENV); \
	  else echo "Python 3.12 or newer with venv is needed. Debian 13, Ubuntu 24.04 or newer: apt-get install python3-venv; elsewhere install pyenv or uv, or name one: make PYTHON=/path/to/python3.13" >&2; exit 1; fi; fi

# A stamp holds the content of the lock it was installed from.
install: venv
	@cmp -s requirements.txt $(VENV)/.installed || cmp -s requirements-dev.txt $(VENV)/.installed-dev || { \
	  echo "installing packages"; $(PIP) -r requirements.txt && cp requirements.txt $(VENV)/.installed; }

install-dev: venv
	@cmp -s requirements-dev.txt $(VENV)/.installed-dev || { \
	  echo "installing packages for development"; $(PIP) -r requirements-dev.txt \
	  && cp requirements-dev.txt $(VENV)/.installed-dev && cp requirements.txt $(VENV)/.installed; }

run: install ## set up what changed, then serve on http://$(HOST):$(PORT)
	@$(PY) manage.py setup
	@exec $(PY) -m gunicorn -c python:yibao.config.gunicorn yibao.config.wsgi $(ARGS)

browser: install-dev
	@for b in "$(CHROMIUM)" chromium chromium-browser google-chrome; do command -v "$$b" >/dev/null 2>&1 && exit 0; done; \
	if . /etc/os-release 2>/dev/null && [ "$$ID" = debian ] && $(SUDO) true 2>/dev/null; then \
	  echo "installing chromium"; \
	  $(SUDO) apt-get update -qq </dev/null && DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends chromium </dev/null >/dev/null && exit 0; \
	fi; \
	$(PY) -m playwright install chromium </dev/null && exit 0; \
	echo "The browser tests need Chromium. Debian: apt-get install chromium; elsewhere: $(PY) -m playwright install --with-deps chromium; or name one: make CHROMIUM=/path/to/chromium" >&2; exit 1

fonts:
	@command -v fc-list >/dev/null && [ -n "$$(fc-list :lang=zh-cn)" ] && exit 0; \
	command -v apt-get >/dev/null && $(SUDO) true 2>/dev/null && echo "installing Chinese fonts" \
	  && $(SUDO) apt-get update -qq </dev/null && DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends fontconfig fonts-wqy-microhei </dev/null >/dev/null && exit 0; \
	echo "The browser tests need a Chinese font (Debian: apt-get install fontconfig fonts-wqy-microhei)." >&2; exit 1

test: install-dev browser fonts ## every test, on SQLite; with TEST_DATABASE_URL on that PostgreSQL
	@$(PY) -m pytest -n 2 $(ARGS)

test-postgres: install-dev browser fonts ## every test, on a throw-away PostgreSQL
	@$(PY) tests/postgres.py -n 2 $(ARGS)

lint: install-dev ## style, types, layers, templates, migrations, production settings
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m mypy
	$(VENV)/bin/lint-imports --no-cache
	$(PY) -m djlint templates --lint --quiet
	$(PY) manage.py makemigrations --check --dry-run
	@$(PY) -m pytest -q -n0 tests/architecture
	DATABASE_URL= YIBAO_OPERATOR=check YIBAO_BEHIND_PROXY=yes ALLOWED_HOSTS=example.org YIBAO_MAIL_URL=smtps://mail.example.org \
	  SECRET_KEY="$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))')" \
	  $(PY) manage.py check --deploy --fail-level WARNING

bench: install-dev ## figures of speed and size, both sides of every ratio in one run
	@$(PY) -m pytest -q -n0 -s -m bench -o python_files='test_*.py bench_finder.py bench_import.py' tests/benchmarks $(ARGS)
	@test -x $(VENV)/bench/bin/python || $(PY) -m venv $(VENV)/bench
	@PIP_CONSTRAINT=/dev/null $(VENV)/bench/bin/python -m pip install -q --disable-pip-version-check -r tests/benchmarks/engines.txt \
	  || echo "the other rules engines could not be installed: only ours is measured" >&2
	@$(VENV)/bench/bin/python -m tests.benchmarks.bench_engine
	@$(VENV)/bench/bin/python -m tests.benchmarks.bench_replay

drills: install-dev ## the faults of the tests at full size: kills, hostile questions; takes hours
	@KILLS=50 FUZZ=1000000 $(PY) -m pytest -q -n0 tests/faults $(ARGS)

audit: install-dev ## known faults of the packages; needs the network
	$(VENV)/bin/pip-audit --strict --disable-pip --require-hashes -r requirements-dev.txt

lock: venv ## resolve pyproject.toml into requirements.txt and requirements-dev.txt
	@[ -x $(VENV)/bin/uv ] || PIP_CONSTRAINT=/dev/null $(PY) -m pip install -q uv
	$(UV_LOCK) -o requirements.txt pyproject.toml
	$(UV_LOCK) -c requirements.txt --group dev -o requirements-dev.txt pyproject.toml

messages: ## compile yibao/locale (needs gettext)
	cd yibao/locale/zh_Hans/LC_MESSAGES && msgfmt --check-format -o django.mo django.po && msgfmt --check-format -o djangojs.mo djangojs.po
	cd yibao/locale/en/LC_MESSAGES && msgfmt --check-format -o django.mo django.po

clean: ## remove the environment and the caches; the data in var/ stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage htmlcov var/static
