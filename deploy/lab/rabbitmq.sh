# Moves of the cache in the systemd lab, and what RabbitMQ itself says of them. Source from test.sh.
# shellcheck shell=bash
: "${farm:?source from deploy/lab/test.sh}" "${hosts[0]:?}"

rabbitmq_of() { "$farm" exec "$1" rabbitmqctl --quiet --silent "${@:2}"; }
password() { cat "$("$farm" file ops /etc/baton/secrets/cache)"; }
# The password goes over standard input.
password_is_known_to() { password | rabbitmq_of "$1" authenticate_user admin; }
# logged_in HOST FROM: RabbitMQ on HOST says that FROM's login was good for the virtual host.
logged_in() {
  "$farm" exec "$1" grep --extended-regexp \
    "\($(address_of "$2"):[0-9]+ -> .*'admin' authenticated and granted access to vhost '/outsystems'" \
    "/var/log/rabbitmq/rabbit@$1.log"
}

# check_rabbitmq HOST: what RabbitMQ says of itself, and who listens.
check_rabbitmq() {
  local holder="$1" host
  check "RabbitMQ on $holder has the virtual host" \
    test "$(rabbitmq_of "$holder" list_vhosts | sort | paste --serial --delimiters=' ')" == "/ /outsystems"
  check "it has the platform's user and no other" \
    test "$(rabbitmq_of "$holder" list_users | cut --fields=1)" == admin
  check "the user may do everything there" \
    grep --fixed-strings "/outsystems	.*	.*	.*" <(rabbitmq_of "$holder" list_user_permissions admin)
  check "it takes the password of the lab's secret file" password_is_known_to "$holder"
  check "no connection of Baton's is left" test -z "$(rabbitmq_of "$holder" list_connections user)"
  for host in "${hosts[@]}"; do
    check "$host has logged in to $holder, to virtual-host level" logged_in "$holder" "$host"
    [[ "$host" == "$holder" ]] ||
      check "nothing answers on RabbitMQ's port of $host" silent "$(address_of "$host")" 5672
  done
}

# No file of Baton's, nothing that a unit logged.
check_password_is_nowhere() {
  local host
  for host in ops "${hosts[@]}"; do
    check "$host: no file and no log of Baton's has the cache's password" holds_no_password "$host"
  done
}

holds_no_password() {
  local folders=() name
  for name in /var/lib/baton-agent /var/lib/baton-coordinator /etc/baton; do
    name="$("$farm" file "$1" "$name")"
    [[ ! -d "$name" ]] || folders+=("$name")
  done
  ! grep --recursive --files-with-matches --fixed-strings --file=<(password) --exclude-dir=secrets \
    "${folders[@]}" &&
    ! grep --count --fixed-strings --file=<(password) \
      <("$farm" exec "$1" journalctl --no-pager --output=cat)
}

newest_run() {
  "$farm" exec ops baton runs list --format json |
    grep --only-matching --max-count=1 '"run": *"[^"]*"' | head --lines=1 | cut --delimiter='"' --fields=4
}

# move_cache HOST ARGUMENTS...: that command of `baton` moves Deployment Controller and cache together, and
# makes the cache anew on that host alone.
move_cache() {
  local made
  made="$(count_of cache-service-created)"
  check "baton ${*:2}" "$farm" exec ops baton "${@:2}" --yes "$1"
  check "the cache was made once" test "$(count_of cache-service-created)" == $((made + 1))
  check "it was made on $1" bash -c "tail --lines=1 <<<'$(events | grep cache-service-created)' | grep $1"
  check_farm "$1" "$1"
  check_rabbitmq "$1"
  check_license_and_modules "$1"
}

move_cache_there_and_back() {
  move_cache fe2 run move-controller-and-cache --to fe2
  check_reboot_of_old_controller
  move_cache fe1 failback "$(newest_run)" --reason "fe1 is back"
  check_password_is_nowhere
}
