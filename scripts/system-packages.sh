#!/usr/bin/env bash
# System packages the tests use beside npm's. On a Debian machine as root it installs what is missing; elsewhere it
# says what is missing, and the tests that need it say so too.
set -euo pipefail
packages=()
missing() { command -v "$1" >/dev/null 2>&1 || packages+=("$2"); }
missing python3 python3
missing gcc gcc
[ -e /usr/include/stdlib.h ] || packages+=(libc6-dev)
missing valgrind valgrind
missing heaptrack heaptrack
missing go golang-go
missing javac openjdk-17-jdk-headless
missing jeprof libjemalloc-dev
missing chromium chromium
missing promtool prometheus
if [ ${#packages[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
  else
    echo "missing: ${packages[*]}" >&2
  fi
fi
