#!/bin/sh
# Tracked connections above --percent of the table. Unknown where the kernel tracks none.
. "${0%/*}/lib.sh"
percent=90
options 'percent' '' "$@"

integer "$PROC_ROOT/sys/net/netfilter/nf_conntrack_count" || unknown 'the kernel tracks no connections'
entries=$line
integer "$PROC_ROOT/sys/net/netfilter/nf_conntrack_max" || unknown 'the table of connections has no size'
if [ "$line" -eq 0 ]; then unknown 'the table of connections has no size'; fi

if [ $((entries * 100)) -gt $((line * percent)) ]; then bad "$entries of $line connections are tracked"; fi
ok "$entries of $line connections are tracked"
