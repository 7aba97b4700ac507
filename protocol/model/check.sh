#!/usr/bin/env bash
# Checks the models of this folder with spin; README.md says what they are.
#
#   check.sh                 all models; a line for each, and at last "N passed, N failed"
#   check.sh list            the names of all checks
#   check.sh trail FILE [N]  the events that lead to the error of a variant, or to the line reached(N) of a model
#
# A model must be searched completely, without an error and without a line that was never reached, and must have no
# cycle without progress. A file whose first line says "expect:" is a variant: spin must find just that error in it.
# RESULTS=FILE has each check written there too, as "Pass", "Fail" or its name and what was wrong, between tabs.
set -euo pipefail

folder=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
results=${RESULTS:-/dev/null}
jobs=2        # At a time; a search takes up to 700 MB.
longest=600   # Seconds for a search; one that takes longer has failed.
memory=1800   # MB for a search.
depth=100000  # Steps; a search that needs more is not complete, and has failed.

main() {
  if [[ ${1:-} != list ]] && ! { command -v spin && command -v gcc; } > /dev/null; then
    stop "spin and gcc are needed (Debian: spin, gcc)."
  fi
  work=$(mktemp -d)
  trap 'rm -rf -- "$work"' EXIT
  case ${1:-all} in
    all) check_all ;;
    list) list ;;
    trail) trail "${@:2}" ;;
    *) sed -n '2,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
  esac
}

say() { printf '%s\n' "$*"; }

stop() { say "$*" >&2; exit 1; }

# The files that are checked: all but what others include only.
files() {
  local file
  for file in "$folder"/*.pml; do
    file=${file##*/}
    if [[ $file != common.pml ]]; then say "$file"; fi
  done
}

expected() { sed -n '1s/^\/\* expect: \([^ ,]*\( cycle\)\{0,1\}\).*/\1/p' "$folder/$1"; }

list() {
  local file
  for file in $(files); do
    if [[ -n $(expected "$file") ]]; then
      say "$file: is rejected"
    else
      printf '%s\n' "$file: safety" "$file: no line unreached" "$file: progress"
    fi
  done
}

