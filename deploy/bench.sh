#!/bin/bash
# Builds the benchmarks with preset bench, runs each and prints its table. The numbers are also written
# as JSON to build/bench/results/NAME.json, to be compared between two builds.
#   deploy/bench.sh [FILTER]     FILTER: a regular expression over benchmark names
source "$(dirname "$0")/lib.sh"

install_packages build test
configure bench
build bench
results="$root/build/bench/results"
mkdir --parents "$results"
mapfile -t programs < <(find "$root/build/bench" -type f -executable -name '*_bench' | sort)
((${#programs[@]})) || die "no benchmark programs (tests/bench) in build/bench"
for program in "${programs[@]}"; do
  name="$(basename "$program")"
  # A program without such a benchmark keeps the results that it has.
  [[ -n "$("$program" --benchmark_filter="${1:-.}" --benchmark_list_tests 2>/dev/null)" ]] || continue
  log "$name"
  "$program" --benchmark_filter="${1:-.}" --benchmark_counters_tabular=true \
    --benchmark_out="$results/$name.json" --benchmark_out_format=json
done
log "results in build/bench/results"
