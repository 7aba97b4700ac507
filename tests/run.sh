#!/usr/bin/env bash
# Builds and tests: all areas, or those named. "tests/run.sh --help" lists them; tests/README.md says more.
# The last line is "N passed, N failed, N skipped"; the exit code is 0 only if nothing failed and something passed.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
cd -- "$root"

configuration=Debug # The assertions of the engine are part of the tests; Release has none.
results=artifacts/test-results
native_bytes_max=$((8 * 1024 * 1024)) # Of the program of the area aot, without the native libraries beside it.
longest_suite=${KVPRPC_SUITE_TIMEOUT:-900} # Seconds; one that hangs is ended and has failed.

# Suites that keep the processors busy run two at a time. After them, one at a time, come those that wait for real
# programs and real time: beside others they would measure the others.
busy=(repository generator engine rpc hosting host fuzz)
quiet=(linux windows emulator cli js model aot)

passed=0 failed=0 skipped=0
failures=()
declare -A skips=() # How many tests were skipped, by area and reason.

main() {
  local areas=() area
  for area in "$@"; do
    case $area in
      -h | --help)
        usage
        exit 0
        ;;
    esac
    if ! is_in "$area" "${busy[@]}" "${quiet[@]}" long; then
      say "There is no area '$area'." >&2
      usage >&2
      exit 2
    fi
    areas+=("$area")
  done
  if [[ ${#areas[@]} -eq 0 ]]; then
    for area in "${busy[@]}" "${quiet[@]}"; do
      if has_tests "$area"; then areas+=("$area"); else say "The area $area has no tests yet."; fi
    done
  fi

  trap finish EXIT
  rm -rf -- "$results" && mkdir -p -- "$results"
  prepare_environment
  if is_in js "${areas[@]}"; then install_node; fi
  build "${areas[@]}"
  if is_in repository "${areas[@]}"; then check_format; fi
  run_suites "${areas[@]}"
}

usage() {
  cat << END
usage: tests/run.sh [area...]
areas: ${busy[*]} ${quiet[*]}
       long (the storms with many more rounds; not part of a run without areas)
END
}

say() { printf '%s\n' "$*"; }

# is_in WORD LIST...
is_in() {
  local word
  for word in "${@:2}"; do [[ $word != "$1" ]] || return 0; done
  return 1
}

project_of() {
  case $1 in
    engine) say KvpRpc.Protocol.Tests ;;
    rpc) say KvpRpc.Tests ;;
    generator) say KvpRpc.Generator.Tests ;;
    hosting) say KvpRpc.Hosting.Tests ;;
    host) say KvpRpc.Host.Tests ;;
    fuzz) say KvpRpc.Fuzz.Tests ;;
    linux | windows) say KvpRpc.Guest.Tests ;;
    emulator) say KvpRpc.Emulator.Tests ;;
    cli) say KvpRpc.Cli.Tests ;;
    js) say KvpRpc.Interop.Tests ;;
    repository) say KvpRpc.Repository.Tests ;;
    aot) say KvpRpc.AotApp ;;
  esac
}

# Which tests of the project are the area's, as options of the xunit runner.
filter_of() {
  case $1 in
    linux) say -namespace- 'KvpRpc.Guest.Tests.Windows*' ;;
    windows) say -namespace 'KvpRpc.Guest.Tests.Windows*' ;;
  esac
}

# has_tests AREA: whether there is any source yet.
has_tests() {
  local folder
  if [[ $1 == model ]]; then return; fi
  folder=tests/$(project_of "$1")
  if [[ $1 == windows ]]; then folder=$folder/Windows; fi
  [[ -d $folder && -n $(find "$folder" -name '*.cs' -print -quit) ]]
}

prepare_environment() {
  # A shell of a build agent may have no home; .NET and NuGet need one.
  export HOME="${HOME:-$root/artifacts/home}"
  export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en
  export DOTNET_GENERATE_ASPNET_CERTIFICATE=false
  # No build process may outlive this script: a build agent would wait for it.
  export MSBUILDDISABLENODEREUSE=1
  # The only outputs are those of this repository.
  unset Configuration Platform OutputPath

  # The version is that of global.json; it fails where only others are installed.
  dotnet --version > /dev/null 2>&1 ||
    stop "Install the .NET 10 SDK: https://dotnet.microsoft.com/download. Without it nothing can be built."
  # The test programs look for .NET in its usual places and here, not in PATH.
  export DOTNET_ROOT="${DOTNET_ROOT:-$(dirname -- "$(readlink -f -- "$(command -v dotnet)")")}"
  install_daemon
}

