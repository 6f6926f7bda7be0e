#!/bin/sh
# Ends the servers of the process at the other end of its input, and removes their folder, when that process has gone,
# whatever it died of. Usage: watcher.sh <folder>. In the folder, */pid and */signal tell whom to end and how.
trap '' HUP INT QUIT TERM
cat >/dev/null
# From now on nobody can note another server there: each notes its process number in its folder before it begins.
mv "$1" "$1.gone" || exit 0
cd "$1.gone" || exit 1

alive() {
  for file in */pid; do
    if [ -s "$file" ] && kill -0 "$(cat "$file")" 2>/dev/null; then return 0; fi
  done
  return 1
}

end_all() {
  for file in */pid; do
    [ -s "$file" ] || continue
    kill -s "${1:-$(cat "${file%pid}signal")}" "$(cat "$file")" 2>/dev/null
    kill -s CONT "$(cat "$file")" 2>/dev/null
  done
}

end_all
left=100
while alive && [ $left -gt 0 ]; do
  [ $left -eq 30 ] && end_all KILL
  left=$((left - 1))
  sleep 0.1
done
cd / && rm -rf "$1.gone"
