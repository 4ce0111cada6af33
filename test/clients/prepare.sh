#!/usr/bin/env bash
# Puts the OAuth clients of other languages, and what makes clients of openapi.json, into out/clients, where
# tests look for them: those of Python from PyPI, which must be had, and those of Java, Go and Rust where
# Maven, Go and Cargo are there and reach theirs.
set -euo pipefail
cd "$(dirname "$0")/../.."
clients=$PWD/out/clients
mkdir -p "$clients"
generator=github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen

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

# What a pom.xml names, into a folder; anew when the pom has changed.
libraries() {
  local pom=test/clients/$1/pom.xml folder=$clients/$2
  cmp -s "$pom" "$folder/pom.xml" && return
  rm -rf "$folder" "$folder.new"
  mvn -q -B -f "$pom" dependency:copy-dependencies -DoutputDirectory="$folder.new" || return
  cp "$pom" "$folder.new" && mv "$folder.new" "$folder"
}

if command -v mvn >/dev/null; then
  libraries java spring || echo 'Spring Security is not to be had here: its client is not tried.' >&2
  libraries generated/java openapi-java ||
    echo 'OpenAPI Generator is not to be had here: its client in Java is not tried.' >&2
fi

if command -v cargo >/dev/null && [ ! "$clients/rust-client" -nt test/clients/rust/src/main.rs ]; then
  made=$(mktemp -d)
  (cd test/clients/rust && cargo build --quiet --locked --target-dir "$made") &&
    cp "$made/debug/tokentray-client" "$clients/rust-client" ||
    echo 'The client of Rust is not to be had here: it is not tried.' >&2
  rm -rf "$made"
fi

if command -v go >/dev/null; then
  export GOTOOLCHAIN=local
  (cd test/clients/go && go build -o "$clients/go-client" .) ||
    echo 'The client of Go is not to be had here: it is not tried.' >&2
  # The test compiles what it makes without a network, so all that takes is fetched now.
  (cd test/clients/generated/go && go mod download && go build -o "$clients/oapi-codegen" "$generator") ||
    echo 'oapi-codegen is not to be had here: its client in Go is not tried.' >&2
  [ -x "$clients/actionlint" ] ||
    GOBIN=$clients go install github.com/rhysd/actionlint/cmd/actionlint@v1.7.7 ||
    echo 'actionlint is not to be had here: the workflows are not looked through by it.' >&2
fi
