"""SASRec and BERT4Rec in plain, padded PyTorch: the peer that `bench sequential` measures itself against, and the
oracle of test/parity/sequential.test.ts. Written from the same description as ours (as the authors' code computes), without
packing or any other shortcut; not a reference for anything else.

    python sequential_pytorch.py train FOLDER '{"model": "sasrec", "loss": "ce", ...}'
    python sequential_pytorch.py step FOLDER

`train` reads FOLDER/meta.json, offsets.i32, sequence.i32, users.i32, negatives.i32 and prints one JSON line an epoch and one at
the end; with "steps" it times so many steps after three others and prints one line, scaled to an epoch, without any evaluation. It computes on PEER_DEVICE, "cpu" or "cuda". `step` reads FOLDER/step.json and weights.safetensors and writes FOLDER/out.safetensors (output vectors and gradients).
"""
import json
import math
import os
import resource
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

DEVICE = os.environ.get("PEER_DEVICE", "cpu")


class SASRec(nn.Module):
    """Padded slots take part in attention (D10); the residual is the normalised query."""

    def __init__(self, items, dim, blocks, heads, length, dropout):
        super().__init__()
        self.dim = dim
        self.table = nn.Embedding(items + 1, dim, padding_idx=0)
        self.position = nn.Embedding(length, dim)
        self.dropout = nn.Dropout(dropout)
        make = lambda build: nn.ModuleList(build() for _ in range(blocks))
        self.query_norm = make(lambda: nn.LayerNorm(dim, eps=1e-8))
        self.attention = make(lambda: nn.MultiheadAttention(dim, heads, dropout, batch_first=True))
        self.forward_norm = make(lambda: nn.LayerNorm(dim, eps=1e-8))
        self.inner = make(lambda: nn.Linear(dim, dim))
        self.outer = make(lambda: nn.Linear(dim, dim))
        self.output_norm = nn.LayerNorm(dim, eps=1e-8)
        for parameter in self.parameters():
            if parameter.dim() > 1:
                nn.init.xavier_normal_(parameter)
        self.register_buffer("causal", torch.triu(torch.ones(length, length, dtype=torch.bool), 1), persistent=False)

    def forward(self, ids):
        real = (ids != 0).unsqueeze(-1)
        x = self.table(ids) * math.sqrt(self.dim) + self.position.weight
        x = self.dropout(x) * real
        for norm, attention, forward_norm, inner, outer in zip(
            self.query_norm, self.attention, self.forward_norm, self.inner, self.outer
        ):
            query = norm(x)
            x = query + attention(query, x, x, attn_mask=self.causal, need_weights=False)[0]
            x = forward_norm(x)
            x = x + self.dropout(outer(F.relu(self.dropout(inner(x)))))
            x = x * real
        return self.output_norm(x)

    def classes(self):
        return self.table.weight, None


class SampleNorm(nn.Module):
    """Layer norm with the standard deviation of divisor n - 1 and eps outside the root."""

    def __init__(self, dim):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(dim))
        self.bias = nn.Parameter(torch.zeros(dim))

    def forward(self, x):
        return self.weight * (x - x.mean(-1, keepdim=True)) / (x.std(-1, keepdim=True) + 1e-6) + self.bias


class BERT4Rec(nn.Module):
    def __init__(self, items, dim, blocks, heads, length, dropout):
        super().__init__()
        self.table = nn.Embedding(items + 2, dim, padding_idx=0)
        self.position = nn.Embedding(length, dim)
        self.dropout = nn.Dropout(dropout)
        make = lambda build: nn.ModuleList(build() for _ in range(blocks))
        self.attention = make(lambda: nn.MultiheadAttention(dim, heads, dropout, batch_first=True))
        self.attention_norm = make(lambda: SampleNorm(dim))
        self.inner = make(lambda: nn.Linear(dim, 4 * dim))
        self.outer = make(lambda: nn.Linear(4 * dim, dim))
        self.forward_norm = make(lambda: SampleNorm(dim))
        self.output = nn.Linear(dim, items + 1)

    def forward(self, ids):
        x = self.dropout(self.table(ids) + self.position.weight)
        for attention, norm, inner, outer, forward_norm in zip(
            self.attention, self.attention_norm, self.inner, self.outer, self.forward_norm
        ):
            a = attention(x, x, x, key_padding_mask=ids == 0, need_weights=False)[0]
            x = norm(x + self.dropout(a))
            x = forward_norm(x + self.dropout(outer(self.dropout(F.gelu(inner(x), approximate="tanh")))))
            x = self.dropout(x)
        return x

    def classes(self):
        return self.output.weight, self.output.bias


def build(options, items):
    kind = SASRec if options["model"] == "sasrec" else BERT4Rec
    return kind(items, options["dim"], options["blocks"], options["heads"], options["length"], options["dropout"])


def padded(sequences, length):
    rows = np.zeros((len(sequences), length), np.int64)
    for row, sequence in zip(rows, sequences):
        tail = sequence[-length:]
        if len(tail):
            row[length - len(tail):] = tail
    return torch.from_numpy(rows).to(DEVICE)


