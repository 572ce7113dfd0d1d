#!/bin/bash
# A farm of lab hosts: each is a Debian with its own systemd, booted by systemd-nspawn, with an address
# of its own on a bridge that lies in a network namespace of the lab. Nothing leaves that namespace.
#   farm.sh up [--hosts N] [--with-ops] [--programs DIR] [--bin DIR] [--seconds N]
#       boots fe1..feN (10.77.0.11 and up) and waits until systemd has started everything.
#       --with-ops adds host `ops` (10.77.0.10). DIR of --programs is laid over every root, as
#       `DESTDIR=DIR cmake --install` leaves it. --bin: the programs whose libraries the hosts need
#       (build/release/bin). All hosts are ended after --seconds (1800) at the latest.
#   farm.sh down                 ends and removes all of it; done twice it does no harm
#   farm.sh status               one line a host
#   farm.sh exec HOST CMD...     runs a command on a host        farm.sh outside CMD...  beside the hosts
#   farm.sh file HOST PATH       prints where a host's file lies on this machine
#   farm.sh cut|mend HOST        takes the host off the network, and back
#   farm.sh power-off|boot HOST  ends it as a power cut does; boots it again with the same disk
source "$(dirname "$0")/../lib.sh"
source "$root/deploy/lab/root.sh"

readonly state=/run/baton-lab lab_netns=baton-lab subnet=10.77.0 boot_seconds_max=60 hosts_max=40
readonly ops_number=10 first_number=11

need_host() {
  [[ -n "${1:-}" && -d "$state/hosts/$1" ]] || die "the lab has no host \"${1:-}\"; see farm.sh status"
}

