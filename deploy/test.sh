#!/bin/bash
# Installs what is missing, builds build/release with the tests and runs all of them: unit,
# integration, simulation and the systemd lab. The last lines are ctest's summary.
#   deploy/test.sh [--without-lab] [--long] [--install-only]
# --without-lab   leaves out the systemd lab, which needs root and the right to boot containers
# --long          every crash point with real processes, and ten times the simulated runs
# --install-only  installs and builds, then stops
source "$(dirname "$0")/lib.sh"

lab=ON
long=OFF
runs=10000
run_tests=true
while (($#)); do
  case "$1" in
    --without-lab) lab=OFF ;;
    --long) long=ON runs=100000 ;;
    --install-only) run_tests=false ;;
    *) die "unknown option $1; known are --without-lab, --long, --install-only" ;;
  esac
  shift
done

groups=(build test)
[[ "$lab" == OFF ]] || groups+=(lab)
install_packages "${groups[@]}"
configure release -DBATON_BUILD_TESTS=ON -DBATON_LAB="$lab" \
  -DBATON_SIMULATION_RUNS="$runs"
build release
"$run_tests" || exit 0

log "testing"
cd "$root/build/release"
[[ "$long" == OFF ]] || export BATON_LONG=1
exec ctest --output-on-failure --no-tests=error --parallel 2
