# The two commands that matter: `make run` and `make test`.
SHELL := /bin/sh
# Refuses an import that a target doesn't declare: the module graph is what Package.swift says.
STRICT := --explicit-target-dependency-import-check error
VENV := .venv
ARGS ?=
ROUNDS ?= 100
SEEDS ?= 10000
# The debug program in a namespace that has loopback alone.
ON_LOOPBACK = HERALD_BIN=$(CURDIR)/.build/debug/herald HERALD_REQUIRE_LOOPBACK=1 scripts/loopback-only
PYTEST = $(VENV)/bin/python -m pytest Tests/EndToEnd $(PYTEST_ARGS)
# Most of a test is waiting: a worker more than cores. A file stays with one worker, which has what the file's tests share.
# One that crashes is an error, and isn't tried again.
WORKERS ?= 3
IN_PARALLEL = -n $(WORKERS) --dist loadfile --no-loadscope-reorder --max-worker-restart 0

.PHONY: run build test test-swift test-consumer test-end-to-end torture bench clean tools-run tools-test tools-bench

## Builds Herald and serves at http://localhost:8080. Options: make run ARGS="--port 9000"
run: build
	exec .build/release/herald serve $(ARGS)

build: tools-run
	swift build -c release --product herald $(STRICT)

## Runs every test: on SQLite and on a PostgreSQL of its own, the real browser's too.
test: test-swift test-consumer test-end-to-end

# By product: `--build-tests` builds the programs of our packages, too, and swift-protobuf's is a compiler in C++.
test-swift: tools-run tools-test
	swift build --product heraldPackageTests $(STRICT)
	swift build --product herald-bench $(STRICT)
	scripts/with-postgres swift test --skip-build

test-consumer:
	scripts/test-consumer

test-end-to-end: tools-run tools-test $(VENV)/installed
	swift build --product herald $(STRICT)
	$(ON_LOOPBACK) $(PYTEST) $(IN_PARALLEL)
	$(ON_LOOPBACK) scripts/with-postgres $(PYTEST) $(IN_PARALLEL) --database postgres

## The proofs at length: kills, cuts and seeds for about an hour. ROUNDS=100 SEEDS=10000
torture: tools-run tools-test $(VENV)/installed
	swift build --product heraldPackageTests $(STRICT)
	HERALD_SIMULATION_SEEDS=$(SEEDS) swift test --skip-build --filter Simulation
	HERALD_TORTURE_ROUNDS=$(ROUNDS) $(ON_LOOPBACK) $(PYTEST) -s -k "crash or torture"

## Prints rates as ratios of one run: encryption against its limit, pushes end to end, against nghttpd beside h2load and a bare SwiftNIO
## client. One part: make bench ARGS=accept (broadcast, accept, scale,
## audience, import, loop, push-service, postgres, nodes)
bench: tools-run tools-test tools-bench $(VENV)/installed
	swift build -c release --product herald $(STRICT)
	swift build -c release --product herald-bench $(STRICT)
	scripts/loopback-only scripts/with-postgres --durable .build/release/herald-bench $(ARGS)

tools-run:
	@scripts/ensure-packages libsqlite3-dev libpq-dev zlib1g-dev

tools-test:
	@scripts/ensure-packages firefox-esr python3 python3-venv postgresql iproute2 util-linux

tools-bench:
	@scripts/ensure-packages nghttp2-server nghttp2-client mosquitto openssl iproute2 util-linux

$(VENV)/installed: Tests/EndToEnd/requirements.txt
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install -q --disable-pip-version-check -r $<
	touch $@

clean:
	rm -rf .build Tests/Consumer/.build $(VENV)
