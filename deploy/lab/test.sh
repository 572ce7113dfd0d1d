#!/bin/bash
# Carries out each procedure on a farm of four booted hosts, there and back: swaps the active and passive
# front-ends; moves Deployment Controller and RabbitMQ from fe1 to fe2; moves the Deployment Controller to fe3
# while fe3's agent is killed, and back while the Baton coordinator is killed. Looks at the hosts from outside:
# units, settings, what database and RabbitMQ have seen, and what is left after hosts were rebooted.
#   deploy/lab/test.sh [BUILD]      BUILD: the build folder to install from (build/release)
source "$(dirname "$0")/../lib.sh"

readonly lab="$root/deploy/lab" farm="$root/deploy/lab/farm.sh"
readonly settings=/var/lib/standin/server.hsconf
build="$(realpath "${1:-$root/build/release}")"
readonly controller_unit=outsystems-controller.service cache_unit=rabbitmq-server.service
hosts=(fe1 fe2 fe3 fe4)
failures=0
source "$lab/rabbitmq.sh"

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

silent() { ! answers "$1" "$2"; }
answers() { "$farm" outside bash -c "exec 3<>/dev/tcp/$1/$2"; }
address_of() { cat "/run/baton-lab/hosts/$1/address"; }
events() { "$farm" exec ops cat /var/lib/standin-database/events.log; }
count_of() { events | grep --count "$1" || true; }
applied_more_often_than() { (($(count_of "tool-started apply-configuration $2") > $1)); }

# unit_property HOST UNIT PROPERTY: in systemd's words.
unit_property() { "$farm" exec "$1" systemctl show "$2" --property "$3" --value; }

# settings_of HOST: everything in the host's configuration file that must not differ from host to host.
# Secrets do, because each host encrypts its own.
settings_of() {
  "$farm" exec "$1" sed --expression='/encrypted="true"/d' --expression='/<OutgoingIPAddress>/d' \
    "$settings"
}

# as_before_but HOST CONTROLLER CACHE: the file is as it was at set-up, but for the two addresses.
as_before_but() {
  diff <(sed --expression="s/\(<CompilerServerHostname>\)[^<]*/\1$2/" \
    --expression="s/\(<ServiceHost[^>]*>\)[^<]*/\1$3/" "$before/$1") <(settings_of "$1")
}

# fill TEMPLATE HOST: a sample with the host's name and address.
fill() { sed --expression="s/@NAME@/$2/g" --expression="s/@ADDRESS@/$(address_of "$2")/g" "$lab/$1"; }

