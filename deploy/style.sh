#!/bin/bash
# The rules of docs/style.md that a tool can check and clang-tidy does not: sizes, banned words,
# directions of includes, links of documents. Prints every violation as FILE:LINE: what; fails if there
# is one.
source "$(dirname "$0")/lib.sh"

readonly file_lines_max=400 header_lines_max=200 header_lines_aim=150 function_lines_max=70
violations=0

violation() {
  printf '%s\n' "$*"
  violations=$((violations + 1))
}

# matches PATTERN FILE...: FILE:LINE:TEXT of the lines that match; none is no error.
matches() { grep --with-filename --line-number --perl-regexp "$@" || (($? == 1)); }

# ban_anywhere PATTERN REASON FILE...: no line may match, comments included.
ban_anywhere() {
  local pattern="$1" reason="$2" file line
  shift 2
  (($#)) || return 0
  while IFS=: read -r file line _; do
    violation "$file:$line: $reason"
  done < <(matches "$pattern" "$@")
}

# ban PATTERN REASON FILE...: no line of code may match. Comments may: they explain the rules.
ban() { ban_anywhere "^(?!\s*//).*?(?:$1)" "${@:2}"; }

check_file_lengths() {
  local lines file
  while read -r lines file; do
    if ((lines > file_lines_max)); then
      violation "$file:$lines: longer than $file_lines_max lines"
    elif [[ "$file" == *.h ]] && ((lines > header_lines_max)); then
      violation "$file:$lines: a header longer than $header_lines_max lines"
    elif [[ "$file" == *.h ]] && ((lines > header_lines_aim)); then
      echo "$file:$lines: warning: a header longer than $header_lines_aim lines"
    fi
  done < <(wc --lines "${code[@]}" "${protos[@]}" | grep --invert-match ' total$')
}

check_function_lengths() {
  local line
  while IFS= read -r line; do
    violation "$line"
  done < <(ctags --languages=C++ --kinds-C++=f --fields=+ne --sort=no -f - "${code[@]}" |
    awk -F '\t' -v max="$function_lines_max" '{
      first = last = 0
      for (i = 4; i <= NF; i++) {
        if ($i ~ /^line:/) first = substr($i, 6)
        if ($i ~ /^end:/) last = substr($i, 5)
      }
      if (last - first + 1 > max)
        printf "%s:%d: function %s has %d lines, more than %d\n", $2, first, $1, last - first + 1, max
    }')
}

check_headers() {
  local file
  while IFS= read -r file; do
    violation "$file:1: no #pragma once"
  done < <(grep --files-without-match '^#pragma once$' "${headers[@]}")
  ban 'std::string_view' "use absl::string_view: Debian's Abseil has its own type" "${headers[@]}"
  ban '#\s*include [<"](spdlog|yaml-cpp)/' "too costly for a header; include it in the .cc" \
    "${headers[@]}"
  ban '#\s*include <windows\.h>' "windows.h belongs into x_windows.cc" "${headers[@]}"
}

check_code() {
  ban_anywhere '\b(TODO|FIXME|XXX)\b' "unfinished work belongs into the tracker" "${all[@]}"
  ban_anywhere '(?<![\w./])/(home|work|Users)/\w' "an absolute path of somebody's machine" "${all[@]}"
  ban 'absl::Mutex\b|absl/synchronization/mutex\.h' \
    "use common/sync/mutex.h: Debian's absl::Mutex gives false races under TSan" "${code[@]}"
  ban '#\s*(if|ifdef|ifndef|elif)\b.*\b_WIN32\b' \
    "platforms are chosen in CMake: x_posix.cc, x_windows.cc" "${code[@]}"
  ban '#\s*include "absl/log/' "Debian's Abseil has no absl/log" "${code[@]}"
  ban '\b(class|struct) \w+(Interface|Impl|Base|Utils?|Helper)\b' \
    "an interface has the plain noun, an implementation an adjective; say what it is for" "${code[@]}"

  # Where a library throws, the file that calls it catches.
  local without_catch
  mapfile -t without_catch < <(printf '%s\n' "${code[@]}" | grep --invert-match --extended-regexp \
    '^(common/config/config_parser|common/log/log|coordinator/ctl/command_line)\.cc$')
  ban '\bthrow\b|\btry\s*\{|\bcatch\s*\(' "errors are absl::Status" "${without_catch[@]}"

  local without_services
  mapfile -t without_services < <(printf '%s\n' "${code[@]}" |
    grep --invert-match --extended-regexp '^tests/|_service\.(h|cc)$|/grpc_[a-z_]*\.(h|cc)$')
  ban '#\s*include ".*\.grpc\.pb\.h"' "only *_service and grpc_* files include it" \
    "${without_services[@]}"
}

# Tests lie where their sources lie; the folders without a twin hold tests of the whole.
check_tests_mirror() {
  local file folder
  for file in "${code[@]}"; do
    [[ "$file" == tests/*_test.cc && ! "$file" =~ ^tests/(integration|simulation|support)/ ]] ||
      continue
    folder="${file#tests/}"
    folder="${folder%/*}"
    [[ -d "$folder" ]] || violation "$file:1: there is no folder $folder whose tests these are"
  done
}

# What starts a thread links Threads::Threads: by that the thread sanitizer's stage knows its tests.
check_threads() {
  local file folder
  while IFS=: read -r file _; do
    folder="${file%/*}"
    while [[ ! -e "$folder/CMakeLists.txt" ]]; do folder="${folder%/*}"; done
    grep --quiet 'Threads::Threads' "$folder/CMakeLists.txt" ||
      violation "$file:1: starts a thread, but $folder/CMakeLists.txt does not link Threads::Threads"
  done < <(matches 'std::(j?thread|async)\b(?!::)' "${code[@]}")
}

# check_target FILE LINE TARGET: what a document names must be in the tree.
check_target() { [[ -e "$3" ]] || violation "$1:$2: there is no $3"; }

# Stale documents: links and paths that lead nowhere, and documents that no other leads to.
# Names that begin with `x_` are examples.
check_documents() {
  local file line target
  local -A linked=()
  while IFS=: read -r file line target; do
    target="$(realpath --canonicalize-missing --relative-to=. "$(dirname "$file")/${target%%#*}")"
    check_target "$file" "$line" "$target"
    [[ "$target" == "$file" ]] || linked["$target"]=1
  done < <(matches --only-matching '\]\(\K(?!https?:|mailto:|#)[^)\s]+' "${documents[@]}")

  while IFS=: read -r file line target; do
    [[ "$target" == */x_* ]] || check_target "$file" "$line" "$target"
  done < <(matches --only-matching \
    '`\K(agent|common|coordinator|deploy|docs|proto|tests|\.ci)/[\w./-]+(?=`)' "${documents[@]}")
  while IFS=: read -r file line target; do
    check_target "$file" "$line" "$target"
  done < <(matches --only-matching '(?<![\w./])docs/[\w/-]+(\.md)?' "${all[@]}")

  for file in "${documents[@]}"; do
    [[ "$file" != docs/* || -n "${linked[$file]:-}" || -n "${linked[$(dirname "$file")]:-}" ]] ||
      violation "$file:1: no other document links it"
  done
}

check_scripts() {
  local scripts
  mapfile -t scripts < <(find deploy tests -name '*.sh' | sort)
  shellcheck --external-sources --severity=warning --format=gcc "${scripts[@]}" .ci/run ||
    violations=$((violations + 1))
}

# forbid_include FOLDER OTHER: sources of FOLDER never include OTHER.
forbid_include() {
  local files
  mapfile -t files < <(sources cc h | sed --quiet "\\,^$1/,p")
  ban "#\\s*include \"$2/" "$1 must not depend on $2" "${files[@]}"
}

install_packages check
cd "$root"
mapfile -t headers < <(sources h)
mapfile -t code < <(sources cc h)
mapfile -t protos < <(sources proto)
mapfile -t all < <(sources cc h proto txt sh yaml in service | grep --invert-match '^deploy/style.sh$')
mapfile -t documents < <(find . -name '*.md' -not -path './build/*' -printf '%P\n' | sort)

check_file_lengths
check_function_lengths
check_headers
check_code
check_tests_mirror
check_threads
check_documents
check_scripts
forbid_include agent coordinator
forbid_include coordinator agent
forbid_include common agent
forbid_include common coordinator
forbid_include proto common
log "style: ${#code[@]} sources, ${#protos[@]} protos," \
  "${#documents[@]} documents, $violations violations"
((violations == 0))