def read(folder):
    with open(os.path.join(folder, "meta.json")) as file:
        meta = json.load(file)
    load = lambda name: np.fromfile(os.path.join(folder, name + ".i32"), "<i4")
    offsets, sequence = load("offsets"), load("sequence")
    histories = [sequence[a:b] for a, b in zip(offsets[:-1], offsets[1:])]
    parts = [h[:-2] if len(h) >= 3 else h for h in histories]
    users = load("users")
    return meta["items"], histories, parts, users, load("negatives").reshape(len(users), -1)


def sasrec_loss(model, parts, users, items, options, random):
    length, loss = options["length"], options["loss"]
    ids = padded([parts[u][:-1] for u in users], length)
    labels = padded([parts[u][1:] for u in users], length)
    hidden = model(ids)
    real = labels > 0
    if loss == "ce-all":  # logits at all slots, padded ones ignored
        logits = hidden @ model.table.weight.T
        return F.cross_entropy(logits.flatten(0, 1), labels.masked_fill(~real, -100).flatten())
    if loss == "ce":
        return F.cross_entropy(hidden[real] @ model.table.weight.T, labels[real])
    drawn = random.integers(1, items + 1, labels.shape)
    for row, u in enumerate(users):
        taken = np.isin(drawn[row], parts[u])
        while taken.any():
            drawn[row][taken] = random.integers(1, items + 1, int(taken.sum()))
            taken = np.isin(drawn[row], parts[u])
    positive = (hidden * model.table(labels)).sum(-1)[real]
    negative = (hidden * model.table(torch.from_numpy(drawn).to(DEVICE))).sum(-1)[real]
    return F.softplus(-positive).mean() + F.softplus(negative).mean()


def cloze_loss(model, parts, users, items, options, random):
    inputs, labels = [], []
    for u in users:
        ids, label = parts[u].copy(), np.zeros_like(parts[u])
        if random.random() < 0.91:
            chosen = random.random(len(ids)) < 0.15
            label[chosen] = ids[chosen]
            fate = random.random(len(ids))
            ids[chosen & (fate < 0.8)] = items + 1
            replaced = chosen & (fate >= 0.8) & (fate < 0.9)
            ids[replaced] = random.integers(1, items + 1, int(replaced.sum()))
        else:
            label[-1], ids[-1] = ids[-1], items + 1
        inputs.append(ids)
        labels.append(label)
    labels = padded(labels, options["length"])
    masked = labels > 0
    hidden = model(padded(inputs, options["length"]))
    return F.cross_entropy(model.output(hidden[masked]), labels[masked])


@torch.no_grad()
def evaluate(model, histories, users, negatives, items, options, held_out):
    """NDCG@10 and HR@10 of the three protocols for the item `held_out` places from the end."""
    model.eval()
    sums = np.zeros((3, 2))
    for first in range(0, len(users), 256):
        some = users[first:first + 256]
        known = [histories[u][:-held_out] for u in some]
        target = torch.tensor([int(histories[u][-held_out]) for u in some], device=DEVICE)
        if options["model"] == "bert4rec":
            ids = padded([np.append(h[-(options["length"] - 1):], items + 1) for h in known], options["length"])
        else:
            ids = padded(known, options["length"])
        weight, bias = model.classes()
        scores = F.linear(model(ids)[:, -1], weight, bias)
        scores[:, 0] = -math.inf
        own = scores.gather(1, target[:, None])
        drawn = torch.from_numpy(negatives[first:first + 256].astype(np.int64)).to(DEVICE)
        sampled = (scores.gather(1, drawn) > own).sum(1)
        full = (scores > own).sum(1)
        for row, h in enumerate(known):
            scores[row, torch.from_numpy(np.setdiff1d(h, target[row].item()).astype(np.int64)).to(DEVICE)] = -math.inf
        masked = (scores > own).sum(1)
        for k, rank in enumerate((sampled, full, masked)):
            hit = rank < 10
            sums[k] += hit.sum().item(), (hit / torch.log2(rank + 2.0)).sum().item()
    model.train()
    return {
        name: {"HR@10": hits / len(users), "NDCG@10": gains / len(users)}
        for name, (hits, gains) in zip(("sampled", "full", "fullMasked"), sums)
    }


