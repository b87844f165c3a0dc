"""The peer of `elephant bench engine`: the same transformer training step in PyTorch.

Not a test and not used by the library otherwise. Started by lib/src/engine/bench with one JSON object a line on standard input:
{"command": "prepare", "batch", "length", "dim", "items", "blocks", "threads", "mode": "eager" | "compile", "optimizer": "foreach" | "fused"},
{"command": "run", "steps": n} -> {"ms": median milliseconds of a step},
{"command": "matmul"} -> {"gflops": fastest of a few large products}.
The model is lib/src/engine/bench/transformer.ts line by line; PyTorch's own best form is used for each part.
"""

import json
import math
import statistics
import sys
import time

import torch
import torch.nn.functional as F


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
    n = 1536
    a, b = torch.randn(n, n), torch.randn(n, n)
    out = torch.empty(n, n)
    best = math.inf
    for _ in range(12):
        start = time.perf_counter()
        torch.mm(a, b, out=out)
        best = min(best, time.perf_counter() - start)
    return 2 * n**3 / best / 1e9


def main():
    step = None
    for line in sys.stdin:
        request = json.loads(line)
        command = request.pop("command")
        try:
            if command == "prepare":
                step = prepare(**request)
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
