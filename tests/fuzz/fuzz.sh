#!/usr/bin/env bash
# Fuzzes one parser under coverage guidance: tests/fuzz/fuzz.sh TARGET [SECONDS]. tests/fuzz/README.md says more.
# What was found lies afterwards in artifacts/fuzz/TARGET/out/default/crashes.
set -euo pipefail

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/../.." && pwd)
cd -- "$root"
target=${1:?usage: tests/fuzz/fuzz.sh TARGET [SECONDS], TARGET a folder of tests/fuzz/corpus}
seconds=${2:-3600}
work=artifacts/fuzz
program=$work/program/KvpRpc.Fuzz.Tests
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

[[ -d tests/fuzz/corpus/$target ]] || { printf 'There is no corpus of %s.\n' "$target" >&2; exit 2; }
if ! command -v afl-fuzz > /dev/null; then
  printf 'Install AFL++: apt-get install afl++ (on Debian), or https://aflplus.plus.\n' >&2
  exit 2
fi

# The parsers' branches count: their assemblies are rewritten, by namespace or type, since nothing that runs before the
# fuzzer may count. Several runs share the program; remove artifacts/fuzz to build it anew.
instrument() { "$work/tool/sharpfuzz" "$work/program/$1.dll" "${@:2}"; }
if [[ ! -e $work/instrumented ]]; then
  dotnet build tests/KvpRpc.Fuzz.Tests --configuration Release --verbosity quiet
  mkdir -p "$work" && rm -rf "$work/program" && cp -r artifacts/bin/KvpRpc.Fuzz.Tests/release "$work/program"
  [[ -x $work/tool/sharpfuzz ]] ||
    dotnet tool install SharpFuzz.CommandLine --version 2.3.0 --tool-path "$work/tool" > /dev/null
  instrument KvpRpc.Protocol
  instrument KvpRpc.Guest
  instrument KvpRpc.Host KvpRpc.Host.Wmi
  instrument KvpRpc KvpRpc.Calls KvpRpc.Generated.RpcReading KvpRpc.Generated.RpcValues
  instrument KvpRpc.Fuzz.Tests KvpRpc.Generated.For_KvpRpc_Fuzz_Tests.Serializers
  instrument MessagePack MessagePack.MessagePackReader
  touch "$work/instrumented"
fi

# .NET maps more than AFL's limit of memory, and its program is no binary that AFL knows.
export AFL_SKIP_BIN_CHECK=1 AFL_NO_AFFINITY=1 AFL_I_DONT_CARE_ABOUT_MISSING_CRASHES=1 AFL_SKIP_CPUFREQ=1 AFL_NO_UI=1
mkdir -p "$work/$target"
afl-fuzz -i "tests/fuzz/corpus/$target" -o "$work/$target/out" -t 5000 -m none -V "$seconds" \
  "$program" fuzz "$target" > "$work/$target/log" 2>&1 || { tail -n 20 "$work/$target/log" >&2; exit 1; }
grep -E '^(run_time|execs_done|execs_per_sec|corpus_count|edges_found|saved_crashes|saved_hangs|bitmap_cvg)' \
  "$work/$target/out/default/fuzzer_stats"
