#!/bin/bash
# Formats every first-party C++ file; with --check only says which are not formatted.
source "$(dirname "$0")/lib.sh"

install_packages check
mode=(-i)
case "${1:-}" in
  "") ;;
  --check) mode=(--dry-run --Werror) ;;
  *) die "unknown option $1; known is --check" ;;
esac
cd "$root"
sources cc h | xargs --no-run-if-empty clang-format-14 --style=file "${mode[@]}"
log "clang-format: $(sources cc h | wc --lines) files"
