#!/bin/bash
# The tool `create-cache-service` of a lab host: gives the host's RabbitMQ the account, the virtual host and
# the port that the platform's settings name. Done twice it does no harm.
#   create-cache-service STATE      STATE: the folder of platform-standin
set -Eeuo pipefail
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8

readonly state="${1:?the folder of platform-standin}" unit=rabbitmq-server.service
readonly config=/etc/rabbitmq/rabbitmq.conf

# The platform's own tool reads server.hsconf, decrypts the password with the host's private key and tells
# the database. What it would give to a RabbitMQ of its own it leaves in a file that root alone can read.
trap 'rm --force "$state/cache.config"' EXIT
platform-standin configuration-tool --state "$state" /CreateUpgradeCacheInvalidationService
{
  read -r port
  read -r virtual_host
  read -r user
  read -r password
} <"$state/cache.config"

wanted="listeners.tcp.default = $port"
if [[ "$(cat "$config" 2>/dev/null)" != "$wanted" ]]; then
  echo "$wanted" >"$config"
  systemctl stop "$unit"
fi
systemctl start "$unit"

ctl() { rabbitmqctl --quiet "$@"; }
ctl add_vhost "$virtual_host"
# A password that were an argument could be read in the list of processes.
if ctl list_users | cut --fields=1 | grep --quiet --line-regexp --fixed-strings "$user"; then
  ctl change_password "$user" <<<"$password"
else
  ctl add_user "$user" <<<"$password"
fi
ctl set_permissions --vhost "$virtual_host" "$user" '.*' '.*' '.*'
if ctl list_users | cut --fields=1 | grep --quiet --line-regexp guest; then ctl delete_user guest; fi
echo "RabbitMQ has user $user and virtual host $virtual_host at port $port."
