# shellcheck shell=sh
# What all checks share: they source it, nobody runs it.
#
# Exit 0 is fine, 1 is the fault, 2 is unknown. What cannot be seen is unknown, never fine.
# A check prints one line, at most 80 printable ASCII characters.
set -u
LC_ALL=C
export LC_ALL
umask 077

PROC_ROOT=${PROC_ROOT:-/proc}
SYS_ROOT=${SYS_ROOT:-/sys}
DEV_ROOT=${DEV_ROOT:-/dev}
HOST_ROOT=${HOST_ROOT:-}
# Counters of earlier calls. Only its owner may write there, or another user could forge them.
state=${STATE_DIR:-/var/lib/prunella-checks}

ok() { verdict 0 "$1"; }
bad() { verdict 1 "$1"; }
unknown() { verdict 2 "$1"; }

# The text may hold names that a node or a program chose. The detector uses it as a format: no percent sign may get through.
verdict() {
  printf '%.80s\n' "$(printf '%s' "$2" | tr -c ' -$&-~' ' ')"
  exit "$1"
}

# conclude "CODE TEXT", as the awk programs print it.
conclude() {
  case $1 in
    '0 '?*) ok "${1#??}" ;;
    '1 '?*) bad "${1#??}" ;;
    '2 '?*) unknown "${1#??}" ;;
    *) unknown 'the check itself failed' ;;
  esac
}

# No leading zero, which shells read as octal, and no more digits than 64 bits and awk hold exactly.
is_integer() {
  case $1 in
    0) return 0 ;;
    '' | 0* | *[!0-9]*) return 1 ;;
  esac
  [ ${#1} -le 15 ]
}

# options "NUMBERS" "WORDS" "$@": --name=value sets the variable of that name. A caller sets the defaults before.
options() {
  numbers=" $1 "
  words=" $2 state "
  shift 2
  for argument; do
    case $argument in
      --[a-z]*=*) ;;
      *) unknown "not an option: $argument" ;;
    esac
    name=${argument%%=*}
    name=${name#--}
    value=${argument#*=}
    case $name in *[!a-z]*) unknown "not an option: $argument" ;; esac
    case $numbers in
      *" $name "*) is_integer "$value" || unknown "not a whole number: $argument" ;;
      *) case $words in *" $name "*) ;; *) unknown "no such option: --$name" ;; esac ;;
    esac
    eval "$name=\$value"
  done
}

# one_of VALUE "CHOICES"
one_of() {
  case " $2 " in
    *" $1 "*) ;;
    *) unknown "must be one of $2: $1" ;;
  esac
}

# first_line FILE sets `line`; fails where there is none. By cat, because the read of dash takes one byte at a time, and below
# /proc/sys a second look finds nothing.
first_line() {
  line=$(cat "$1" 2>/dev/null) || return 1
  line=${line%%"$newline"*}
  [ -n "$line" ]
}
newline='
'

# integer FILE sets `line` to the one whole number that the file holds; fails where it holds anything else.
integer() { first_line "$1" && is_integer "$line"; }

# Missing is unknown. So is a machine on which nothing bounds the time of a program that hangs.
needs() {
  for program; do
    command -v "$program" >/dev/null 2>&1 || unknown "${program##*/} is not installed"
    if [ "${program#*/}" != "$program" ] && [ ! -x "$program" ]; then unknown "${program##*/} is not installed"; fi
  done
}

# bounded SECONDS PROGRAM ARGUMENT...
bounded() {
  seconds_at_most=$1
  shift
  timeout -k 1 "$seconds_at_most" "$@" </dev/null
}

readable() { [ -r "$1" ] || unknown "cannot read ${1##*/}"; }

# A disk of the machine itself: not a partition, a loop, a mapping or a RAID over others.
is_physical_disk() { [ -e "$SYS_ROOT/block/$1/device" ]; }

# Physical interfaces that are up, one name a line.
physical_interfaces() {
  for interface in "$SYS_ROOT"/class/net/*; do
    if [ -e "$interface/device" ] && first_line "$interface/operstate" && [ "$line" = up ]; then echo "${interface##*/}"; fi
  done
}

# The folder must be ours, no link, and closed to the writing of others.
secure_state() {
  [ -d "$state" ] || mkdir -p "$state" 2>/dev/null || unknown "no state directory: $state"
  [ ! -L "$state" ] || unknown "the state directory is a link: $state"
  # shellcheck disable=SC2012 # one folder, and stat is no POSIX
  owner=$(ls -ldn "$state" 2>/dev/null | awk '$1 ~ /^d....-..-/ { print $3 }')
  [ "$owner" = "$(id -u)" ] || unknown "others may write to the state directory: $state"
  [ -w "$state" ] || unknown "cannot write to the state directory: $state"
}

# Call before a pipe with `growth`: what it finds missing must end the check itself.
remember() {
  secure_state
  first_line "$PROC_ROOT/sys/kernel/random/boot_id" || unknown 'no boot ID'
  boot_id=$line
  first_line "$PROC_ROOT/uptime" || unknown 'no uptime'
  uptime=${line%% *}
}

# growth NAME WINDOW YOUNGEST reads "key counter..." and prints "key seconds increase..." since the sample whose age is nearest to
# WINDOW seconds, no younger than YOUNGEST and no older than twice the window. "key none" where there is no such sample of this
# boot, or a counter fell. Time is the uptime: nobody can set it.
growth() {
  awk -v boot_id="$boot_id" -v now="$uptime" -v window="$2" -v youngest="$3" -v past="$state/$1" -v kept="$state/.$1.$$" '
    function distance(age) { return age < window ? window - age : age - window }
    function consider(sample,    field, age) {
      if (split(sample, field, " ") < 4 || field[1] != boot_id || field[2] !~ /^[0-9.]+$/) return
      age = now - field[2]
      if (age < 0 || age > 2 * window) return
      print sample > kept
      if (age < youngest || ((field[3] in nearest) && distance(nearest[field[3]]) <= distance(age))) return
      nearest[field[3]] = age
      chosen[field[3]] = sample
    }
    function increase(    field, place, grown, text) {
      if (!($1 in nearest)) return "none"
      split(chosen[$1], field, " ")
      text = sprintf("%.2f", nearest[$1])
      for (place = 2; place <= NF; place++) {
        grown = $place - field[place + 2]
        if (grown < 0) return "none"
        text = text sprintf(" %.0f", grown)
      }
      return text
    }
    BEGIN { while (++lines <= 20000 && (getline sample < past) > 0) consider(sample) }
    { print boot_id, now, $0 > kept; print $1, increase() }
    END { if (NR == 0) printf "" > kept }
  ' && mv "$state/.$1.$$" "$state/$1" && return
  rm -f "$state/.$1.$$"
  echo '- none'
}
