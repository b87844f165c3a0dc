"""PyTorch's side of test/parity/engine.test.ts: the same programs, weights and optimisers, written with PyTorch's own parts.

Arguments: folders with request.json and request.safetensors ("param:*", "input:*"); answer.safetensors is written beside them:
"grad:*" of the first step, "losses" of all steps, "param:*" after the last.
"""

import json
import math
import pathlib
import sys

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file


def transformer(params, inputs, batch, length, dim, blocks=2, heads=1, **_):
    def norm(x, name):
        return F.layer_norm(x, (dim,), params[f"{name}/gain"], params[f"{name}/bias"], 1e-5)

    def dense(x, name):
        return x @ params[f"{name}/kernel"] + params[f"{name}/bias"]

    def split(x):
        return x.view(batch, length, heads, dim // heads).transpose(1, 2)

    x = F.embedding(inputs["ids"].long(), params["items"]) * math.sqrt(dim) + params["position"]
    for b in range(blocks):
        y = norm(x, f"block{b}/norm1")
        q, k, v = (split(dense(y, f"block{b}/{part}")) for part in ("query", "key", "value"))
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(batch, length, dim)
        x = x + dense(mixed, f"block{b}/output")
        x = x + dense(F.relu(dense(norm(x, f"block{b}/norm2"), f"block{b}/inner")), f"block{b}/outer")
    logits = norm(x, "norm") @ params["items"].T
    return F.cross_entropy(logits.flatten(0, 1), inputs["labels"].long())


def functions(params, inputs, **_):
    """One loss through each of the library's own ops; mirrors `functions` in engine.test.ts."""
    x, table, gain, bias = (params[name] for name in ("x", "table", "gain", "bias"))
    ids, labels, weights = inputs["ids"].long(), inputs["labels"].long(), inputs["weights"]
    normal = F.layer_norm(x, x.shape[-1:], gain, bias, 1e-8)
    rows = F.embedding(ids, table)
    logits = 30 * normal @ table.T
    each = F.cross_entropy(logits, labels, reduction="none")
    return (
        (each * weights).sum() / weights.sum()
        + F.gelu(x).sum() / 10
        + F.gelu(normal, approximate="tanh").square().mean()
        + torch.logsumexp(100 * x, -1).mean() / 50
        + (rows * normal).tanh().mean()
        + F.softplus(x).amax(0).sum() / 7
        + torch.cumsum(torch.sigmoid(rows), 0).mean()
        + torch.log_softmax(x, -1).diagonal().sum() / 5
    )


PROGRAMS = {"transformer": transformer, "functions": functions}


def make_optimizer(params, name, learningRate, groups=None, momentum=0.0, eps=1e-8, weightDecay=0.0, **_):
    """`groups` maps a substring of a name to a learning rate; biases and gains do not decay."""
    settings = []
    for key, value in params.items():
        rate = next((r for part, r in (groups or {}).items() if part in key), learningRate)
        decays = not key.endswith(("bias", "gain"))
        settings.append({"params": [value], "lr": rate, **({"weight_decay": weightDecay if decays else 0.0} if name == "adamW" else {})})
    if name == "sgd":
        return torch.optim.SGD(settings, lr=learningRate, momentum=momentum)
    kind = torch.optim.AdamW if name == "adamW" else torch.optim.Adam
    return kind(settings, lr=learningRate, eps=eps)


def main(folder):
    request = json.loads((folder / "request.json").read_text())
    tensors = load_file(folder / "request.safetensors")
    params = {name[6:]: t.requires_grad_() for name, t in tensors.items() if name.startswith("param:")}
    inputs = {name[6:]: t for name, t in tensors.items() if name.startswith("input:")}
    program = PROGRAMS[request["program"]]
    optimizer = make_optimizer(params, **request["optimizer"])
    answer, losses = {}, []
    for step in range(request["steps"]):
        optimizer.zero_grad()
        loss = program(params, inputs, **request.get("shape", {}))
        loss.backward()
        if step == 0:
            answer |= {f"grad:{name}": p.grad.clone() for name, p in params.items()}
        if request["optimizer"].get("clip"):
            torch.nn.utils.clip_grad_norm_(list(params.values()), request["optimizer"]["clip"])
        optimizer.step()
        losses.append(loss.item())
    answer |= {f"param:{name}": p.detach().contiguous() for name, p in params.items()}
    answer["losses"] = torch.tensor(losses)
    save_file(answer, folder / "answer.safetensors")


if __name__ == "__main__":
    torch.set_num_threads(1)  # the programs are tiny
    for argument in sys.argv[1:]:
        main(pathlib.Path(argument))
