"""The peer of `bench language`: Hugging Face transformers on PyTorch, answering one JSON request a line.

  {"do": "open", "model": FOLDER, "kind": "encoder" | "longformer", "threads": n, "size": {...}}  opens or makes a model
  {"do": "encode", "sequences": [[ids], ...], "batch": 32, "sorted": true}                         answers seconds
  {"do": "mlm", "sequences": [...], "positions": [[...], ...], "repeats": n}                       answers seconds of each step

All of it is on PEER_DEVICE, "cpu" or "cuda".
"""
import json
import os
import sys
import time

import torch

DEVICE = os.environ.get("PEER_DEVICE", "cpu")
model = None
optimizer = None


def seconds_since(start):
    if DEVICE == "cuda":
        torch.cuda.synchronize()  # calls return before the card is done
    return time.perf_counter() - start


def pad(sequences, pad_token):
    width = max(len(s) for s in sequences)
    tokens = torch.tensor([s + [pad_token] * (width - len(s)) for s in sequences], device=DEVICE)
    mask = torch.tensor([[1] * len(s) + [0] * (width - len(s)) for s in sequences], device=DEVICE)
    return tokens, mask


def inputs(sequences):
    tokens, mask = pad(sequences, model.config.pad_token_id)
    given = {"input_ids": tokens, "attention_mask": mask}
    if model.config.model_type == "longformer":
        given["global_attention_mask"] = torch.zeros_like(tokens)
        given["global_attention_mask"][:, 0] = 1
    return given


def answer(request):
    global model, optimizer
    if request["do"] == "open":
        torch.set_num_threads(request["threads"])
        if request["kind"] == "encoder":
            from transformers import AutoModel

            model = AutoModel.from_pretrained(request["model"])
        else:
            from transformers import LongformerConfig, LongformerForMaskedLM

            size = request["size"]
            model = LongformerForMaskedLM(LongformerConfig(
                attention_window=[size["window"]] * size["layers"], num_hidden_layers=size["layers"], num_attention_heads=size["heads"],
                hidden_size=size["hidden"], intermediate_size=size["intermediate"], vocab_size=size["vocabulary"],
                max_position_embeddings=size["positions"], type_vocab_size=1, pad_token_id=1,
            ))
        model.to(DEVICE)
        optimizer = torch.optim.AdamW(model.parameters(), lr=1e-4)
        return {"torch": torch.__version__}
    sequences = request["sequences"]
    if request["do"] == "encode":
        model.eval()
        body = getattr(model, "longformer", model)
        order = sorted(range(len(sequences)), key=lambda i: len(sequences[i])) if request["sorted"] else range(len(sequences))
        ordered = [sequences[i] for i in order]
        start = time.perf_counter()
        with torch.no_grad():
            for at in range(0, len(ordered), request["batch"]):
                given = inputs(ordered[at : at + request["batch"]])
                hidden = body(**given).last_hidden_state
                mask = given["attention_mask"].unsqueeze(-1)
                (hidden * mask).sum(1) / mask.sum(1) if body.config.model_type != "longformer" else hidden[:, 0]
        return {"seconds": [seconds_since(start)]}
    model.train()
    given = inputs(sequences)
    rows = torch.tensor([i for i, places in enumerate(request["positions"]) for _ in places], device=DEVICE)
    columns = torch.tensor([p for places in request["positions"] for p in places], device=DEVICE)
    labels = given["input_ids"][rows, columns]
    seconds = []
    for _ in range(request["repeats"]):
        start = time.perf_counter()
        optimizer.zero_grad()
        hidden = model.longformer(**given).last_hidden_state[rows, columns]  # the head on masked tokens only
        torch.nn.functional.cross_entropy(model.lm_head(hidden), labels).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        seconds.append(seconds_since(start))
    return {"seconds": seconds}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
