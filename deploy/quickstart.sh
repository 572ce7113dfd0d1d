#!/bin/bash
# From a fresh Debian 12 to a rehearsed failover: installs what is missing, builds, and moves the
# Deployment Controller of a farm of five hosts that lives on this machine's loopback addresses.
source "$(dirname "$0")/lib.sh"

install_packages build
configure release -DBATON_BUILD_TESTS=OFF
build release baton baton-agent baton-coordinator platform-standin
log "rehearsing"
cd "$root"
build/release/bin/baton rehearse move-controller --hosts 5
log "done"
cat <<'END'
next: see a move stop where a tool fails on fe3
  build/release/bin/baton rehearse move-controller --fault fe3/apply-configuration='fail 3'
next: read what a move does, step by step
  docs/procedures.md
END
