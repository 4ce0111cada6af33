#!/usr/bin/env bash
# Puts the OAuth clients of other languages into out/clients, where tests look for them: those of Python
# from PyPI, which must be had, and those of Java and Go where Maven and Go are there and reach theirs.
set -euo pipefail
cd "$(dirname "$0")/../.."
clients=$PWD/out/clients
mkdir -p "$clients"

# Debian's own Python, where it is: the versions are pinned for it.
python=python3
[ -x /usr/bin/python3 ] && python=/usr/bin/python3
wanted=test/clients/python/requirements.txt
if ! cmp -s "$wanted" "$clients/python/requirements.txt"; then
  rm -rf "$clients/python"
  "$python" -m venv "$clients/python"
  "$clients/python/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "$wanted"
  cp "$wanted" "$clients/python/requirements.txt"
fi

if command -v mvn >/dev/null && [ ! -e "$clients/spring" ]; then
  mvn -q -B -f test/clients/java/pom.xml dependency:copy-dependencies \
    -DoutputDirectory="$clients/spring.new" && mv "$clients/spring.new" "$clients/spring" ||
    echo 'Spring Security is not to be had here: its client is not tried.' >&2
fi

if command -v go >/dev/null; then
  (cd test/clients/go && GOTOOLCHAIN=local go build -o "$clients/go-client" .) ||
    echo 'The client of Go is not to be had here: it is not tried.' >&2
fi