# Names a process for good: a pid alone may be somebody else's by now. Fails when it is gone, and when
# it is a zombie, which a slow init may leave for seconds.
identity_of() {
  local stat
  stat="$(cat "/proc/$1/stat" 2>/dev/null)" && [[ "$stat" != *") Z "* ]] &&
    echo "$1 $(cut --delimiter=' ' --fields=20 <<<"${stat##*) }")"
}

# Prints the pid of the host's outermost process (`timeout`), fails when it is gone.
warden_of() {
  local pid begin
  read -r pid begin 2>/dev/null <"$state/hosts/$1/warden" || return 1
  [[ "$(identity_of "$pid" 2>/dev/null)" == "$pid $begin" ]] && echo "$pid"
}

# Prints the pid of the host's init as this machine sees it.
leader_of() {
  local warden nspawn
  warden="$(warden_of "$1")" && nspawn="$(pgrep --parent "$warden")" && pgrep --parent "$nspawn"
}

# exec_on HOST CMD...: becomes the command; in a subshell where more is to follow.
exec_on() {
  local leader
  leader="$(leader_of "$1")" || die "host $1 is off"
  shift
  exec nsenter --target "$leader" --mount --uts --ipc --net --pid --cgroup -- \
    env --ignore-environment PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 "$@"
}

# Prints what systemd on the host says of itself: running, starting, degraded; nothing when it is off.
word_of() { (exec_on "$1" systemctl is-system-running) 2>/dev/null || true; }

# Cgroup mounts in which a host gets a place of its own; without one all hosts would share systemd's.
cgroup_mounts() {
  if [[ "$(stat --file-system --format=%T /sys/fs/cgroup)" == cgroup2fs ]]; then
    echo /sys/fs/cgroup
  else
    echo /sys/fs/cgroup/systemd
    [[ ! -d /sys/fs/cgroup/unified ]] || echo /sys/fs/cgroup/unified
  fi
}

# systemd 252 in a host wants the hierarchy that this machine has. A machine without systemd may lack
# the named one that legacy mode needs.
prepare_cgroups() {
  [[ "$(cgroup_mounts)" != /sys/fs/cgroup ]] || return 0
  mountpoint --quiet /sys/fs/cgroup/systemd || {
    mkdir --parents /sys/fs/cgroup/systemd
    mount --types cgroup --options none,name=systemd cgroup /sys/fs/cgroup/systemd
    touch "$state/mounted-cgroup"
  }
}

make_network() {
  ip netns add "$lab_netns"
  ip -netns "$lab_netns" link set lo up
  ip -netns "$lab_netns" link add br0 type bridge
  ip -netns "$lab_netns" address add "$subnet.1/24" dev br0
  ip -netns "$lab_netns" link set br0 up
}

# make_host NAME NUMBER: disk, address and namespace. The namespace outlives a power cut.
make_host() {
  local name="$1" number="$2" folder="$state/hosts/$1" netns="$lab_netns-$1"
  mkdir --parents "$folder"/{upper/etc,work,root}
  echo "$subnet.$number" >"$folder/address"
  echo "$name" >"$folder/upper/etc/hostname"
  md5sum <<<"$name" | cut --bytes=1-32 >"$folder/upper/etc/machine-id"
  cp "$state/etc-hosts" "$folder/upper/etc/hosts"
  local layers="$lab_root"
  [[ -z "$programs" ]] || layers="$programs:$layers"
  mount --types overlay overlay \
    --options "lowerdir=$layers,upperdir=$folder/upper,workdir=$folder/work" "$folder/root"
  ip netns add "$netns"
  ip -netns "$netns" link set lo up
  ip -netns "$lab_netns" link add "to-$name" type veth peer name host0 netns "$netns"
  ip -netns "$lab_netns" link set "to-$name" master br0 up
  ip -netns "$netns" address add "$subnet.$number/24" dev host0
  ip -netns "$netns" link set host0 up
}

# start_host NAME: boots it; wait_for_host waits until it is up.
start_host() {
  local name="$1" folder="$state/hosts/$1" unified=0
  [[ "$(cgroup_mounts)" != /sys/fs/cgroup ]] || unified=1
  (
    local mount
    for mount in $(cgroup_mounts); do
      mkdir --parents "$mount/baton-lab/$name"
      echo "$BASHPID" >"$mount/baton-lab/$name/cgroup.procs"
    done
    exec 9>&-
    SYSTEMD_NSPAWN_UNIFIED_HIERARCHY="$unified" exec setsid \
      timeout --kill-after=10 "$(cat "$state/seconds")" \
      systemd-nspawn --quiet --boot --directory="$folder/root" --machine="$name" \
      --network-namespace-path="/run/netns/$lab_netns-$name" --register=no --keep-unit \
      --link-journal=no --resolv-conf=off --timezone=off </dev/null >"$folder/console" 2>&1
  ) &
  local pid="$!"
  disown "$pid"
  identity_of "$pid" >"$folder/warden"
}

wait_for_host() {
  local deadline=$((SECONDS + boot_seconds_max)) answer=""
  while ((SECONDS < deadline)); do
    warden_of "$1" >/dev/null || break
    answer="$(word_of "$1")"
    [[ "$answer" != running && "$answer" != degraded ]] || break
    sleep 0.1
  done
  [[ "$answer" == running ]] && return
  tail --lines=20 "$state/hosts/$1/console" >&2
  [[ -z "$answer" ]] || (exec_on "$1" systemctl list-units --failed --no-pager) >&2 || true
  die "host $1 did not boot: systemd says \"${answer:-nothing}\""
}

# wait_gone PID: until the process has ended, ten seconds at most.
wait_gone() {
  local round
  for ((round = 0; round < 200; round++)); do
    identity_of "$1" >/dev/null || return 0
    sleep 0.05
  done
  return 1
}

# Ends a host at once. Its processes go with its init; what is on its disk stays.
kill_host() {
  local leader warden
  warden="$(warden_of "$1")" || return 0
  leader="$(leader_of "$1")" || leader=""
  [[ -z "$leader" ]] || kill -KILL "$leader" 2>/dev/null || true
  wait_gone "$warden" || kill -KILL "$warden" 2>/dev/null || true
  [[ -z "$leader" ]] || wait_gone "$leader" || die "host $1 does not end: its init is process $leader"
  rm --force "$state/hosts/$1/warden"
}

up() {
  local hosts=4 ops=false bin="$root/build/release/bin" seconds=1800 programs=""
  while (($#)); do
    case "$1" in
      --hosts) hosts="${2:?--hosts needs a number}" && shift ;;
      --programs) programs="$(realpath "${2:?--programs needs a folder}")" && shift ;;
      --bin) bin="${2:?--bin needs a folder}" && shift ;;
      --seconds) seconds="${2:?--seconds needs a number}" && shift ;;
      --with-ops) ops=true ;;
      *) die "unknown option $1 of farm.sh up" ;;
    esac
    shift
  done
  ((hosts >= 1 && hosts <= hosts_max)) || die "--hosts takes 1 to $hosts_max, not $hosts"
  [[ ! -d "$state/hosts" ]] || die "the lab is up already; farm.sh down ends it"
  install_packages lab
  ensure_root "$bin"

  # A disk in memory: what a lab leaves behind is nothing. `up` that fails takes down what it began.
  trap 'echo "error: the lab did not come up" >&2; down' EXIT
  mkdir --parents "$state"
  mount --types tmpfs --options mode=0755 baton-lab "$state"
  mkdir "$state/hosts"
  echo "$seconds" >"$state/seconds"
  prepare_cgroups
  local numbers=() number name
  [[ "$ops" == false ]] || numbers+=("$ops_number")
  mapfile -t -O "${#numbers[@]}" numbers < <(seq "$first_number" $((first_number + hosts - 1)))
  name_of() { if (($1 == ops_number)); then echo ops; else echo "fe$(($1 - first_number + 1))"; fi; }
  {
    echo "127.0.0.1 localhost"
    for number in "${numbers[@]}"; do echo "$subnet.$number $(name_of "$number")"; done
  } >"$state/etc-hosts"
  make_network
  for number in "${numbers[@]}"; do
    name="$(name_of "$number")"
    make_host "$name" "$number"
    start_host "$name"
  done
  for number in "${numbers[@]}"; do wait_for_host "$(name_of "$number")"; done
  trap - EXIT
  log "${#numbers[@]} hosts are up"
}

