#!/bin/bash
# In fpm's place, for tests: takes what electron-builder says for "-s dir -t deb" and calls dpkg-deb.
set -euo pipefail

declare -A given=()
declare -a depends=() recommends=() maps=()
while (($#)); do
  case $1 in
    -d) depends+=("$2"); shift 2 ;;
    --deb-recommends) recommends+=("$2"); shift 2 ;;
    --force | --debug) shift ;;
    -s | -t | --architecture | --after-install | --after-remove | --description | --version | \
      --package | --name | --maintainer | --vendor | --url | --license | --category | \
      --deb-priority | --deb-compression | --log)
      given[${1##*-}]=$2
      shift 2
      ;;
    -*) echo "fpm-on-dpkg: an option that is not known here: $1" >&2; exit 64 ;;
    *=*) maps+=("$1"); shift ;;
    *) echo "fpm-on-dpkg: an argument that is not known here: $1" >&2; exit 64 ;;
  esac
done
[[ ${given[s]} == dir && ${given[t]} == deb ]]

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
for map in "${maps[@]}"; do
  from=${map%%=*}
  to=$root${map#*=}
  mkdir -p "$(dirname "$to")"
  # As fpm does: the mode of the source is the mode in the package.
  if [[ $from == */ ]]; then cp -a "$from." "$to"; else cp -p "$from" "$to"; fi
done

joined() {
  local all
  all=$(printf ', %s' "$@")
  echo "${all#, }"
}
mkdir "$root/DEBIAN"
install -m 0755 "${given[install]}" "$root/DEBIAN/postinst"
install -m 0755 "${given[remove]}" "$root/DEBIAN/postrm"
{
  echo "Package: ${given[name]}"
  echo "Version: ${given[version]}"
  echo "Architecture: ${given[architecture]}"
  echo "Maintainer: ${given[maintainer]}"
  echo "Section: ${given[category]}"
  echo "Priority: ${given[priority]}"
  echo "Homepage: ${given[url]}"
  echo "Depends: $(joined "${depends[@]}")"
  echo "Recommends: $(joined "${recommends[@]}")"
  sed '1s/^ */Description: /; 2,$s/^ */ /' <<<"${given[description]}"
} >"$root/DEBIAN/control"
chmod -R go-w "$root"
chmod 0755 "$root"
dpkg-deb --root-owner-group -Zgzip -z1 --build "$root" "${given[package]}"
