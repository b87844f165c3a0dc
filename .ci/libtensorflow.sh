#!/usr/bin/env bash
# Builds the native binding of @tensorflow/tfjs-node against the TensorFlow that pip installs, so that eager programs run on the
# real libtensorflow where neither its own download nor a compiler tool-chain for Node.js is to be had. What a user's
# tfjs-node-gpu does with our programs is what this does. Needs bash, npm, python3 with venv, g++.
# Usage: .ci/libtensorflow.sh FOLDER   The last line printed is the package's folder, for ELEPHANT_TFJS_NODE.
set -euo pipefail
folder=${1:?usage: .ci/libtensorflow.sh FOLDER}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
package=$folder/node_modules/@tensorflow/tfjs-node

if [ ! -x "$folder/venv/bin/python" ]; then python3 -m venv "$folder/venv"; fi
"$folder/venv/bin/python" -m pip install --quiet --disable-pip-version-check tensorflow-cpu==2.21.0 >&2
tensorflow=$("$folder/venv/bin/python" -c 'import importlib.util; print(importlib.util.find_spec("tensorflow").submodule_search_locations[0])')

if [ ! -f "$package/binding.gyp" ]; then
  echo '{"private":true}' >"$folder/package.json"
  (cd "$folder" && npm install --silent --ignore-scripts --no-audit --no-fund @tensorflow/tfjs-node@4.22.0 node-api-headers@1) >&2
fi

# Node-API 8 is what Node.js 20 and later have; pre-gyp looks for the binding in the folder of that version.
out=$package/lib/napi-v8
mkdir -p "$out"
if [ ! -f "$out/tfjs_binding.node" ] || [ "$out/tfjs_binding.node" -ot "$tensorflow/libtensorflow_cc.so.2" ]; then
  g++ -std=c++17 -O2 -fPIC -shared -w -DNAPI_VERSION=8 \
    -I"$package" -I"$folder/node_modules/node-api-headers/include" -I"$tensorflow/include" \
    "$package"/binding/tfjs_backend.cc "$package"/binding/tfjs_binding.cc \
    -L"$tensorflow" -Wl,-rpath,"$tensorflow" -l:libtensorflow_cc.so.2 -l:libtensorflow_framework.so.2 \
    -o "$out/tfjs_binding.node.part"
  mv "$out/tfjs_binding.node.part" "$out/tfjs_binding.node"
fi

(cd "$folder" && TF_CPP_MIN_LOG_LEVEL=2 node -e '
  const tf = require("@tensorflow/tfjs-node");
  if (tf.getBackend() !== "tensorflow") throw new Error(`expected the backend "tensorflow", got "${tf.getBackend()}"`);
  if (tf.matMul([[1, 2]], [[3], [4]]).dataSync()[0] !== 11) throw new Error("a product of matrices came out wrong");
') >&2
echo "$package"
