# The front door. Meson builds; this says what one would type.
# On Debian 12 each target first installs the packages it misses (scripts/setup).

PREFIX ?= /usr/local
AMALGAMATION_OPTIONS ?=

.DEFAULT_GOAL := help
.PHONY: help build demo test bench compare lint fmt matrix install amalgamation clean

help:
	@echo "make demo      a real file through expat, SQLite, Lua and zstd: who holds the memory?"
	@echo "make test      all tests, in a debug and in a release build (-O2 -DNDEBUG)"
	@echo "make bench     measure against plain malloc and a classic design; prints the table"
	@echo "make compare   check mode and guard pages beside ASan, Valgrind, DUMA and others"
	@echo "make lint      format, clang-tidy and the project's own rules; make fmt mends the format"
	@echo "make matrix    the tests for other compilers, C libraries, CPUs, systems, sanitizers"
	@echo "               (ONLY=wine,m4 picks some; scripts/matrix --list names them)"
	@echo "make install   the library, its headers and the command trackmem under PREFIX=$(PREFIX)"
	@echo "make amalgamation   trackmem.c and trackmem.h, to be vendored: build/amalgamation"
	@echo "make build     only compile: build/debug and build/release"
	@echo "make clean     remove build/"

build:
	@scripts/setup build
	@scripts/build debug release

demo:
	@scripts/setup build tools demo
	@scripts/demo

test:
	@scripts/setup build tools demo test
	@scripts/test

bench:
	@scripts/setup build bench
	@scripts/bench

compare:
	@scripts/setup build bench
	@scripts/bench compare

lint:
	@scripts/setup build tools demo test lint
	@scripts/lint

fmt:
	@scripts/setup lint
	@scripts/rules/format --mend

matrix:
	@scripts/setup build
	@scripts/matrix $(if $(ONLY),--only $(ONLY))

install:
	@scripts/setup build tools
	@scripts/install $(abspath $(PREFIX))

amalgamation:
	@scripts/setup build
	@rm -rf build/amalgamation
	@scripts/amalgamation build/amalgamation $(AMALGAMATION_OPTIONS)

clean:
	rm -rf build
