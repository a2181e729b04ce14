#!/bin/sh
# Tasks (processes and threads) above --percent of what the kernel allows.
. "${0%/*}/lib.sh"
percent=90
options 'percent' '' "$@"

first_line "$PROC_ROOT/loadavg" || unknown 'cannot read loadavg'
# "0.20 0.18 0.12 1/80 11206": the number behind the slash is that of all tasks
tasks=${line#*/}
tasks=${tasks%% *}
is_integer "$tasks" || unknown 'loadavg does not tell the number of tasks'
integer "$PROC_ROOT/sys/kernel/pid_max" || unknown 'cannot read pid_max'
limit=$line
integer "$PROC_ROOT/sys/kernel/threads-max" || unknown 'cannot read threads-max'
if [ "$line" -lt "$limit" ]; then limit=$line; fi

if [ $((tasks * 100)) -gt $((limit * percent)) ]; then bad "$tasks of $limit possible tasks exist"; fi
ok "$tasks of $limit possible tasks exist"
