# `make help` says what there is. Everything runs in .venv, made from requirements/*.lock.

PORT ?= 8000
MAIL_PORT ?= 1025
MAILBOX_PORT ?= 8025
STRIPE_PORT ?= 8090
TESTS ?=

.DEFAULT_GOAL := help
.PHONY: help run test check lint bench soak lock lock-check dev-setup

help: ## Say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' Makefile

run: ## Serve the demo newsroom (PORT, MAIL_PORT, MAILBOX_PORT, STRIPE_PORT can be set)
	@scripts/python scripts/setup.py run
	@exec .venv/bin/python -m app.sandbox.running --port "$(PORT)" --mail-port "$(MAIL_PORT)" --mailbox-port "$(MAILBOX_PORT)" --stripe-port "$(STRIPE_PORT)"

dev-setup:
	@scripts/python scripts/setup.py dev

test: dev-setup ## Run every test, on SQLite and PostgreSQL and in a browser
	@exec .venv/bin/python -m pytest -q -n auto --dist loadgroup -m "not soak" $(TESTS)

soak: dev-setup ## Run the long tests: kills and storms
	@exec .venv/bin/python -m pytest -q -n 2 --dist loadgroup -m soak $(TESTS)

check: test lint ## Run the tests and every other check

lint: dev-setup lock-check ## Run the checks that are no tests
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/codespell

bench: dev-setup ## Measure speed against a bare Flask view, side by side
	@.venv/bin/python -m benchmarks

lock: dev-setup ## Write the locks anew from pyproject.toml
	@.venv/bin/python scripts/lock.py

lock-check: dev-setup
	@.venv/bin/python scripts/lock.py --check
