#!/bin/sh
# Gets what `npm start` needs, and with --test what `npm test` needs: the packages of package-lock.json (Node 24 is one of them)
# and the servers. Says nothing when all is there. Puts nothing outside this folder, except for a redis-server that root
# installs in a container.
set -eu
cd "$(dirname "$0")/.."
here=$(pwd)
work=$here/.breakroom

# The same numbers are in adapters/servers/versions.ts.
nats_floor=2.12.7
ergo_floor=2.11.0
redis_floor=7.0.0
inspircd_floor=3.0.0
node_floor=24.12.0

for_tests=no
if [ "${1-}" = --test ]; then for_tests=yes; fi

say() { echo "breakroom: $*"; }
fail() {
  echo "breakroom: $*" >&2
  exit 1
}

# --- what is there -----------------------------------------------------------------------------------------------------------

# setting NAME: the environment's word, else the one in .env.
setting() {
  eval "value=\${$1-}"
  if [ -z "$value" ] && [ -f .env ]; then value=$(sed -n "s/^$1=//p" .env | tail -n 1 | sed "s/^[\"']//; s/[\"']\$//"); fi
  printf '%s' "$value"
}

# version_of PROGRAM: the first dotted number that it prints.
version_of() {
  "$1" --version 2>/dev/null </dev/null | sed -n 's/^[^0-9]*\([0-9][0-9]*\.[0-9][0-9.]*\).*/\1/p' | head -n 1
}

# reaches FLOOR VERSION
reaches() {
  awk -v floor="$1" -v found="$2" 'BEGIN {
    split(floor, least, "."); split(found, have, ".")
    for (i = 1; i <= 3; i++) if (have[i] + 0 != least[i] + 0) exit have[i] + 0 < least[i] + 0
    exit found == "" }'
}

# find_program NAME: what was unpacked here, then PATH, then where Debian keeps servers.
find_program() {
  for candidate in "$work/bin/$1" "$work/$1/$1" "$(command -v "$1" || true)" "/usr/sbin/$1" "/sbin/$1"; do
    if [ -n "$candidate" ] && [ -x "$candidate" ]; then
      printf '%s' "$candidate"
      return
    fi
  done
}

# has SERVER FLOOR [OTHER NAME]: succeeds when one is there that reaches the floor; ends everything when the one that was named
# by hand does not, for then no other one would be used.
has() {
  variable=BREAKROOM_$(printf '%s' "$1" | tr 'a-z-' 'A-Z_')_BIN
  program=$(setting "$variable")
  if [ -n "$program" ]; then
    [ -x "$program" ] || fail "$variable names $program, which is not a program. Mend or unset it."
    found=$(version_of "$program")
    reaches "$2" "$found" && return
    fail "$1 ${found:-of unknown version} ($program, named by $variable) is below $2. Name a newer one, or unset $variable."
  fi
  for name in "$1" ${3-}; do
    program=$(find_program "$name")
    if [ -n "$program" ]; then
      found=$(version_of "$program")
      reaches "$2" "$found" && return
    fi
  done
  return 1
}

needs_packages() {
  if [ -f node_modules/.breakroom-lock ] && cmp -s package-lock.json node_modules/.breakroom-lock; then return 1; fi
  # Whoever ran npm by hand has them already.
  if [ -f node_modules/.package-lock.json ] && [ node_modules/.package-lock.json -nt package-lock.json ]; then return 1; fi
  return 0
}
needs_nats() {
  if [ $for_tests = no ] && [ -n "$(setting BREAKROOM_NATS_URL)" ]; then return 1; fi
  ! has nats-server $nats_floor
}
needs_ergo() {
  if [ $for_tests = no ] && [ -n "$(setting BREAKROOM_IRC_HOST)" ]; then return 1; fi
  ! has ergochat $ergo_floor ergo
}
needs_redis() {
  if [ $for_tests = no ] && [ -n "$(setting BREAKROOM_REDIS_URL)" ]; then return 1; fi
  ! has redis-server $redis_floor
}
# Its modules must lie beside it, so one that is installed elsewhere is of no use.
needs_inspircd() {
  [ $for_tests = yes ] || return 1
  [ -x "$work/inspircd/inspircd" ] || return 0
  ! reaches $inspircd_floor "$(version_of "$work/inspircd/inspircd")"
}
needs_anything() { needs_packages || needs_nats || needs_ergo || needs_redis || needs_inspircd; }