down() {
  local folder name mount
  for folder in "$state"/hosts/*/; do
    [[ -d "$folder" ]] || continue
    name="$(basename "$folder")"
    kill_host "$name"
    umount --lazy "$folder/root" 2>/dev/null || true
    ip netns delete "$lab_netns-$name" 2>/dev/null || true
  done
  ip netns delete "$lab_netns" 2>/dev/null || true
  for mount in $(cgroup_mounts); do
    [[ ! -d "$mount/baton-lab" ]] || find "$mount/baton-lab" -depth -type d -exec rmdir {} + || true
  done
  [[ ! -e "$state/mounted-cgroup" ]] || umount /sys/fs/cgroup/systemd || true
  [[ ! -d "$state" ]] || umount "$state" 2>/dev/null || umount --lazy "$state" 2>/dev/null || true
  [[ ! -d "$state" ]] || rmdir "$state"
}

status() {
  [[ -d "$state/hosts" ]] || { echo "the lab is down" && return; }
  local folder name word
  for folder in "$state"/hosts/*/; do
    name="$(basename "$folder")"
    word="$(word_of "$name")"
    ip -netns "$lab_netns" link show "to-$name" | grep --quiet ',UP' || word="${word:-off}, cut"
    printf '%-5s %-12s %s\n' "$name" "$(cat "$folder/address")" "${word:-off}"
  done
}

[[ "$(id --user)" == 0 ]] || die "the systemd lab boots containers and must run as root"
command="${1:-}"
shift || true
exec 9>/run/baton-lab.lock
case "$command" in
  up | down | boot | power-off) flock --timeout 900 9 || die "another farm.sh holds the lab" ;;
  *) exec 9>&- ;;
esac
case "$command" in
  up) up "$@" ;;
  down) down ;;
  status) status ;;
  exec) need_host "${1:-}" && exec_on "$@" ;;
  outside) exec ip netns exec "$lab_netns" "$@" ;;
  file) need_host "${1:-}" && echo "$state/hosts/$1/root$2" ;;
  cut) need_host "${1:-}" && ip -netns "$lab_netns" link set "to-$1" down ;;
  mend) need_host "${1:-}" && ip -netns "$lab_netns" link set "to-$1" up ;;
  power-off) need_host "${1:-}" && kill_host "$1" ;;
  boot)
    need_host "${1:-}"
    ! warden_of "$1" >/dev/null || die "host $1 is on already"
    start_host "$1"
    wait_for_host "$1"
    ;;
  *) die "say one of up, down, status, exec, outside, file, cut, mend, power-off, boot; see the top of farm.sh" ;;
esac
