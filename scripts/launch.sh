#!/bin/sh
# Runs scripts/launch.ts under a Node that reads TypeScript; where the machine's own is older, npx brings one, once.
set -eu
cd "$(dirname "$0")/.."

reads_typescript() {
  "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 23 || (a === 23 && b >= 6) || (a === 22 && b >= 18) ? 0 : 1)' 2>/dev/null
}

if ! command -v node >/dev/null 2>&1 || ! command -v npm >/dev/null 2>&1; then
  echo "sillok: Node.js or npm is missing. Install Node.js 20 or newer with npm, then run the same command again." >&2
  exit 1
fi
node=node
if ! reads_typescript node; then
  # Where npx put it the last time, so that the next start need not ask the registry.
  kept=cache/node-path
  node="$(cat "$kept" 2>/dev/null || true)"
  if [ -z "$node" ] || ! reads_typescript "$node"; then
    echo "sillok: fetching Node.js 22, since this machine has $(node --version) …" >&2
    if ! node="$(npx -y -p node@22.23.3 -- node -p process.execPath)" || ! reads_typescript "$node"; then
      echo "sillok: Node.js 22.18 or newer could not be fetched. Install it, then run the same command again." >&2
      exit 1
    fi
    mkdir -p cache
    echo "$node" >"$kept.$$"
    mv "$kept.$$" "$kept"
  fi
  # npm and every tool it starts must run under the same Node: an older npm leaves out parts of packages.
  PATH="$(dirname "$node"):$PATH"
  export PATH
fi
# Requests live shorter than Node expects: room for the young (MB) saves a tenth of the gateway's processor time.
exec "$node" --max-semi-space-size=32 scripts/launch.ts "$@"
