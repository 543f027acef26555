#!/usr/bin/env bash
# Fuzzes every target, or those that are named, guided by what code an input reaches: FUZZ_SECONDS for each (60). What is found
# lies in fuzz/artifacts, what was reached in target/fuzz-corpus, where the next run begins.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=${FUZZ_SECONDS:-60}
command -v cargo-fuzz >/dev/null || cargo install --locked cargo-fuzz
# The compiler is the stable one, which has no sanitizers; nearly all of the code is safe. A little optimisation is worth its
# compile time many times over. A folder of its own, since everything is compiled with counters.
export CARGO_TARGET_DIR=$PWD/target/fuzz CARGO_PROFILE_DEV_OPT_LEVEL=1 CARGO_PROFILE_DEV_DEBUG=line-tables-only
build=(--dev --sanitizer none --features guided)

targets=("$@")
[ ${#targets[@]} -gt 0 ] || mapfile -t targets < <(cargo fuzz list)
for target in "${targets[@]}"; do
  cargo fuzz build "${build[@]}" "$target"
done
found=()
for target in "${targets[@]}"; do
  echo "== $target"
  corpus=target/fuzz-corpus/$target
  mkdir -p "$corpus" "fuzz/artifacts/$target"
  CARGO_TARGET_DIR=$PWD/target cargo run --quiet --locked -p frontdesk-fuzz --example made -- "$target" "$corpus"
  cargo fuzz run "${build[@]}" "$target" "$corpus" "fuzz/corpus/$target" -- \
    -max_total_time="$seconds" -max_len=65536 -timeout=120 -rss_limit_mb=4096 -print_final_stats=1 2>&1 |
    tee "target/fuzz-corpus/$target.log" | grep -E 'DONE|stat::|panicked|ERROR|SUMMARY|Test unit' || true
  grep -q 'stat::number_of_executed_units' "target/fuzz-corpus/$target.log" && ! grep -q 'Test unit written' "target/fuzz-corpus/$target.log" ||
    found+=("$target")
done
[ ${#found[@]} -eq 0 ] || { echo "something was found: ${found[*]}" >&2; exit 1; }
echo "nothing was found in ${#targets[@]} targets"
