"""Checks exported recommenders and runs them by ONNX Runtime and by ONNX's own reference implementation.

Arguments: .onnx files. Beside each lies <name>.json with {"history": [[...]], "top": n}. Prints per file a JSON
list of [items, scores] of each implementation.
"""

import json
import os
import sys

import numpy as np
import onnx
from onnx.reference import ReferenceEvaluator

os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
import onnxruntime

for path in sys.argv[1:]:
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    with open(path + ".json", encoding="utf8") as asked:
        request = json.load(asked)
    feeds = {name: np.array(request[name], dtype=np.int64) for name in ("history", "top")}
    answers = []
    for runtime in (onnxruntime.InferenceSession(path), ReferenceEvaluator(model)):
        items, scores = runtime.run(None, feeds)
        answers.append([items.tolist(), scores.tolist()])
    print(json.dumps(answers))