# What every host of the lab shares: the programs and units, as `cmake --install` leaves them.
install_programs() {
  programs="$(mktemp --directory)"
  DESTDIR="$programs" cmake --install "$build" --prefix /usr --strip >/dev/null
  DESTDIR="$programs" cmake --install "$build" --prefix /usr --strip --component lab >/dev/null
  install -D --strip --target-directory="$programs/usr/libexec/baton-lab" "$build"/lab_tests/*
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
  rm --recursive --force "$programs" "$authority" "$before"
}

serial_of() { echo "LAB-$1"; }

write_farm_file() {
  echo "farm_id: lab"
  echo "secrets: {cache_password: \"file:/etc/baton/secrets/cache\"}"
  echo "service_center: {username: admin, password: \"file:/etc/baton/secrets/service-center\"}"
  echo "licenses:"
  local host
  for host in "${hosts[@]}"; do
    echo "  - {serial: $(serial_of "$host"), file: /etc/baton/licenses/$host.lic}"
  done
  echo "hosts:"
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
  mkdir --mode=0700 "$etc/secrets"
  (umask 077 && head --bytes=18 /dev/urandom | base64 >"$etc/secrets/cache")
  (umask 077 && echo admin >"$etc/secrets/service-center")
  mkdir "$etc/licenses"
  local host
  for host in "${hosts[@]}"; do echo "serial=$(serial_of "$host")" >"$etc/licenses/$host.lic"; done
  "$farm" exec ops systemctl enable --now --quiet standin-database.service
}

# set_up_host HOST ROLE: the platform as installed, applied and running, and the agent beside it. The
# Deployment Controller has the cache.
set_up_host() {
  local host="$1" role="$2" etc init_options=()
  etc="$("$farm" file "$host" /etc/baton)"
  mkdir --parents "$etc"
  give_identity agent "$host" "$host" "$etc/identity"
  fill agent.yaml.in "$host" >"$etc/agent.yaml"
  cp "$lab/profile.yaml" "$etc/"
  [[ "$role" != controller ]] || init_options=(--cache)
  "$farm" exec "$host" platform-standin init --state /var/lib/standin --name "$host" \
    --address "$(address_of "$host")" --database "$(address_of ops):1433" \
    --controller "$(address_of fe1)" --role "$role" --serial "$(serial_of "$host")" \
    "${init_options[@]}" >/dev/null
  "$farm" exec "$host" systemctl daemon-reload
  if [[ "$role" == controller ]]; then
    "$farm" exec "$host" systemctl enable --now --quiet "$controller_unit"
    "$farm" exec "$host" systemctl enable --quiet "$cache_unit" 2>/dev/null
    "$farm" exec "$host" /usr/libexec/baton-lab/create-cache-service /var/lib/standin >/dev/null
  else
    "$farm" exec "$host" systemctl mask --quiet "$controller_unit" "$cache_unit"
  fi
  "$farm" exec "$host" systemctl enable --now --quiet outsystems-deployment.service \
    outsystems-scheduler.service outsystems-web.service baton-agent.service
}

# The service manager's contract, over the systemd of a host that has none of the platform's units.
check_service_manager() {
  check "the service manager over systemd keeps its contract" \
    "$farm" exec ops /usr/libexec/baton-lab/systemd_service_manager_lab_test --gtest_brief=1
}

# check_role ROLE UNIT HOST: the unit runs there at every boot, and on no other host.
check_role() {
  local role="$1" unit="$2" holder="$3" host
  check "$holder runs the $role" unit_is "$holder" "$unit" active enabled
  for host in "${hosts[@]}"; do
    [[ "$host" == "$holder" ]] || check "$host does not" unit_is "$host" "$unit" inactive masked
  done
}

# check_farm CONTROLLER CACHE: every unit's startup type and state, and every setting, as a plan for it says.
check_farm() {
  local controller="$1" cache="$2" host unit
  check_role "Deployment Controller" "$controller_unit" "$controller"
  check_role "cache" "$cache_unit" "$cache"
  for host in "${hosts[@]}"; do
    for unit in outsystems-deployment.service outsystems-scheduler.service; do
      check "$unit runs on $host" unit_is "$host" "$unit" active enabled
    done
    check "$host names $controller and $cache, and all else in its file is as it was" \
      as_before_but "$host" "$(address_of "$controller")" "$(address_of "$cache")"
  done
  check "the Deployment Controller's port answers on $controller" \
    answers "$(address_of "$controller")" 12000
  check "no split brain, no overlap of tools" \
    bash -c "! grep --extended-regexp 'split-brain|tool-overlap' <<<'$(events)'"
}

# check_schedulers ACTIVE...: the Scheduler runs on these hosts, and is stopped and disabled on the others.
check_schedulers() {
  local host
  for host in "${hosts[@]}"; do
    if [[ " $* " == *" $host "* ]]; then
      check "$host is active" unit_is "$host" outsystems-scheduler.service active enabled
    else
      check "$host is passive" unit_is "$host" outsystems-scheduler.service inactive masked
    fi
  done
}

# activate_passive OPTIONS...: a run of the procedure.
activate_passive() {
  check "baton run activate-passive $*" "$farm" exec ops baton run activate-passive --yes lab "$@"
}

# Two front-ends stand by, take over from the other two, and all serve again.
swap_groups_and_back() {
  activate_passive --deactivate fe3 fe4
  check_schedulers fe1 fe2
  activate_passive
  check_schedulers fe3 fe4
  check "baton status shows the groups" \
    refused_with 0 "passive  " "$farm" exec ops baton status
  activate_passive --activate fe1 fe2
  check_schedulers "${hosts[@]}"
}

# A reboot of the old Deployment Controller's host must bring neither a second one nor a second cache.
check_reboot_of_old_controller() {
  "$farm" power-off fe1
  "$farm" boot fe1
  check "fe1's agent answers after the reboot" eventually 30 answers "$(address_of fe1)" 7601
  check "fe1 stays without a Deployment Controller" unit_is fe1 "$controller_unit" inactive masked
  check "nothing answers on its port" silent "$(address_of fe1)" 12000
  check "fe1 stays without a cache" unit_is fe1 "$cache_unit" inactive masked
  check "nothing answers on its port" silent "$(address_of fe1)" 5672
}

check_reboot_of_new_controller() {
  "$farm" power-off fe3
  "$farm" boot fe3
  check "fe3 comes back with the Deployment Controller" \
    eventually 30 answers "$(address_of fe3)" 12000
  check "its unit is as it was" unit_is fe3 "$controller_unit" active enabled
}

# check_license_and_modules HOST: what follows a move of the Deployment Controller to it.
check_license_and_modules() {
  check "the license of $1 is installed" \
    test "$(events | grep 'license-installed' | tail --lines=1 | grep --count " $(serial_of "$1") $1$")" == 1
  check "modules were republished after it" \
    test "$(events | grep 'license-installed\|republish ' | tail --lines=1 | grep --count "republish $1$")" == 1
}

# The unit in which a tool runs on a host; fails while there is none.
tool_unit_of() {
  "$farm" exec "$1" systemctl list-units --plain --no-legend --state=running 'baton-tool-*' |
    awk '{ print $1; found = 1 } END { exit !found }'
}

# Kills fe3's agent in the middle of the Configuration Tool. The tool goes on, the agent comes back to it,
# and the move ends well without a second apply.
move_to_fe3_and_kill_its_agent() {
  local knobs tool unit supervisor applies run
  knobs="$("$farm" file fe3 /var/lib/standin/knobs)"
  mkdir --parents "$knobs"
  echo 5 >"$knobs/tool_seconds"
  applies="$(count_of 'tool-started apply-configuration fe3')"
  "$farm" exec ops baton run move-controller --to fe3 --yes fe3 >"$before/run" 2>&1 &
  run="$!"
  check "a tool runs on fe3" eventually 30 tool_unit_of fe3
  unit="$(tool_unit_of fe3)"
  supervisor="$(unit_property fe3 "$unit" MainPID)"
  "$farm" exec fe3 systemctl kill --signal=KILL baton-agent.service
  check "fe3's agent comes back" eventually 20 answers "$(address_of fe3)" 7601
  tool="$(unit_property fe3 "$unit" MainPID)"
  check "the tool runs on under the same supervisor" test "$tool" == "$supervisor"
  wait "$run" && run=0 || run="$?"
  check "baton run ends with 0: $(tail --lines=3 "$before/run")" test "$run" == 0
  check "the agent was started again" test "$(unit_property fe3 baton-agent.service NRestarts)" == 1
  check "the configuration was applied once" \
    test "$(count_of 'tool-started apply-configuration fe3')" == $((applies + 1))
  check "its output was shown once" \
    test "$(grep --count 'Upgrading database model' "$before/run")" == "${#hosts[@]}"
  rm "$knobs/tool_seconds"
}

# Kills the Baton coordinator in the middle of a move: it comes back, goes on by itself, and whoever watches
# sees the end.
move_to_fe1_and_kill_the_coordinator() {
  local applies run
  applies="$(count_of 'tool-started apply-configuration fe1')"
  "$farm" exec ops baton run move-controller --to fe1 --yes fe1 >"$before/run" 2>&1 &
  run="$!"
  check "a tool ran on fe1" eventually 30 applied_more_often_than "$applies" fe1
  "$farm" exec ops systemctl kill --signal=KILL baton-coordinator.service
  wait "$run" && run=0 || run="$?"
  check "baton run ends with 0: $(tail --lines=3 "$before/run")" test "$run" == 0
  check "the Baton coordinator was started again" \
    test "$(unit_property ops baton-coordinator.service NRestarts)" == 1
  check "the configuration was applied once" \
    test "$(count_of 'tool-started apply-configuration fe1')" == $((applies + 1))
}

# refused_with CODE WORDS CMD...: the command ends with the code and says the words.
refused_with() {
  local code="$1" words="$2" output status=0
  shift 2
  output="$("$@" 2>&1)" || status="$?"
  echo "exit $status: $output"
  [[ "$status" == "$code" && "$output" == *"$words"* ]]
}

# A unit file of the administrator's cannot be masked, and Baton says so before it touches anything.
check_unit_not_maskable() {
  local unit="$controller_unit"
  "$farm" exec fe4 systemctl unmask --quiet "$unit"
  "$farm" exec fe4 cp "/usr/lib/systemd/system/$unit" /etc/systemd/system/
  "$farm" exec fe4 systemctl daemon-reload
  check "baton check finds unit-not-maskable" \
    refused_with 10 "unit-not-maskable, fe4" "$farm" exec ops baton check
  check "baton run is refused for it" \
    refused_with 10 "unit-not-maskable, fe4" "$farm" exec ops baton run move-controller --to fe1 --yes fe1
  check "nothing was changed" unit_is fe3 "$controller_unit" active enabled
  # The remedy of docs/operations.md.
  "$farm" exec fe4 mkdir --parents /usr/local/lib/systemd/system
  "$farm" exec fe4 mv "/etc/systemd/system/$unit" /usr/local/lib/systemd/system/
  "$farm" exec fe4 systemctl daemon-reload
  check "baton check is content when the file was moved" "$farm" exec ops baton check
  "$farm" exec fe4 systemctl mask --quiet "$unit"
}

programs=""
authority="$(mktemp --directory)"
before="$(mktemp --directory)"
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

check_service_manager
for host in "${hosts[@]}"; do
  check "$host's agent answers" eventually 30 answers "$(address_of "$host")" 7601
  settings_of "$host" >"$before/$host"
done
check "baton adopt" \
  "$farm" exec ops baton adopt --controller fe1 --cache fe1 --reason "first install"
log "swapping active and passive front-ends, and back"
swap_groups_and_back
log "moving Deployment Controller and cache to fe2, and back"
move_cache_there_and_back
log "moving the Deployment Controller to fe3, whose agent is killed meanwhile"
move_to_fe3_and_kill_its_agent
check_farm fe3 fe1
check_license_and_modules fe3
check_reboot_of_new_controller
check_unit_not_maskable
log "moving it back to fe1, and killing the Baton coordinator meanwhile"
move_to_fe1_and_kill_the_coordinator
check_farm fe1 fe1
check_license_and_modules fe1

log "$failures checks failed"
((failures == 0))
