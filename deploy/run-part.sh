#!/bin/sh
# Runs a part in a container of its own. The password of Redis is made by `run init`, so its address is complete only now.
set -eu
BREAKROOM_REDIS_URL="redis://:$(cat "$BREAKROOM_HOME/keys/redis-password")@$REDIS_ADDRESS"
export BREAKROOM_REDIS_URL
exec node cli/breakroom.ts run "$@"
