# Functions shared by the scripts of this folder and by .ci/run. Source it; do not run it.
# shellcheck shell=bash
set -Eeuo pipefail
trap 'printf "error: %s line %s: exit %s: %s\n" "$0" "$LINENO" "$?" "$BASH_COMMAND" >&2' ERR

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
jobs="$(nproc)"
# ccache, where it is installed, takes objects of one clone for those of another.
export CCACHE_BASEDIR="${CCACHE_BASEDIR:-$root}" CCACHE_NOHASHDIR=1

# log WORDS...: one line with the seconds since the script started.
log() { printf '[%4ds] %s\n' "$SECONDS" "$*"; }

# die WORDS...: an error on stderr, and the end.
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# packages_of GROUP...: the packages that deploy/packages.txt lists for the groups.
packages_of() {
  local group
  for group in "$@"; do
    awk -v group="$group" '$1 == group { print $2 }' "$root/deploy/packages.txt"
  done
}

# install_packages GROUP...: installs what is missing. Does not touch the network when nothing is.
install_packages() {
  local missing
  missing="$(comm -23 <(packages_of "$@" | sort -u) \
    <(dpkg-query --show --showformat '${db:Status-Abbrev} ${Package}\n' |
      awk '$1 == "ii" { print $2 }' | sort -u))"
  [[ -n "$missing" ]] || return 0
  local list
  list="$(tr '\n' ' ' <<<"$missing")"
  [[ "$(id --user)" == 0 ]] ||
    die "not root, and these packages are missing; run: sudo apt-get install --yes $list"
  log "installing: $list"
  local apt=(apt-get --yes --quiet=2 --option Acquire::Retries=3 --option DPkg::Lock::Timeout=300)
  export DEBIAN_FRONTEND=noninteractive
  "${apt[@]}" update </dev/null || die "apt-get update failed; see the lines above"
  # The list is split on purpose: package names hold no spaces.
  # shellcheck disable=SC2086
  "${apt[@]}" install --no-install-recommends $list </dev/null >/dev/null ||
    die "apt-get install failed; see the lines above"
}

# configure PRESET [-DNAME=VALUE...]: ccache is used where it is installed, and never needed.
configure() {
  local preset="$1" launcher=""
  shift
  ! command -v ccache >/dev/null || launcher=ccache
  log "configuring build/$preset"
  (cd "$root" && cmake --preset "$preset" --log-level=WARNING \
    -DCMAKE_CXX_COMPILER_LAUNCHER="$launcher" "$@" >/dev/null)
}

# build PRESET [TARGET...]: everything when no target is named; incremental, on all cores.
build() {
  local preset="$1"
  shift
  log "building build/$preset ${*:-(everything)}"
  local targets=()
  (($# == 0)) || targets=(--target "$@")
  (cd "$root" && cmake --build "build/$preset" --parallel "$jobs" "${targets[@]}")
}

# sources SUFFIX...: first-party files with these suffixes, relative to the root, sorted.
sources() {
  local suffix names=()
  for suffix in "$@"; do names+=(-o -name "*.$suffix"); done
  (cd "$root" && find agent common coordinator deploy proto tests -type f \( "${names[@]:1}" \) |
    sort)
}