def train(folder, options):
    torch.manual_seed(options["seed"])
    torch.set_num_threads(options["threads"])
    random = np.random.default_rng(options["seed"])
    items, histories, parts, users, negatives = read(folder)
    model = build(options, items).to(DEVICE)
    optimizer = torch.optim.Adam(model.parameters(), lr=options["learningRate"], betas=(options["beta1"], options["beta2"]), eps=options["eps"])
    sasrec = options["model"] == "sasrec"
    trained = np.array([u for u, part in enumerate(parts) if len(part) >= (2 if sasrec else 1)])
    loss_of = sasrec_loss if sasrec else cloze_loss
    if options.get("steps"):
        order = random.permutation(trained)
        batches = [order[i:i + options["batch"]] for i in range(0, len(order), options["batch"])]
        times = []
        for batch in batches[:3 + options["steps"]]:
            start = time.perf_counter()
            loss = loss_of(model, parts, batch, items, options, random)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            loss.item()
            times.append(time.perf_counter() - start)
        timed = times[3:] or times
        print(json.dumps({
            "secondsPerEpoch": float(np.median(timed)) * len(batches), "share": len(timed) / len(batches),
            "peakMemoryMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "torch": torch.__version__,
        }), flush=True)
        return
    best, kept, waited = -1.0, None, 0
    for epoch in range(1, options["epochs"] + 1):
        start = time.perf_counter()
        order = random.permutation(trained)
        total = 0.0
        batches = [order[i:i + options["batch"]] for i in range(0, len(order), options["batch"])]
        for batch in batches:
            loss = loss_of(model, parts, batch, items, options, random)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.item()
        seconds = time.perf_counter() - start
        start = time.perf_counter()
        metrics = evaluate(model, histories, users, negatives, items, options, 2)
        print(json.dumps({
            "epoch": epoch, "loss": total / len(batches), "seconds": seconds,
            "validationSeconds": time.perf_counter() - start, "validation": metrics,
        }), flush=True)
        value = metrics[options["selection"]]["NDCG@10"]
        if value > best:
            best, waited = value, 0
            kept = {name: tensor.clone() for name, tensor in model.state_dict().items()}
        else:
            waited += 1
            if waited >= options["patience"]:
                break
    model.load_state_dict(kept)
    print(json.dumps({
        "test": evaluate(model, histories, users, negatives, items, options, 1),
        "peakMemoryMiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "torch": torch.__version__,
    }), flush=True)


def our_names(model, options):
    """(our name, parameter, transposed, rows of the parameter) for every tensor; None for all rows."""
    d = options["dim"]
    yield "item/table", model.table.weight, False, slice(0, options["items"] + 1)
    if options["model"] == "bert4rec":
        yield "mask", model.table.weight, False, slice(options["items"] + 1, None)
        yield "output/classes", model.output.weight, False, None
        yield "output/bias", model.output.bias, False, None
        norms = [("attentionNorm", model.attention_norm), ("forwardNorm", model.forward_norm)]
    else:
        yield "outputNorm/gain", model.output_norm.weight, False, None
        yield "outputNorm/bias", model.output_norm.bias, False, None
        norms = [("queryNorm", model.query_norm), ("forwardNorm", model.forward_norm)]
    yield "position", model.position.weight, False, None
    for b in range(options["blocks"]):
        attention = model.attention[b]
        for i, part in enumerate(("query", "key", "value")):
            rows = slice(i * d, (i + 1) * d)
            yield f"block{b}/attention/{part}/kernel", attention.in_proj_weight, True, rows
            yield f"block{b}/attention/{part}/bias", attention.in_proj_bias, False, rows
        yield f"block{b}/attention/output/kernel", attention.out_proj.weight, True, None
        yield f"block{b}/attention/output/bias", attention.out_proj.bias, False, None
        for name, layer in (("inner", model.inner[b]), ("outer", model.outer[b])):
            yield f"block{b}/{name}/kernel", layer.weight, True, None
            yield f"block{b}/{name}/bias", layer.bias, False, None
        for name, norm in norms:
            yield f"block{b}/{name}/gain", norm[b].weight, False, None
            yield f"block{b}/{name}/bias", norm[b].bias, False, None


def step(folder):
    from safetensors.torch import load_file, save_file

    with open(os.path.join(folder, "step.json")) as file:
        options = json.load(file)
    model = build(options, options["items"]).eval()
    weights = load_file(os.path.join(folder, "weights.safetensors"))
    with torch.no_grad():
        for name, parameter, transposed, rows in our_names(model, options):
            (parameter if rows is None else parameter[rows]).copy_(weights[name].T if transposed else weights[name])
    hidden = model(padded([np.array(h) for h in options["histories"]], options["length"]))
    labels = padded([np.array(h) for h in options["labels"]], options["length"])
    real = labels > 0
    weight, bias = model.classes()
    if options["loss"] == "ce":
        loss = F.cross_entropy(F.linear(hidden[real], weight, bias), labels[real])
    else:
        negatives = padded([np.array(h) for h in options["negatives"]], options["length"])
        positive, negative = ((hidden * model.table(ids)).sum(-1)[real] for ids in (labels, negatives))
        loss = F.softplus(-positive).mean() + F.softplus(negative).mean()
    loss.backward()
    out = {"loss": loss.detach().reshape(1), "hidden": hidden.detach()[:, -1].contiguous()}
    for name, parameter, transposed, rows in our_names(model, options):
        gradient = parameter.grad if rows is None else parameter.grad[rows]
        out["gradient/" + name] = (gradient.T if transposed else gradient).contiguous().clone()
    save_file(out, os.path.join(folder, "out.safetensors"))


if __name__ == "__main__":
    if sys.argv[1] == "train":
        train(sys.argv[2], json.loads(sys.argv[3]))
    elif sys.argv[1] == "step":
        step(sys.argv[2])
    else:
        sys.exit(f"sequential_pytorch.py: expected train or step, got {sys.argv[1]}")