check_all() {
  local file running=0 passed failed
  # Models first, the largest of them first of all: they take longest.
  for file in slots-both-ways.pml $(files | grep -v -e '^slots-both' -e '^without' | sort -r) \
    $(files | grep '^without'); do
    if [[ $running -eq $jobs ]]; then
      wait -n
      running=$((running - 1))
    fi
    check "$file" &
    running=$((running + 1))
  done
  wait
  cat "$work"/*.result > "$work/all"
  cat "$work/all" > "$results"
  passed=$(grep -c '^Pass' "$work/all") || true
  failed=$(grep -c '^Fail' "$work/all") || true
  # A check that has vanished has not passed.
  if [[ $((passed + failed)) -ne $(list | wc -l) ]]; then stop "Some checks gave no result."; fi
  say "$passed passed, $failed failed"
  [[ $failed -eq 0 ]]
}

# check FILE: one model or variant; what it says comes in one piece.
check() {
  local file=$1 expect text=""
  expect=$(expected "$file")
  mkdir -- "$work/$file"
  if [[ -z $expect ]]; then check_model "$file"; else check_variant "$file" "$expect"; fi > "$work/$file/said" 2>&1 ||
    result Fail "$file: check" "the check itself broke: $(tail -n 3 -- "$work/$file/said" | tr '\n' ' ')"
  text=$(< "$work/$file/said")
  say "$text"
}

check_model() {
  local file=$1 wrong
  search "$file" safety -DSAFETY
  wrong=$(errors_of "$work/$file/safety.out")
  verdict "$file: safety" "$wrong"
  describe "$file: safety" "$work/$file/safety.out" "$wrong"
  wrong=$(unreached_in "$work/$file/safety.out")
  verdict "$file: no line unreached" "$wrong"
  if [[ -n $wrong ]]; then say "$file: never reached: $wrong"; fi

  search "$file" progress -DNP -l
  wrong=$(errors_of "$work/$file/progress.out")
  verdict "$file: progress" "$wrong"
  describe "$file: progress" "$work/$file/progress.out" "$wrong"
}

# check_variant FILE KIND: a cycle must be one that weak fairness allows, an assertion the one that is named.
check_variant() {
  local file=$1 expect=$2 wrong=""
  if [[ $expect == "non-progress cycle" ]]; then
    search "$file" variant -DNP -l -f
    grep -q '^pan:1: non-progress cycle ' "$work/$file/variant.out" || wrong="no non-progress cycle was found"
  else
    search "$file" variant -DSAFETY
    grep -q "^pan:1: assertion violated $expect " "$work/$file/variant.out" || wrong="$expect was not violated"
  fi
  verdict "$file: is rejected" "$wrong"
  describe "$file: rejected: $expect" "$work/$file/variant.out" "$wrong"
}

# search FILE NAME GCC-OPTION [PAN-OPTION...]: what spin's program says is in NAME.out, whatever comes of it.
search() {
  local file=$1 name=$2 kind=$3 out=$work/$1/$2.out
  (
    cd -- "$work/$file"
    # Statements that spin merges (it does not with -o3) would count as reached when the first of them is.
    spin -o3 -a "$folder/$file" > "$out" 2>&1 &&
      gcc -O2 -w "$kind" -DMEMLIM="$memory" -o "$name" pan.c >> "$out" 2>&1 &&
      timeout "$longest" "./$name" -m"$depth" "${@:4}" >> "$out" 2>&1
  ) || say "exit code $?" >> "$out"
}

# Why a search is not one that was complete and found nothing; nothing if it is.
errors_of() {
  local found
  found=$(grep -E '^pan:|^error|max search depth|out of memory|Search not completed|exit code|hash factor' "$1" |
    grep -v '^pan: \(elapsed\|rate\)' || true)
  if [[ -z $found ]] && ! grep -q 'errors: 0$' "$1"; then found="no result: $(tail -n 3 -- "$1")"; fi
  tr '\n' ' ' <<< "$found" | sed 's/ *$//'
}

# Lines that the search never came to. The end of a process that never ends is none.
unreached_in() {
  sed -n '/^unreached in /,/^$/p' "$1" | grep -e '\.pml:' | grep -v -e '"-end-"' |
    sed 's/^[[:blank:]]*\(.*\/\)\{0,1\}//' | sort -u | tr '\n' ' ' || true
}

# verdict NAME WRONG
verdict() { if [[ -z $2 ]]; then result Pass "$1" ""; else result Fail "$1" "$2"; fi; }

result() { printf '%s\t%s\t%s\n' "$1" "$2" "$3" >> "$work/${2%%:*}.result"; }

# describe NAME OUT WRONG: one line for people.
describe() {
  local states depth_reached seconds
  states=$(awk '/states, stored/ { print $1; exit }' "$2")
  depth_reached=$(sed -n 's/.*depth reached \([0-9]*\).*/\1/p' "$2")
  seconds=$(sed -n 's/^pan: elapsed time \([0-9.e+-]*\) seconds/\1/p' "$2")
  printf '%-52s %10s states, depth %5s, %6s s%s\n' "$1" "${states:-?}" "${depth_reached:-?}" "${seconds:-?}" \
    "${3:+  FAILED: $3}"
}

# trail FILE [GOAL]: the shortest way to the error, as the events that the model prints.
trail() {
  local file=${1##*/} goal=${2:-0} options=(-DSAFETY -DREACH) run=(-i)
  [[ -e $folder/$file ]] || stop "There is no model '$file'."
  if [[ $(expected "$file") == "non-progress cycle" ]]; then options=(-DNP) run=(-l -f); fi
  cd -- "$work"
  spin -DGOAL="$goal" -a "$folder/$file"
  gcc -O2 -w "${options[@]}" -DMEMLIM="$memory" -o pan pan.c
  ./pan -m"$depth" "${run[@]}" > out || true
  grep '^pan:[0-9]*: [an]' out | tail -n 1 || stop "There is no error."
  spin -DGOAL="$goal" -k "$file.trail" "$folder/$file" 2> /dev/null |
    sed -n -e '/^\(#processes\|spin: trail ends\)/q' -e '/^\(using\|spin:\)/d' \
      -e 's/^ *<<<<<START.*/(from here on again and again)/' -e '/^[[:blank:]]*$/!p'
}

main "$@"
