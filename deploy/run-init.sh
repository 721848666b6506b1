#!/bin/sh
# Writes keys and server configurations into the shared folder, for the user that everything else runs as.
set -eu
node cli/breakroom.ts run init
cat >"$BREAKROOM_HOME/host.env" <<END
# For a fleet on the host with the servers of compose.yaml: set -a; . .breakroom/compose/host.env; set +a; npm start
BREAKROOM_HOME=.breakroom/compose
BREAKROOM_NATS_URL=nats://127.0.0.1:4222
BREAKROOM_REDIS_URL=redis://:$(cat "$BREAKROOM_HOME/keys/redis-password")@127.0.0.1:6379
BREAKROOM_IRC_HOST=127.0.0.1
END
chmod 600 "$BREAKROOM_HOME/host.env"
chown -R "$OWNER" "$BREAKROOM_HOME"