# --- packages of npm ---------------------------------------------------------------------------------------------------------

install_packages() {
  say 'installing packages (npm ci)'
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error || fail 'npm ci failed, see above; nothing else was done.'
  cp package-lock.json node_modules/.breakroom-lock
  if [ ! -x node_modules/.bin/node ] && ! reaches $node_floor "$(version_of node)"; then
    fail "npm has no Node 24 for this machine: install Node $node_floor or newer, this is $(node --version)."
  fi
}

# --- packages of Debian and Ubuntu -------------------------------------------------------------------------------------------

# Every archive that this machine trusts: URI|suite|components|keyring, one a line, from both formats that apt has.
archives() {
  awk '
    function emit() {
      if (types ~ /(^| )deb( |$)/ && enabled != "no") {
        count = split(uris, uri, " "); suites_count = split(suites, suite, " ")
        for (i = 1; i <= count; i++) for (j = 1; j <= suites_count; j++) print uri[i] "|" suite[j] "|" components "|" key
      }
      types = uris = suites = components = key = enabled = field = ""
    }
    FNR == 1 { emit() }
    /^[ \t]*#/ { next }
    FILENAME ~ /\.list$/ {
      if ($1 != "deb") next
      line = $0; key = ""; sub(/[ \t]#.*/, "", line)
      if (match(line, /\[[^]]*\]/)) {
        options = substr(line, RSTART + 1, RLENGTH - 2)
        line = substr(line, 1, RSTART - 1) substr(line, RSTART + RLENGTH)
        if (match(options, /signed-by=[^ ]*/)) key = substr(options, RSTART + 10, RLENGTH - 10)
      }
      count = split(line, word, " "); components = ""
      for (i = 4; i <= count; i++) components = components " " word[i]
      print word[2] "|" word[3] "|" components "|" key
      components = key = ""; next
    }
    /^[ \t]*$/ { emit(); next }
    /^[^ \t]/ { field = tolower($0); sub(/:.*/, "", field) }
    {
      value = $0; sub(/^[^ \t:]*:/, "", value); gsub(/^[ \t]+|[ \t]+$/, "", value)
      if (field == "types") types = types " " value
      if (field == "uris") uris = uris " " value
      if (field == "suites") suites = suites " " value
      if (field == "components") components = components " " value
      if (field == "signed-by" && value ~ /^\//) key = value
      if (field == "enabled") enabled = tolower(value)
    }
    END { emit() }
  ' /dev/null $(ls /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources 2>/dev/null) |
    grep -v '^cdrom:'
}

# prepare_apt: an apt of our own beside the machine's: same proxies and keys, but its own lists, no hooks, nothing installed.
prepare_apt() {
  apt=$temporary/apt
  mkdir -p "$apt/lists/partial" "$apt/archives/partial" "$apt/parts"
  {
    apt-config dump | grep '^Acquire::' | grep -v '^Acquire::\(IndexTargets\|Languages\|Retries\)'
    cat <<END
Dir::Etc::main "/dev/null";
Dir::Etc::parts "$apt/parts";
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::State::lists "$apt/lists";
Dir::Cache "$apt";
Dir::Cache::archives "$apt/archives";
Acquire::Languages "none";
Acquire::Retries "2";
APT::Sandbox::User "root";
APT::Install-Recommends "false";
Debug::NoLocking "true";
END
  } >"$apt/apt.conf"
  export APT_CONFIG="$apt/apt.conf"
  release=$(. /etc/os-release && echo "${UBUNTU_CODENAME:-${VERSION_CODENAME:-}}")
  family=$(. /etc/os-release && echo "$ID ${ID_LIKE-}")
}

# use_archive: reads rows of `archives` and makes them the only ones.
use_archive() {
  rm -rf "$apt/lists" "$apt"/*.bin
  mkdir -p "$apt/lists/partial"
  while IFS='|' read -r uri suite components key; do
    echo "deb ${key:+[signed-by=$key] }$uri $suite $components"
  done >"$apt/sources.list"
  apt-get -q update >>"$apt/log" 2>&1
}

# Why apt could not do it, in its own words.
apt_cause() {
  cause=$(sed -n 's/^[EW]: //p' "$apt/log" 2>/dev/null | grep -v '^Some index files' | head -n 1)
  printf '%s' "${cause:-no archive that this machine is set up for carries it}"
}

# unpack_newest PACKAGE PROGRAM FLOOR: into .breakroom/bin, if the archive in use has one that runs here and reaches the floor.
unpack_newest() {
  folder=$temporary/$1
  rm -rf "$folder" && mkdir -p "$folder/root"
  (cd "$folder" && apt-get -q download "$1" >>"$apt/log" 2>&1 </dev/null) || return 1
  dpkg -x "$folder"/*.deb "$folder/root"
  program=$(find "$folder/root" -type f -name "$2" -perm -u+x | head -n 1)
  [ -n "$program" ] || return 1
  found=$(version_of "$program")
  reaches "$3" "$found" || return 1
  mkdir -p "$work/bin"
  mv -f "$program" "$work/bin/$2"
  say "unpacked $2 $found into .breakroom/bin"
}

# The newest that any suite of the machine's own archive carries: a server that meets strangers must be up to date.
fetch_newest() {
  case $family in
    *ubuntu*) suites="devel $release" parts='main universe' ;;
    *) suites='unstable testing stable' parts=main ;;
  esac
  archives | awk -F'|' -v release="$release" \
    '($2 == release || $2 ~ /^(stable|testing|unstable|sid|devel)$/) && $3 ~ /(^| )main( |$)/ { print $1 "|" $4 }' | sort -u >"$apt/own"
  for suite in $suites; do
    while IFS='|' read -r uri key; do
      if ! needs_nats && ! needs_ergo; then return; fi
      say "looking for servers in $suite"
      echo "$uri|$suite|$parts|$key" | use_archive || continue
      if needs_nats; then unpack_newest nats-server nats-server $nats_floor || true; fi
      if needs_ergo; then unpack_newest ergochat ergochat $ergo_floor || true; fi
    done <"$apt/own"
  done
  ! needs_nats && ! needs_ergo
}

# unpack_with_libraries PACKAGE...: the version of the machine's own release, and what the machine lacks for it, into $unpacked.
unpack_with_libraries() {
  unpacked=$temporary/$1
  archives | awk -F'|' -v release="$release" 'index($2, release) == 1 || $2 ~ /^(stable|testing|unstable|sid)/' >"$apt/own"
  use_archive <"$apt/own" || return 1
  rm -rf "$unpacked" "$apt"/archives/*.deb && mkdir -p "$unpacked"
  apt-get -q -y --download-only --reinstall install "$@" >>"$apt/log" 2>&1 || return 1
  ls "$apt"/archives/*.deb >/dev/null 2>&1 || return 1
  for package in "$apt"/archives/*.deb; do dpkg -x "$package" "$unpacked"; done
}

fetch_redis() {
  # Where a system service could start from it, it is not installed but unpacked.
  if [ "$(id -u)" = 0 ] && [ ! -d /run/systemd/system ]; then
    say 'installing redis-server (apt-get)'
    if install_quietly redis-server >>"$apt/log" 2>&1; then return; fi
  fi
  say 'unpacking redis-server into .breakroom'
  # The program itself comes with the tools; the other package holds a link to it.
  unpack_with_libraries redis-server redis-tools || return 1
  [ -x "$unpacked/usr/bin/redis-server" ] || return 1
  keep_with_libraries redis usr/bin/redis-server
}

# install_quietly PACKAGE: nothing is started by the installation.
install_quietly() {
  (
    unset APT_CONFIG
    export DEBIAN_FRONTEND=noninteractive
    if [ ! -e /usr/sbin/policy-rc.d ]; then
      printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d
      trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    fi
    apt-get -q -y --no-install-recommends install "$1" ||
      { apt-get -q update && apt-get -q -y --no-install-recommends install "$1"; }
  )
}

# keep_with_libraries FOLDER PROGRAM: what was unpacked, and a door in .breakroom/bin that finds the libraries.
keep_with_libraries() {
  libraries=$(cd "$unpacked" && find usr lib -name '*.so.*' -exec dirname {} \; 2>/dev/null | sort -u | sed "s|^|\$root/|" | paste -s -d : -)
  rm -rf "$work/pkg/$1" && mkdir -p "$work/pkg" "$work/bin"
  mv "$unpacked" "$work/pkg/$1"
  cat >"$temporary/door" <<END
#!/bin/sh
root=\$(cd "\$(dirname "\$0")/../pkg/$1" && pwd)
LD_LIBRARY_PATH="$libraries" exec "\$root/$2" "\$@"
END
  chmod 755 "$temporary/door"
  mv -f "$temporary/door" "$work/bin/$(basename "$2")"
}

fetch_inspircd() {
  say 'unpacking inspircd into .breakroom (for tests)'
  unpack_with_libraries inspircd || return 1
  program=$(find "$unpacked/usr/sbin" "$unpacked/usr/bin" -name inspircd -type f 2>/dev/null | head -n 1)
  modules=$(find "$unpacked/usr/lib" -type d -path '*inspircd/modules' | head -n 1)
  if [ -z "$program" ] || [ -z "$modules" ]; then return 1; fi
  libraries=$(find "$unpacked" -name '*.so.*' -exec dirname {} \; | sort -u)
  folder=$temporary/inspircd-kept
  rm -rf "$folder" && mkdir -p "$folder/lib/inspircd"
  mv "$modules" "$folder/lib/inspircd/modules"
  if [ -z "$libraries" ]; then
    mv "$program" "$folder/inspircd"
  else
    mkdir "$folder/libraries"
    for library in $libraries; do cp -P "$library"/*.so.* "$folder/libraries/"; done
    mv "$program" "$folder/inspircd.real"
    cat >"$folder/inspircd" <<'END'
#!/bin/sh
root=$(cd "$(dirname "$0")" && pwd)
LD_LIBRARY_PATH="$root/libraries" exec "$root/inspircd.real" "$@"
END
    chmod 755 "$folder/inspircd"
  fi
  rm -rf "$work/inspircd"
  mv "$folder" "$work/inspircd"
}

# --- all of it ---------------------------------------------------------------------------------------------------------------

needs_anything || exit 0

mkdir -p "$work"
lock=$work/setup.lock
waited=0
until mkdir "$lock" 2>/dev/null; do
  holder=$(cat "$lock/pid" 2>/dev/null || true)
  # One that was killed leaves its lock; one that was killed at once leaves it without a name.
  if [ -n "$holder" ]; then
    if ! kill -0 "$holder" 2>/dev/null; then
      rm -rf "$lock"
      continue
    fi
  elif [ $waited -ge 3 ]; then
    rm -rf "$lock"
    continue
  fi
  [ $waited -gt 0 ] || say "another set-up is at work (pid ${holder:-unknown}); waiting for it"
  waited=$((waited + 1))
  sleep 1
done
echo $$ >"$lock/pid"
temporary=$work/tmp/setup-$$
trap 'rm -rf "$temporary" "$lock"' EXIT
trap 'exit 130' INT TERM HUP
mkdir -p "$temporary"

if needs_packages; then install_packages; fi

cause='this machine has no apt-get to take them from'
if needs_nats || needs_ergo || needs_redis || needs_inspircd; then
  if command -v apt-get >/dev/null && command -v dpkg >/dev/null; then
    prepare_apt
    cause='what the package archives of this machine carry does not run here, or is older'
    if needs_nats || needs_ergo; then fetch_newest || cause=$(apt_cause); fi
    if needs_redis; then fetch_redis || cause=$(apt_cause); fi
    if needs_inspircd; then fetch_inspircd || cause=$(apt_cause); fi
  fi
fi

missing=''
lacks() { missing="$missing
  $1"; }
if needs_nats; then lacks "nats-server >= $nats_floor: brew install nats-server, or https://nats.io/download, or name it: BREAKROOM_NATS_SERVER_BIN=..."; fi
if needs_ergo; then lacks "Ergo >= $ergo_floor: one program from https://ergo.chat, then name it: BREAKROOM_ERGOCHAT_BIN=..."; fi
if needs_redis; then lacks "redis-server >= $redis_floor: brew install redis, or your system's package, or name it: BREAKROOM_REDIS_SERVER_BIN=..."; fi
if needs_inspircd; then lacks "inspircd >= $inspircd_floor: your system's package; only tests need it, as an IRC network of another kind"; fi
[ -z "$missing" ] && exit 0
if [ $for_tests = no ]; then lacks 'or let Docker run the servers: docker compose up -d nats redis irc, then see .breakroom/compose/host.env'; fi
fail "some servers are missing, and could not be had: $cause.$missing"
