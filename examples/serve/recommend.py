"""The same file from Python (pip install onnxruntime): python recommend.py sasrec.onnx comb soap"""

import json
import os
import sys

import numpy as np

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")  # read when the package is loaded
import onnxruntime

file, *history = sys.argv[1:]
with open(file.removesuffix(".onnx") + ".items.json", encoding="utf8") as keys_file:
    keys = json.load(keys_file)
ids = [[keys.index(key) + 1 for key in history]]
model = onnxruntime.InferenceSession(file)
items, scores = model.run(None, {"history": np.array(ids), "top": np.array([3])})
for item, score in zip(items[0], scores[0]):
    print(keys[item - 1], f"{score:.5f}")
