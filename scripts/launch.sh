#!/bin/sh
# Runs scripts/launch.ts under Node 22.18 or newer; where the machine's Node is older, npx brings one for this run.
set -eu
cd "$(dirname "$0")/.."
if ! command -v node >/dev/null 2>&1; then
  echo "sillok: Node.js is missing. Install Node.js 20 or newer with npm, then run the same command again." >&2
  exit 1
fi
if node -e 'const [major, minor] = process.versions.node.split(".").map(Number); process.exit(major > 22 || (major === 22 && minor >= 18) ? 0 : 1)'; then
  exec node scripts/launch.ts "$@"
fi
exec npx -y -p node@22.23.3 -- node scripts/launch.ts "$@"
