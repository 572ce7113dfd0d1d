#!/bin/bash
# Moves the Deployment Controller of a farm of four booted hosts from fe1 to fe2, then looks at the hosts
# from outside: units, settings, and what is left after the old Controller's host was rebooted.
#   deploy/lab/test.sh [BUILD]      BUILD: the build folder to install from (build/release)
source "$(dirname "$0")/../lib.sh"

readonly lab="$root/deploy/lab" farm="$root/deploy/lab/farm.sh"
readonly settings=/var/lib/standin/server.hsconf
build="$(realpath "${1:-$root/build/release}")"
hosts=(fe1 fe2 fe3 fe4)
failures=0

# check WORDS CMD...: counts and shows a command that fails.
check() {
  local words="$1" output
  shift
  if output="$("$@" 2>&1)"; then
    log "ok: $words"
  else
    log "FAILED: $words: ${output:-no output}"
    failures=$((failures + 1))
  fi
}

# eventually SECONDS CMD...: waits until a command succeeds.
eventually() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    ((SECONDS < deadline)) || return 1
    sleep 0.2
  done
}

# unit_is HOST UNIT ACTIVE ENABLED: what systemd says of a unit.
unit_is() {
  local active enabled
  active="$("$farm" exec "$1" systemctl is-active "$2")" || true
  enabled="$("$farm" exec "$1" systemctl is-enabled "$2")" || true
  echo "is $active and $enabled"
  [[ "$active" == "$3" && "$enabled" == "$4" ]]
}

answers() { "$farm" outside bash -c "exec 3<>/dev/tcp/$1/$2"; }
address_of() { cat "/run/baton-lab/hosts/$1/address"; }
names_controller() { grep --quiet "<CompilerServerHostname[^>]*>$2<" "$("$farm" file "$1" "$settings")"; }

# fill TEMPLATE HOST: a sample with the host's name and address.
fill() { sed --expression="s/@NAME@/$2/g" --expression="s/@ADDRESS@/$(address_of "$2")/g" "$lab/$1"; }

# What every host of the lab shares: the programs and units, as `cmake --install` leaves them.
install_programs() {
  programs="$(mktemp --directory)"
  DESTDIR="$programs" cmake --install "$build" --prefix /usr --strip >/dev/null
  DESTDIR="$programs" cmake --install "$build" --prefix /usr --strip --component lab >/dev/null
  chmod 0755 "$programs"
}

clean_up() {
  local status="$?" host
  if ((status != 0)); then
    for host in ops "${hosts[@]}"; do
      echo "--- the end of $host's journal"
      "$farm" exec "$host" journalctl --no-pager --lines=40 || true
    done
  fi >&2
  "$farm" down
  rm --recursive --force "$programs" "$authority"
}

write_farm_file() {
  echo "farm_id: lab"
  echo "hosts:"
  local host
  for host in "${hosts[@]}"; do
    echo "  - {name: $host, front_end: true, agent_address: \"$(address_of "$host"):7601\"," \
      "platform_address: $(address_of "$host")}"
  done
}

# give_identity ROLE NAME HOST FOLDER: a certificate of the lab's own authority.
give_identity() {
  "$build/bin/baton" pki issue "$1" "$2" --dir "$authority" --host "$(address_of "$3")" >/dev/null
  mkdir --parents "$4"
  cp "$authority/issued/$2"/* "$4/"
}

set_up_ops() {
  local etc
  etc="$("$farm" file ops /etc/baton)"
  mkdir --parents "$etc"
  give_identity coordinator coordinator ops "$etc/identity"
  fill coordinator.yaml.in ops >"$etc/coordinator.yaml"
  write_farm_file >"$etc/farm.yaml"
  "$farm" exec ops systemctl enable --now --quiet standin-database.service
}

# set_up_host HOST ROLE: the platform as installed, applied and running, and the agent beside it.
set_up_host() {
  local host="$1" role="$2" etc unit
  etc="$("$farm" file "$host" /etc/baton)"
  mkdir --parents "$etc" "$etc/../systemd/system/baton-agent.service.d"
  cp "$lab/guard.conf" "$etc/../systemd/system/baton-agent.service.d/"
  give_identity agent "$host" "$host" "$etc/identity"
  fill agent.yaml.in "$host" >"$etc/agent.yaml"
  cp "$lab/profile.yaml" "$etc/"
  "$farm" exec "$host" platform-standin init --state /var/lib/standin --name "$host" \
    --address "$(address_of "$host")" --database "$(address_of ops):1433" \
    --controller "$(address_of fe1)" --role "$role" >/dev/null
  "$farm" exec "$host" systemctl daemon-reload
  unit=outsystems-controller.service
  if [[ "$role" == controller ]]; then
    "$farm" exec "$host" systemctl enable --now --quiet "$unit"
  else
    "$farm" exec "$host" systemctl mask --quiet "$unit"
  fi
  "$farm" exec "$host" systemctl enable --now --quiet outsystems-deployment.service \
    outsystems-scheduler.service outsystems-web.service baton-agent.service
}

check_farm_after_move() {
  local host unit
  check "fe2 runs the Deployment Controller" unit_is fe2 outsystems-controller.service active enabled
  for host in fe1 fe3 fe4; do
    check "$host does not" unit_is "$host" outsystems-controller.service inactive masked
  done
  for host in "${hosts[@]}"; do
    check "$host names fe2" names_controller "$host" "$(address_of fe2)"
    for unit in outsystems-deployment.service outsystems-scheduler.service; do
      check "$unit runs on $host" unit_is "$host" "$unit" active enabled
    done
  done
  check "the Deployment Controller's port answers on fe2" answers "$(address_of fe2)" 12000
  check "no split brain" bash -c "! grep split '$("$farm" file ops /var/lib/standin-database/events.log)'"
}

# A reboot of the old Deployment Controller's host must not bring a second one.
check_reboot_of_old_controller() {
  "$farm" power-off fe1
  "$farm" boot fe1
  check "fe1's agent answers after the reboot" eventually 30 answers "$(address_of fe1)" 7601
  check "fe1 stays without a Deployment Controller" \
    unit_is fe1 outsystems-controller.service inactive masked
  check "nothing answers on its port" bash -c "! '$farm' outside bash -c 'exec 3<>/dev/tcp/$(address_of fe1)/12000'"
}

programs=""
authority="$(mktemp --directory)"
"$farm" down
trap clean_up EXIT
install_programs
"$farm" up --hosts "${#hosts[@]}" --with-ops --programs "$programs" --bin "$build/bin" --seconds 800
"$build/bin/baton" pki init --farm lab --dir "$authority" >/dev/null
set_up_ops
set_up_host fe1 controller
for host in "${hosts[@]:1}"; do set_up_host "$host" front-end; done
"$farm" exec ops systemctl enable --now --quiet baton-coordinator.service
log "the farm is set up"

check "agents answer" eventually 30 answers "$(address_of fe4)" 7601
log "moving the Deployment Controller to fe2"
check "baton adopt" "$farm" exec ops baton adopt --controller fe1 --reason "first install"
check "baton run move-controller" \
  "$farm" exec ops baton run move-controller --to fe2 --yes fe2
check_farm_after_move
check_reboot_of_old_controller

log "$failures checks failed"
((failures == 0))
