# The two commands that matter: `make run` and `make test`.
SHELL := /bin/sh
# Refuses an import that a target doesn't declare: the module graph is what Package.swift says.
STRICT := --explicit-target-dependency-import-check error
VENV := .venv
ARGS ?=

.PHONY: run build test test-swift test-consumer test-end-to-end bench clean tools-run tools-test tools-bench

## Builds Herald and serves at http://localhost:8080. Options: make run ARGS="--port 9000"
run: build
	exec .build/release/herald serve $(ARGS)

build: tools-run
	swift build -c release --product herald $(STRICT)

## Runs every test, the real browser's too.
test: test-swift test-consumer test-end-to-end

test-swift: tools-run
	swift build --build-tests $(STRICT)
	swift test --skip-build

test-consumer:
	scripts/test-consumer

test-end-to-end: tools-run tools-test $(VENV)/installed
	swift build --product herald $(STRICT)
	HERALD_BIN=$(CURDIR)/.build/debug/herald HERALD_REQUIRE_LOOPBACK=1 \
	  scripts/loopback-only $(VENV)/bin/python -m pytest Tests/EndToEnd $(PYTEST_ARGS)

## Prints rates as ratios of one run: encryption against its limit, pushes end to end, against nghttpd beside h2load and a bare SwiftNIO
## client. One part: make bench ARGS=accept (broadcast, accept, scale, loop)
bench: tools-run tools-test tools-bench $(VENV)/installed
	swift build -c release --product herald $(STRICT)
	swift build -c release --product herald-bench $(STRICT)
	scripts/loopback-only .build/release/herald-bench $(ARGS)

tools-run:
	@scripts/ensure-packages libsqlite3-dev libpq-dev

tools-test:
	@scripts/ensure-packages firefox-esr python3 python3-venv iproute2 util-linux

tools-bench:
	@scripts/ensure-packages nghttp2-server nghttp2-client openssl iproute2 util-linux

$(VENV)/installed: Tests/EndToEnd/requirements.txt
	python3 -m venv $(VENV)
	$(VENV)/bin/pip install -q --disable-pip-version-check -r $<
	touch $@

clean:
	rm -rf .build Tests/Consumer/.build $(VENV)
