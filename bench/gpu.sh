#!/usr/bin/env bash
# Measures this machine's GPU in one call of at most ten minutes: doctor, then the benches of the engine, of
# sequential and of language models on it, beside PyTorch on the same card; on CUDA the engine's in mixed precision;
# then as much of the profile `real` as the time that is left allows. No registry, and for the benches no build. They
# need Node.js, this repository, a Vulkan loader (webgpu) or ONNX Runtime's CUDA library (cuda), and of node_modules:
#
#     onnxruntime-node onnxruntime-common onnx-proto protobufjs long @protobufjs @tensorflow seedrandom commander
#     valibot sucrase lines-and-columns ts-interface-checker @jridgewell http-proxy-agent https-proxy-agent
#     agent-base proxy-from-env debug ms (and lib/node_modules)
#
# `real` needs lib/dist (npx tsc -p lib), and of node_modules as well:
#
#     @duckdb @img @koromix koffi @xenova detect-libc semver sharp
#
#     bash bench/gpu.sh [webgpu|cuda]     (default: webgpu)
#
# ELEPHANT_DATA     folder with the Amazon files; without it a made-up domain is measured
# ELEPHANT_MINILM   folder of a MiniLM; without it its rows are left out
# ELEPHANT_MODEL    folder of a language model for `real`, such as one of base size; without it and the files
#                   `real` is left out
# REAL_SET          settings of `real`, separated by spaces, such as given.pretraining.users=330
# ELEPHANT_PYTHON   a Python whose torch sees the card, and that has transformers; default python3. Without torch
#                   ours alone is measured
# OUT               folder for copies of the results and the log of all that was said; default bench/results
# GPU_SECONDS       for all of it; default 570. What does not fit is cut off, what was measured before stays
# GPU_TINY=1        tiny sizes, to see that the script runs where there is no card
set -uo pipefail
cd "$(dirname "$0")/.."
provider=${1:-webgpu}
ends=$((SECONDS + ${GPU_SECONDS:-570}))
tiny=${GPU_TINY:-}
out=${OUT:-bench/results}
mkdir -p "$out"
log=$out/gpu-$provider.log
started=$(mktemp)
: >"$log"
failed=0
export ELEPHANT_PYTHON=${ELEPHANT_PYTHON:-$(command -v python3)}

# measure NAME SECONDS COMMAND...: at most so long, and no longer than is left.
measure() {
  local name=$1 most=$2 left=$((ends - SECONDS)) from=$SECONDS code
  shift 2
  echo "=== $name" | tee -a "$log"
  if [ "$left" -le 5 ]; then
    echo '--- no time left' | tee -a "$log"
    failed=1
    return
  fi
  timeout -k 5 "$((left < most ? left : most))" "$@" 2>&1 | tee -a "$log"
  code=${PIPESTATUS[0]}
  echo "--- $name: exit code $code, $((SECONDS - from)) s" | tee -a "$log"
  [ "$code" -eq 0 ] || failed=1
}

# bench NAME SECONDS ARGUMENT...: one benchmark on the provider.
bench() {
  local name=$1 most=$2
  shift 2
  measure "$name" "$most" node -r ./bench/register.cjs bench/main.ts "$@" --provider "$provider"
}

command -v nvidia-smi >/dev/null && measure 'the card' 20 nvidia-smi
measure 'doctor' 60 node -r ./bench/register.cjs -e "require('./lib/src/cli/main').main(process.argv)" - doctor
if [ -n "$tiny" ]; then
  bench 'engine' 120 engine --shape tiny
  bench 'sequential' 200 sequential --quick 2 --dim 8 --only 'SASRec, BCE'
  bench 'language' 200 language --tiny
  [ "$provider" = webgpu ] || bench 'engine: mixed precision' 60 engine --shape tiny --precision mixed
else
  bench 'engine: transformers' 120 engine
  bench 'engine: encoder' 90 engine --shape encoder
  bench 'sequential' 150 sequential --quick ${ELEPHANT_DATA:+--data "$ELEPHANT_DATA"}
  bench 'language' 180 language
  [ "$provider" = webgpu ] || bench 'engine: transformers, mixed precision' 90 engine --precision mixed
fi

if [ -z "${ELEPHANT_DATA:-}" ] || [ -z "${ELEPHANT_MODEL:-}" ]; then
  echo '=== real: left out, ELEPHANT_DATA and ELEPHANT_MODEL are not both set' | tee -a "$log"
else
  measure 'real' "$ends" node lib/bin/elephant.js run --profile real --provider "$provider" ${REAL_SET:+--set $REAL_SET}
  # What was finished, with the seconds of each stage.
  node lib/bin/elephant.js store ls 2>&1 | tee -a "$log"
fi

# Results of this run beside the log, if they are wanted elsewhere.
if [ "$out" != bench/results ]; then
  find bench/results -name '*.json' -newer "$started" -exec cp {} "$out/" \;
fi
rm -f "$started"
exit "$failed"
