#!/bin/sh
# Processes that ended and were never waited for. Needs the process IDs of the host.
. "${0%/*}/lib.sh"
count=20
options 'count' '' "$@"

processes=0 zombies=0
# No program is started per process: on a sick node there may be a hundred thousand.
for stat in "$PROC_ROOT"/[0-9]*/stat; do
  { read -r line; } 2>/dev/null <"$stat" || continue
  processes=$((processes + 1))
  # the name may hold anything, so the state is what follows the last parenthesis
  case ${line##*) } in Z*) zombies=$((zombies + 1)) ;; esac
done

if [ "$processes" -eq 0 ]; then unknown 'no process can be seen'; fi
if [ "$zombies" -ge "$count" ]; then bad "$zombies of $processes processes are zombies"; fi
ok "$zombies of $processes processes are zombies"
