# Portico. `make run` builds and starts it; `make test` runs all that CI runs.
SHELL := /bin/bash
export CGO_ENABLED ?= 0

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
DATA    ?= ./data
LISTEN  ?= 127.0.0.1:8080
GO_SRC  := $(shell find . -name '*.go' -not -path './web/node_modules/*') go.mod go.sum
WEB_SRC := $(shell find web texts -type f -not -path '*/node_modules/*' -not -path 'web/dist/*' -not -name '*.go' 2>/dev/null)

.PHONY: run build test check bench bench-email soak fuzz clean peers system e2e unit web-test

run: build ## build and start with the embedded store; prints the address to open
	@exec bin/portico serve --data $(DATA) --listen $(LISTEN)

build: bin/portico

bin/portico: $(GO_SRC) web/dist/app/index.html
	@mkdir -p bin
	go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o bin/portico ./cmd/portico

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	cd web && npm ci --no-audit --no-fund
	@touch $@

web/dist/app/index.html: web/node_modules/.package-lock.json $(WEB_SRC)
	cd web && npm run --silent build && npm run --silent build:widget
	@touch $@

test: ## everything that CI runs, in the order that fails soonest
	./scripts/test

check: ## formatting, vet, shape of the house, front-end types and budgets
	./scripts/test check

unit: ## Go tests under the race detector
	./scripts/test unit

system: ## the shipped binary: kill loops, outages, scenarios
	./scripts/test system

e2e: ## the screens in Chromium, against the shipped binary
	./scripts/test e2e

peers: ## installs what the tests talk to: PostgreSQL and Chromium
	./scripts/peers

bench: build ## the core's benchmarks, and the load generator against a fresh server
	go test ./acd/... -run '^$$' -bench 'Reference|Degree|Scaling' -benchtime 1x -timeout 30m
	go test ./store ./hub ./picture -run '^$$' -bench . -benchtime 2s
	./scripts/bench

bench-email: build ## mails that wait in a mailbox until they are routed; starts Dovecot and Postfix on loopback (root)
	./scripts/bench-email

soak: build ## not part of CI: a day of 12,000 agents and 3 million contacts on a made-up clock, an hour through HTTP, 1,000 kills
	PORTICO_SOAK=$${PORTICO_SOAK:-3000000} go test ./soak -run Day -timeout 12h -v
	./scripts/soak $${SOAK_TIME:-1h}
	PORTICO_KILLS=$${PORTICO_KILLS:-1000} go test ./systemtest -run 'Kill' -timeout 12h -v

FUZZTIME ?= 30s
fuzz: ## every fuzz target for FUZZTIME each
	./scripts/fuzz $(FUZZTIME)

clean:
	rm -rf bin web/dist/assets web/dist/app/index.html