# The tests of the linux and emulator areas run Microsoft's daemon for Linux guests, unmodified.
install_daemon() {
  local why=""
  if [[ $(uname -s) != Linux ]]; then
    why="this is not Linux"
  elif [[ $EUID -ne 0 ]]; then
    why="it takes root to give the daemon a /dev and /var/lib of its own"
  elif ! has_daemon; then
    if command -v apt-get > /dev/null; then
      say "Installing hyperv-daemons."
      apt_install hyperv-daemons > "$results/apt.log" 2>&1 || tail -n 3 -- "$results/apt.log"
      has_daemon || why="the package hyperv-daemons cannot be installed here"
    else
      why="hv_kvp_daemon is missing, and this script knows only Debian's package of it, hyperv-daemons"
    fi
  fi
  if [[ -n $why ]]; then say "The tests with the real hv_kvp_daemon will be skipped: $why."; fi
}

apt_install() {
  apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

# The js area runs the JavaScript peer, which needs Node.js 18, as Debian 12 has it, and one package.
install_node() {
  local log=$results/npm.log
  if ! has_node && [[ $EUID -eq 0 ]] && command -v apt-get > /dev/null; then
    say "Installing nodejs and npm."
    apt_install nodejs npm > "$log" 2>&1 || tail -n 3 -- "$log"
  fi
  if ! has_node; then
    say "The tests with the JavaScript peer will be skipped: Node.js 18 or later with npm is missing."
  elif ! (cd tests/js && npm ci --ignore-scripts --no-audit --no-fund) > "$log" 2>&1; then
    rm -rf -- tests/js/node_modules # What is half there would fail, not skip.
    say "The tests with the JavaScript peer will be skipped: npm ci in tests/js failed."
    tail -n 3 -- "$log"
  fi
}

has_node() {
  local version
  command -v npm > /dev/null && version=$(node --version 2> /dev/null) || return 1
  version=${version#v}
  [[ ${version%%.*} -ge 18 ]]
}

has_daemon() { command -v hv_kvp_daemon > /dev/null || [[ -x /usr/sbin/hv_kvp_daemon ]]; }

# build AREA...: what the one area needs, or everything.
build() {
  local target=KvpRpc.sln
  if [[ $* == model ]]; then return; fi
  if [[ $# -eq 1 && $1 != repository && $1 != long ]]; then target=tests/$(project_of "$1"); fi
  say "Restoring and building $target ($configuration)."
  dotnet restore --locked-mode --verbosity quiet "$target" || stop "The restore failed."
  dotnet build --no-restore --configuration "$configuration" --verbosity quiet "$target" || stop "The build failed."
}

check_format() {
  local log=$results/format.log
  say "Checking the format."
  if dotnet format KvpRpc.sln --verify-no-changes --no-restore > "$log" 2>&1; then
    passed=$((passed + 1))
  else
    fail "repository: dotnet format --verify-no-changes"$'\n'"$(head -n 40 -- "$log")"
  fi
}

run_suites() {
  local area running=()
  for area in "${busy[@]}"; do
    is_in "$area" "$@" || continue
    if [[ ${#running[@]} -eq 2 ]]; then wait "${running[0]}" && running=("${running[1]}"); fi
    run_suite "$area" & running+=($!)
  done
  if [[ ${#running[@]} -gt 0 ]]; then wait "${running[@]}"; fi
  for area in "${quiet[@]}"; do
    if ! is_in "$area" model aot && is_in "$area" "$@"; then run_suite "$area"; fi
  done
  if is_in model "$@"; then run_models; fi
  if is_in aot "$@"; then run_native; fi
  if is_in long "$@"; then run_long; fi

  for area in "${busy[@]}" "${quiet[@]}" long-engine long-linux; do
    if [[ -e $results/$area.log ]]; then count_suite "$area"; fi
  done
}

# run_suite AREA [RESULT-NAME [OPTION...]]: runs the area's tests; what came out is read later from its files.
run_suite() {
  local area=$1 name=${2:-$1} assembly filter=() start=$SECONDS code=0
  assembly=$(project_of "$area")
  read -ra filter < <(filter_of "$area") || true
  say "Testing $name."
  timeout --kill-after=10 "$longest_suite" "artifacts/bin/$assembly/${configuration,,}/$assembly" \
    -noLogo -noColor -result-xml "$results/$name.xml" "${filter[@]}" "${@:3}" > "$results/$name.log" 2>&1 || code=$?
  say "$name ended after $((SECONDS - start)) s with exit code $code."
}

# Checks the models of protocol/model: each check that check.sh lists is a test.
run_models() {
  local check=protocol/model/check.sh log=$results/model.txt kind name reason start=$SECONDS why="" checks
  checks=$("$check" list | wc -l)
  if ! has_spin && [[ $EUID -eq 0 ]] && command -v apt-get > /dev/null; then
    say "Installing spin and gcc."
    apt_install spin gcc libc6-dev > "$results/apt-model.log" 2>&1 || tail -n 3 -- "$results/apt-model.log"
  fi
  if ! has_spin; then
    why="spin and a C compiler (Debian's spin, gcc, libc6-dev) are missing"
    if [[ ${CI:-} == true ]]; then
      fail "model: $checks checks skipped, which is a failure where CI=true: $why"
    else
      skipped=$((skipped + checks)) skips[model: $why]=$checks
    fi
    return
  fi
  say "Testing model."
  RESULTS=$root/$results/model.tsv timeout --kill-after=10 "$longest_suite" "$check" > "$log" 2>&1 || true
  cat -- "$log"
  while IFS=$'\t' read -r kind name reason; do
    case $kind in
      Pass) passed=$((passed + 1)) ;;
      *) fail "model: $name"$'\n'"    $reason" ;;
    esac
  done < <(cat -- "$results/model.tsv" 2> /dev/null)
  if ! grep -qE '^[0-9]+ passed, [0-9]+ failed$' "$log"; then
    fail "model: the check ended without results."$'\n'"$(tail -n 40 -- "$log")"
  fi
  say "model ended after $((SECONDS - start)) s."
}

has_spin() {
  command -v spin > /dev/null && command -v gcc > /dev/null &&
    gcc -x c - -o /dev/null 2> /dev/null <<< 'int main(void) { return 0; }'
}

# Publishes a program as native code, without any warning, and lets it make calls of every shape.
run_native() {
  local why log=$results/native.log folder=artifacts/aot program bytes
  why=$(missing_for_native)
  if [[ -n $why ]]; then
    if [[ ${CI:-} == true ]]; then
      fail "aot: skipped, which is a failure where CI=true: $why"
    else
      skipped=$((skipped + 1)) skips[aot: $why]=1
    fi
    return
  fi
  say "Publishing tests/KvpRpc.AotApp as native code."
  rm -rf -- "$folder"
  if ! dotnet publish tests/KvpRpc.AotApp --configuration Release --output "$folder/app" --verbosity quiet \
    -p:KvpRpcNative=true -p:ArtifactsPath="$root/$folder" -p:CppCompilerAndLinker=gcc > "$log" 2>&1 ||
    grep -qE '(warning|error) ' "$log"; then
    fail "aot: the publish failed or warned."$'\n'"$(tail -n 40 -- "$log")"
    return
  fi
  passed=$((passed + 1))

  program=$folder/app/KvpRpc.AotApp
  bytes=$(stat --format=%s -- "$program")
  say "The native program has $bytes bytes; $native_bytes_max are allowed."
  if [[ $bytes -lt $native_bytes_max ]]; then passed=$((passed + 1)); else fail "aot: the program has $bytes bytes."; fi
  if timeout --kill-after=10 120 "$program" > "$log" 2>&1; then
    passed=$((passed + 1))
    cat -- "$log"
  else
    fail "aot: the native program failed."$'\n'"$(tail -n 40 -- "$log")"
  fi
}

# What it takes to link native code that is not there and cannot be had; nothing if all is there.
missing_for_native() {
  if [[ $(uname -sm) != "Linux x86_64" ]]; then
    say "this is not Linux on x64"
  elif ! has_linker; then
    if [[ $EUID -eq 0 ]] && command -v apt-get > /dev/null; then
      apt_install gcc libc6-dev zlib1g-dev > "$results/apt-native.log" 2>&1 || true
    fi
    has_linker || say "gcc and zlib's headers (Debian's gcc, libc6-dev, zlib1g-dev) are missing"
  fi
}

has_linker() {
  command -v gcc > /dev/null && gcc -x c - -lz -o /dev/null 2> /dev/null <<< 'int main(void) { return 0; }'
}

# The same tests as every day, in many more worlds and with many more killed writers.
run_long() {
  longest_suite=${KVPRPC_SUITE_TIMEOUT:-14400}
  KVPRPC_SEEDS=${KVPRPC_SEEDS:-1000000} run_suite engine long-engine -class '*.SwarmTests'
  KVPRPC_STORM_ROUNDS=${KVPRPC_STORM_ROUNDS:-2000} run_suite linux long-linux -class '*.StormTests'
}

# count_suite NAME: adds up the results file of a suite.
count_suite() {
  local file=$results/$1.xml kind name reason p f s
  if ! grep -q '</assemblies>' "$file" 2> /dev/null; then
    fail "$1: the test process ended without results."$'\n'"$(tail -n 40 -- "$results/$1.log")"
    return
  fi
  read -r p f s < <(sum_of "$file")
  passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
  if [[ $((p + f + s)) -eq 0 ]]; then fail "$1: no test ran."; fi

  while IFS=$'\t' read -r kind name reason; do
    case $kind in
      Fail) failures+=("$1: $name"$'\n'"$(details_of "$name" "$results/$1.log")") ;;
      Skip)
        # On the build machine a test that could have run must run. Those for Windows alone say so in their reason.
        if [[ ${CI:-} == true && $reason != "Windows only:"* ]]; then
          skipped=$((skipped - 1))
          fail "$1: skipped, which is a failure where CI=true: $name: $reason"
        else
          skips[$1: $reason]=$((${skips[$1: $reason]:-0} + 1))
        fi
        ;;
    esac
  done < <(list_of "$file")
  # Failures outside of tests (a fixture's disposal) are counted by the runner as errors, without a test's name.
  if [[ $f -gt 0 ]] && ! grep -q ' result="Fail"' "$file"; then
    failures+=("$1: errors outside of tests"$'\n'"$(tail -n 40 -- "$results/$1.log")")
  fi
}

# The file's <assembly> elements say how many there were.
sum_of() {
  awk -v RS='<' '
    function value(name) { return match($0, " " name "=\"[0-9]+\"") ? substr($0, RSTART + length(name) + 3) + 0 : 0 }
    /^assembly / { passed += value("passed"); failed += value("failed") + value("errors"); skipped += value("skipped") }
    END { print passed + 0, failed + 0, skipped + 0 }' "$1"
}

# A line for each test that failed or was skipped: "Fail<TAB>name" or "Skip<TAB>name<TAB>reason".
list_of() {
  awk -v RS='<test ' '
    function unescape(text) {
      gsub(/&lt;/, "<", text); gsub(/&gt;/, ">", text); gsub(/\\?&quot;/, "\"", text)
      gsub(/&apos;/, "\047", text); gsub(/&amp;/, "\\&", text); gsub(/[\t\r\n]+/, " ", text)
      return text
    }
    / result="(Fail|Skip)"/ {
      match($0, / name="[^"]*"/); name = unescape(substr($0, RSTART + 7, RLENGTH - 8))
      if ($0 ~ / result="Fail"/) { print "Fail\t" name; next }
      reason = "no reason"
      if (start = index($0, "<reason>")) {
        reason = substr($0, start + 8)
        reason = substr(reason, 1, index(reason, "</reason>") - 1)
        if (reason ~ /^<!\[CDATA\[/) reason = substr(reason, 10, length(reason) - 12)
        else reason = unescape(reason)
        gsub(/[\t\r\n]+/, " ", reason)
      }
      print "Skip\t" name "\t" reason
    }' "$1"
}

# details_of TEST LOG: what the runner printed below the test's name.
details_of() {
  awk -v line="    $1 [FAIL]" '
    $0 == line { on = 1; next }
    on && /^    [^ ]/ { exit }
    on && ++count <= 40 { print }' "$2"
}

# fail TEXT
fail() {
  failed=$((failed + 1))
  failures+=("$1")
}

# stop TEXT: nothing can be tested.
stop() {
  fail "$1"
  exit 1
}

finish() {
  local code=$? text
  trap - EXIT
  if [[ $code -ne 0 && $failed -eq 0 ]]; then fail "The script ended early, with exit code $code."; fi
  if [[ $passed -eq 0 && $failed -eq 0 ]]; then fail "No test ran."; fi
  if [[ ${#skips[@]} -gt 0 ]]; then
    printf '\nSkipped:\n'
    for text in "${!skips[@]}"; do say "  ${skips[$text]} of $text"; done | sort -k 3
  fi
  if [[ ${#failures[@]} -gt 0 ]]; then
    printf '\nFailed:\n'
    for text in "${failures[@]}"; do say "  $text"; done
  fi
  say "$passed passed, $failed failed, $skipped skipped"
  [[ $failed -eq 0 ]] || exit 1
  exit 0
}

main "$@"
