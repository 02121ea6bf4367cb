# Thin aliases; every target sets up what it needs by itself.
.PHONY: setup demo test check bench soak lock
ONCE ?=

setup:
	@tools/setup

demo:
	@tools/setup --asterisk-wanted
	@.venv/bin/dozvon demo $(if $(ONCE),--once)

test:
	@tools/setup --dev --asterisk-wanted
	@tools/test $(ARGS)

check:
	@tools/setup --dev
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports
	@.venv/bin/deptry .

# A thousand real calls while the service is killed (docs/reliability.md); some six minutes.
soak:
	@tools/setup --dev --asterisk-wanted
	@.venv/bin/python -m dozvon.soak $(ARGS)

# Writes the pinned, hashed requirements again (no index address in them: ADR 0001).
lock:
	@tools/setup --dev
	@tools/lock

# Minutes, not seconds; writes docs/figures.md. Never part of the tests.
bench:
	@tools/setup --dev --asterisk-wanted
	@.venv/bin/python benchmarks/every.py
