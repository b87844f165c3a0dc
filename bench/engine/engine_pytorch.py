"""The peer of `bench engine`: the same transformer training step in PyTorch.

Not a test and not used by the library otherwise. Started by peer.ts with one JSON object per line on standard input:
{"command": "prepare", "model": "transformer", "batch", "length", "dim", "items", "blocks", "threads", "mode": "eager" | "compile"},
{"command": "prepare", "model": "encoder", "lengths", "dim", "heads", "layers", "items", "labels", "threads", "mode"},
{"command": "run", "steps": n} -> {"ms": median milliseconds of a step},
{"command": "matmul"} -> {"gflops": fastest of a few large products}.
The models are transformer.ts and encoder.ts beside this file line by line; PyTorch's own best form is used for each part.
All of it is on PEER_DEVICE, "cpu" or "cuda".
"""

import json
import math
import os
import statistics
import sys
import time

import torch
import torch.nn.functional as F

ON_CARD = os.environ.get("PEER_DEVICE") == "cuda"
if ON_CARD:
    torch.set_default_device("cuda")


class Block(torch.nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.norm1 = torch.nn.LayerNorm(dim)
        self.norm2 = torch.nn.LayerNorm(dim)
        for part in ("query", "key", "value", "output", "inner", "outer"):
            setattr(self, part, torch.nn.Linear(dim, dim))

    def forward(self, x, future):
        y = self.norm1(x)
        q, k, v = self.query(y), self.key(y), self.value(y)
        scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1]) + future
        x = x + self.output(torch.softmax(scores, -1) @ v)
        return x + self.outer(torch.relu(self.inner(self.norm2(x))))


class FusedBlock(Block):
    """The same block through PyTorch's fused attention."""

    def forward(self, x, future):
        y = self.norm1(x)
        q, k, v = (part(y).unsqueeze(1) for part in (self.query, self.key, self.value))
        x = x + self.output(F.scaled_dot_product_attention(q, k, v, is_causal=True).squeeze(1))
        return x + self.outer(torch.relu(self.inner(self.norm2(x))))


class Transformer(torch.nn.Module):
    def __init__(self, items, length, dim, blocks, block):
        super().__init__()
        self.items = torch.nn.Embedding(items, dim)
        self.position = torch.nn.Parameter(torch.randn(length, dim) * 0.05)
        self.blocks = torch.nn.ModuleList(block(dim) for _ in range(blocks))
        self.norm = torch.nn.LayerNorm(dim)
        torch.nn.init.normal_(self.items.weight, std=0.05)

    def forward(self, ids, labels, future):
        x = self.items(ids) * math.sqrt(self.items.embedding_dim) + self.position
        for block in self.blocks:
            x = block(x, future)
        logits = self.norm(x) @ self.items.weight.T
        return F.cross_entropy(logits.flatten(0, 1), labels)


class EncoderLayer(torch.nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.heads = heads
        self.qkv, self.output = torch.nn.Linear(dim, 3 * dim), torch.nn.Linear(dim, dim)
        self.inner, self.outer = torch.nn.Linear(dim, 4 * dim), torch.nn.Linear(4 * dim, dim)
        self.norm1, self.norm2 = torch.nn.LayerNorm(dim), torch.nn.LayerNorm(dim)

    def forward(self, x, mask):
        batch, length, dim = x.shape
        q, k, v = self.qkv(x).view(batch, length, 3, self.heads, dim // self.heads).permute(2, 0, 3, 1, 4).unbind(0)
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, dropout_p=0.1)
        h = self.norm1(x + F.dropout(self.output(mixed.transpose(1, 2).reshape(batch, length, dim)), 0.1))
        return self.norm2(h + F.dropout(self.outer(F.gelu(self.inner(h))), 0.1))


class Encoder(torch.nn.Module):
    """Masked-token loss of a padded batch; the head sees the labelled tokens only."""

    def __init__(self, items, length, dim, heads, layers):
        super().__init__()
        self.words, self.positions = torch.nn.Embedding(items, dim), torch.nn.Parameter(torch.randn(length, dim) * 0.02)
        self.norm, self.head_norm = torch.nn.LayerNorm(dim), torch.nn.LayerNorm(dim)
        self.layers = torch.nn.ModuleList(EncoderLayer(dim, heads) for _ in range(layers))
        self.head, self.classes = torch.nn.Linear(dim, dim), torch.nn.Linear(dim, items)

    def forward(self, ids, mask, label_at, labels):
        x = F.dropout(self.norm(self.words(ids) + self.positions), 0.1)
        for layer in self.layers:
            x = layer(x, mask)
        hidden = self.head_norm(F.gelu(self.head(x.flatten(0, 1)[label_at])))
        return F.cross_entropy(self.classes(hidden), labels)


def prepare_encoder(lengths, dim, heads, layers, items, labels, threads, mode, **_):
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    longest = max(lengths)
    model = Encoder(items, longest, dim, heads, layers)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, fused=True)
    ids = torch.randint(0, items, (len(lengths), longest))
    real = torch.arange(longest)[None, :] < torch.tensor(lengths)[:, None]
    mask = None if real.all() else real[:, None, None, :]
    label_at = real.flatten().nonzero().flatten()[:labels]
    wanted = torch.randint(0, items, (labels,))
    loss_of = torch.compile(model) if mode == "compile" else model

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(ids, mask, label_at, wanted)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        return loss.item()

    for _ in range(3):
        step()
    return step


def prepare(batch, length, dim, items, blocks, threads, mode, attention="plain", **_):
    torch.set_num_threads(threads)
    torch.manual_seed(0)
    model = Transformer(items, length, dim, blocks, FusedBlock if attention == "fused" else Block)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=mode != "eager-foreach", foreach=mode == "eager-foreach")
    ids = torch.randint(0, items, (batch, length))
    labels = torch.randint(0, items, (batch * length,))
    future = torch.full((length, length), -1e9).triu(1)
    loss_of = torch.compile(model) if mode == "compile" else model

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(ids, labels, future)
        loss.backward()
        optimizer.step()
        return loss.item()

    for _ in range(3):
        step()
    return step


def matmul_gflops(threads):
    torch.set_num_threads(threads)
    n = 8192 if ON_CARD else 1536
    a, b = torch.randn(n, n), torch.randn(n, n)
    out = torch.empty(n, n)
    best = math.inf
    for _ in range(12):
        start = time.perf_counter()
        torch.mm(a, b, out=out)
        if ON_CARD:
            torch.cuda.synchronize()
        best = min(best, time.perf_counter() - start)
    return 2 * n**3 / best / 1e9


def main():
    step = None
    for line in sys.stdin:
        request = json.loads(line)
        command = request.pop("command")
        try:
            if command == "prepare":
                step = (prepare_encoder if request.pop("model", None) == "encoder" else prepare)(**request)
                answer = {"torch": torch.__version__}
            elif command == "matmul":
                answer = {"gflops": matmul_gflops(request["threads"])}
            else:
                times = []
                for _ in range(request["steps"]):
                    start = time.perf_counter()
                    step()
                    times.append((time.perf_counter() - start) * 1e3)
                answer = {"ms": statistics.median(times)}
        except Exception as error:  # the caller prints it and goes on without this peer
            answer = {"error": f"{type(error).__name__}: {error}".splitlines()[0][:300]}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
