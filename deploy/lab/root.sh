# The root file system that the lab's hosts share, read-only, under an overlay each. Source after lib.sh.
# shellcheck shell=bash
: "${root:?source deploy/lib.sh first}"

readonly lab_cache=/var/cache/baton-lab root_seconds_max=600

# Prints "URI KEYRING TRUSTED" ("-" for none) of this machine's own first archive for release $1: the lab
# gets its packages from where the machine gets its own.
archive_of_machine() {
  local files=()
  mapfile -t files < <(find /etc/apt/sources.list.d -name '*.sources' 2>/dev/null | sort)
  local answer=""
  if ((${#files[@]})); then
    answer="$(awk -v suite="$1" '
      function flush() {
        if (enabled && types ~ /(^| )deb( |$)/ && (" " suites " ") ~ (" " suite " ") && uri != "")
          print uri, key, trusted
        enabled = 1; types = suites = uri = ""; key = trusted = "-"
      }
      BEGIN { enabled = 1; key = trusted = "-" }
      FNR == 1 || /^[[:space:]]*$/ { flush() }
      /^#/ { next }
      /^Types:/ { sub(/^[^:]*: */, ""); types = $0 }
      /^Suites:/ { sub(/^[^:]*: */, ""); suites = $0 }
      /^URIs:/ { uri = $2 }
      /^Signed-By: *\// { key = $2 }
      /^Trusted: *yes/ { trusted = "yes" }
      /^Enabled: *no/ { enabled = 0 }
      END { flush() }' "${files[@]}")"
  fi
  mapfile -t files < <(find /etc/apt -maxdepth 2 -name '*.list' 2>/dev/null | sort)
  if [[ -z "$answer" ]] && ((${#files[@]})); then
    answer="$(sed --quiet 's/^deb[[:space:]]\+//p' "${files[@]}" | awk -v suite="$1" '
      {
        key = trusted = "-"
        while ($1 ~ /^\[/ || opening) {
          opening = $1 !~ /\]$/
          option = $1; gsub(/[][]/, "", option)
          if (option ~ /^signed-by=\//) key = substr(option, 11)
          if (option == "trusted=yes") trusted = "yes"
          sub(/^[^ \t]+[ \t]*/, "")
        }
        if ($2 == suite) print $1, key, trusted
      }')"
  fi
  grep --extended-regexp --max-count=1 '^(https?|file):' <<<"$answer"
}

# Prints the packages that hold the shared libraries of the programs in folder $1.
runtime_packages() {
  local program library
  for program in "$1"/*; do
    [[ -x "$program" && -f "$program" ]] || continue
    # A script has no libraries, and says so with an error.
    { ldd "$program" 2>/dev/null || true; } | awk '$2 == "=>" && $3 ~ /^\// { print $3 }'
  done | sort --unique | while read -r library; do
    # Debian's database knows a library by the path under /lib or under /usr/lib: one of them fails.
    { dpkg-query --search "$library" "/usr$library" 2>/dev/null || true; } |
      sed --quiet '1s/:.*//p'
  done | sort --unique
}

# ensure_root PROGRAMS: sets lab_root to a root that holds what the programs in that folder need. It
# is made once, and again when the list of packages or this file changes.
ensure_root() {
  local suite packages key uri keyring trusted options=(--variant=minbase)
  suite="$(. /etc/os-release && echo "${VERSION_CODENAME:-}")"
  packages="$({ packages_of host && runtime_packages "$1"; } | sort --unique | paste --serial --delimiters=,)"
  key="$({ echo "$suite $packages" && cat "$root/deploy/lab/root.sh"; } | sha256sum | cut --bytes=1-12)"
  lab_root="$lab_cache/root-$key"
  [[ ! -d "$lab_root" ]] || return 0

  read -r uri keyring trusted < <(archive_of_machine "$suite") ||
    die "/etc/apt names no archive with the release ${suite:-of /etc/os-release}"
  [[ "$trusted" != yes ]] || options+=(--no-check-gpg)
  [[ "$keyring" == - ]] || options+=("--keyring=$keyring")
  local http_proxy https_proxy
  eval "$(apt-config shell http_proxy Acquire::http::Proxy https_proxy Acquire::https::Proxy)"
  [[ -z "${http_proxy:-}" ]] || export http_proxy
  [[ -z "${https_proxy:-}" ]] || export https_proxy

  log "debootstrap of $suite: $packages"
  mkdir --parents "$lab_cache"
  local building="$lab_cache/building"
  rm --recursive --force --one-file-system "$building"
  timeout "$root_seconds_max" debootstrap "${options[@]}" --include="$packages" \
    "$suite" "$building" "$uri" </dev/null >"$lab_cache/debootstrap.log" 2>&1 || {
    tail --lines=20 "$lab_cache/debootstrap.log" >&2
    die "debootstrap failed; all of its output is in $lab_cache/debootstrap.log"
  }
  furnish_root "$building"
  find "$lab_cache" -maxdepth 1 -name 'root-*' -exec rm --recursive --force --one-file-system {} +
  mv "$building" "$lab_root"
}

# A lab host needs no login prompt, no packages' timers, no service that a package enabled, and no identity
# before it boots.
furnish_root() {
  rm --force "$1"/var/cache/apt/archives/*.deb "$1/etc/resolv.conf" "$1/var/lib/dbus/machine-id"
  : >"$1/etc/machine-id"
  local unit
  for unit in console-getty.service apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer \
    e2scrub_all.timer e2scrub_reap.service fstrim.timer logrotate.timer systemd-timesyncd.service; do
    ln --symbolic --force /dev/null "$1/etc/systemd/system/$unit"
  done
  rm --force "$1/etc/systemd/system/multi-user.target.wants"/{epmd,rabbitmq-server}.service
  ln --symbolic --force /lib/systemd/system/multi-user.target "$1/etc/systemd/system/default.target"
}
