#!/bin/bash
# clang-tidy over first-party files. Files that passed are remembered in build/tidy/passed under a hash
# of everything that the answer depends on, so that a second run only checks what changed.
#   deploy/tidy.sh [--all] [--budget SECONDS] [FILE...]
# default   function size, complexity and a short list of checks that find mistakes
# --all     every family of .clang-tidy
# --budget  starts no file so many seconds after its own start; lists what it did not check, and does
#           not fail for it
source "$(dirname "$0")/lib.sh"

readonly short_list='-*,readability-function-size,readability-function-cognitive-complexity,
bugprone-use-after-move,bugprone-dangling-handle,bugprone-unused-return-value,
bugprone-undelegated-constructor,bugprone-infinite-loop,bugprone-string-constructor,
bugprone-suspicious-*,bugprone-unhandled-self-assignment,bugprone-virtual-near-miss,
google-explicit-constructor,google-build-using-namespace,google-global-names-in-headers,
misc-unused-parameters,misc-definitions-in-headers,misc-throw-by-value-catch-by-reference,
modernize-use-override,modernize-use-nullptr,performance-unnecessary-copy-initialization,
performance-for-range-copy,performance-move-const-arg,performance-inefficient-vector-operation,
readability-container-size-empty,readability-redundant-smartptr-get'

checks="$(tr --delete '\n' <<<"$short_list")"
mode=short
budget=""
named=()
while (($#)); do
  case "$1" in
    --all) mode=all checks="" ;;
    --budget) budget="${2:?--budget needs seconds}" && shift ;;
    -*) die "unknown option $1; known are --all, --budget SECONDS" ;;
    *) named+=("$(realpath --relative-to="$root" "$1")") ;;
  esac
  shift
done

# Generated headers that the sources include are made; nothing is compiled.
generate_sources() {
  local outputs
  mapfile -t outputs < <(ninja -C build/tidy -t targets all |
    sed --quiet 's/^\([^ ]*\.pb\.\(h\|cc\)\): CUSTOM_COMMAND$/\1/p')
  ((${#outputs[@]} == 0)) || ninja -C build/tidy --quiet "${outputs[@]}"
}

# Fills includes_of[FILE] with the first-party files that FILE includes or imports directly.
declare -A includes_of hash_of
scan_includes() {
  local file line all
  mapfile -t all < <(sources cc h proto)
  while IFS=: read -r file line; do
    includes_of["$file"]+=" ${line//[[:space:]]/}"
  done < <(grep --with-filename --only-matching --perl-regexp \
    '^\s*(#include|import)\s+"\K[^"]+' "${all[@]}" |
    sed -e 's/\(\.grpc\)\?\.pb\.h$/.proto/' -e 's,:baton/,:proto/baton/,')
  while read -r line file; do hash_of["$file"]="$line"; done < <(sha256sum "${all[@]}")
}

# key_of FILE: the hash of the file, of all it includes, of the checks and of the tool.
key_of() {
  local -A seen=()
  local queue=("$1") file
  while ((${#queue[@]})); do
    file="${queue[-1]}"
    unset 'queue[-1]'
    [[ -z "${seen[$file]:-}" && -n "${hash_of[$file]:-}" ]] || continue
    seen[$file]="${hash_of[$file]}"
    # shellcheck disable=SC2206
    queue+=(${includes_of[$file]:-})
  done
  { printf '%s\n' "$setting" && printf '%s\n' "${seen[@]}" | sort; } | sha256sum | cut --bytes=1-40
}

# check_one KEY FILE: run by xargs, two at a time. Exit 0 when the file passed or was not reached.
check_one() {
  local key="$1" file="$2" output
  if [[ -n "$deadline" ]] && (($(date +%s) >= deadline)); then
    echo "$file" >>"$unchecked"
    return 0
  fi
  if output="$(clang-tidy-14 --quiet -p build/tidy ${checks:+"--checks=$checks"} "$file" 2>&1)"; then
    touch "build/tidy/passed/$key"
  else
    printf '%s\n' "$output" | grep --invert-match 'warnings\? generated\.\|treated as error$' || true
    return 1
  fi
}

install_packages build test check
cd "$root"
configure tidy
generate_sources
mkdir --parents build/tidy/passed
setting="$(clang-tidy-14 --version | sha256sum) $(sha256sum <.clang-tidy) $checks"
scan_includes

# Sources of the programs first: where time runs out it is the tests that are left.
mapfile -t known < <(sed --quiet 's,^  "file": "'"$root"'/\([^"]*\)".*,\1,p' \
  build/tidy/compile_commands.json | grep --invert-match '^build/' | sort --unique |
  awk '{ print ($0 ~ /^tests\// ? 1 : 0) "\t" $0 }' | sort | cut --fields=2)
mapfile -t elsewhere < <(comm -23 <(sources cc) <(printf '%s\n' "${known[@]}" | sort))
((${#named[@]})) && known=("${named[@]}") elsewhere=()

todo=()
for file in "${known[@]}"; do
  key="$(key_of "$file")"
  [[ -e "build/tidy/passed/$key" ]] || todo+=("$key $file")
done
log "clang-tidy ($mode): ${#known[@]} files, ${#todo[@]} to check"

unchecked="$(mktemp)"
trap 'rm --force "$unchecked"' EXIT
deadline="${budget:+$(($(date +%s) - SECONDS + budget))}"
export checks deadline unchecked
export -f check_one
result=0
if ((${#todo[@]})); then
  printf '%s\n' "${todo[@]}" |
    xargs --max-procs=2 --max-lines=1 bash -c 'check_one "$@"' check_one || result=1
fi

if ((${#elsewhere[@]})); then
  echo "not compiled on this platform, so not checked:"
  printf '  %s\n' "${elsewhere[@]}"
fi
if [[ -s "$unchecked" ]]; then
  echo "not checked ($mode) within $budget s: $(wc --lines <"$unchecked") of ${#known[@]} files"
  sed 's/^/  /' "$unchecked"
fi
log "clang-tidy ($mode): $([[ "$result" == 0 ]] && echo "no findings" || echo "findings, see above")"
exit "$result"
