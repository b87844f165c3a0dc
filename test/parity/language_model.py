"""Hugging Face's side of languageModel.test.ts: reads request folders, writes into each what transformers computes.

Standard input names a folder a line; each is answered with the line "done". FOLDER/request.json names the task; tensors go
through safetensors. One process for all, since loading transformers takes longer than most requests. An error ends it.
"""
import json
import shutil
import sys
from pathlib import Path

import numpy as np
import torch
import transformers
from safetensors.numpy import load_file, save_file
from safetensors.torch import load_file as load_torch_file, save_file as save_torch_file

torch.set_num_threads(1)


def random_model(folder, request):
    """A model of a class of transformers with random weights, saved as it saves: biases and layer norms random as well."""
    torch.manual_seed(0)
    kind = getattr(transformers, request["class"])
    model = kind(kind.config_class(**request["config"]))
    with torch.no_grad():
        for name, p in model.named_parameters():
            if name.endswith("bias"):
                p.normal_(0, 0.1)
            elif p.dim() == 1:
                p.normal_(1, 0.1)
    model.save_pretrained(folder / "model", safe_serialization=True)


def older_file(folder, request):
    """The saved model in FOLDER/older with what files on the hub hold besides."""
    tensors = load_torch_file(folder / "model" / "model.safetensors")
    prefix = request["prefix"]
    words = tensors[f"{prefix}.embeddings.word_embeddings.weight"]
    positions = tensors[f"{prefix}.embeddings.position_embeddings.weight"]
    size = words.shape[1]
    tensors |= {
        f"{prefix}.embeddings.position_ids": torch.arange(len(positions))[None],
        f"{prefix}.pooler.dense.weight": torch.randn(size, size),
        f"{prefix}.pooler.dense.bias": torch.randn(size),
        "lm_head.decoder.weight": words.clone(),
        "lm_head.decoder.bias": tensors["lm_head.bias"].clone(),
    }
    (folder / "older").mkdir()
    shutil.copy(folder / "model" / "config.json", folder / "older")
    save_torch_file(tensors, folder / "older" / "model.safetensors")


def roberta_to_longformer(folder, request):
    """As Longformer's authors made theirs: positions repeated from the first that a text takes, global projections copied from the local ones."""
    roberta = transformers.RobertaForMaskedLM.from_pretrained(request["from"])
    shared = ("num_hidden_layers", "num_attention_heads", "hidden_size", "intermediate_size", "vocab_size", "type_vocab_size", "layer_norm_eps", "pad_token_id", "initializer_range")
    tensors = {name.replace("roberta.", "longformer.", 1): t.clone() for name, t in roberta.state_dict().items()}
    positions = "longformer.embeddings.position_embeddings.weight"
    real = tensors[positions][roberta.config.pad_token_id + 1 :]
    tensors[positions] = torch.cat([torch.zeros_like(tensors[positions][: -len(real)]), *[real] * request["repeats"]])
    for part in ("query", "key", "value"):
        tensors |= {name.replace(f".{part}.", f".{part}_global."): t.clone() for name, t in tensors.items() if f".self.{part}." in name}
    config = transformers.LongformerConfig(
        attention_window=[request["window"]] * roberta.config.num_hidden_layers, max_position_embeddings=len(tensors[positions]),
        **{key: getattr(roberta.config, key) for key in shared},
    )
    longformer = transformers.LongformerForMaskedLM(config)
    longformer.load_state_dict(tensors)
    longformer.save_pretrained(folder / "model", safe_serialization=True)


def encoder(folder, request):
    """Hidden states of the saved model on given tokens; of a Longformer, attention of the first token; with a head, MLM logits, loss and gradients."""
    kind = transformers.AutoModelForMaskedLM if request["head"] else transformers.AutoModel
    model = kind.from_pretrained(folder / "model", attn_implementation="eager").eval()
    given = load_file(folder / "input.safetensors")
    tokens, mask, labels = (torch.tensor(given[name]).long() for name in ("tokens", "mask", "labels"))
    options = {"labels": labels} if request["head"] else {}
    if model.config.model_type == "longformer":
        reach = torch.zeros_like(tokens)
        reach[:, 0] = 1
        options |= {"global_attention_mask": reach, "output_attentions": True}
    out = model(input_ids=tokens, attention_mask=mask, output_hidden_states=True, **options)
    n = tokens.shape[1]
    result = {"hidden": out.hidden_states[-1][:, :n]}
    for layer, attention in enumerate(out.get("global_attentions") or []):
        result[f"attention{layer}"] = attention[:, :, :n, 0]
    if request["head"]:
        out.loss.backward()
        result |= {"loss": out.loss.reshape(1), "logits": out.logits[:, :n]}
        for name, p in model.named_parameters():
            if p.grad is not None:
                result[f"gradient/{name.removeprefix(model.base_model_prefix + '.')}"] = p.grad
    save_file({k: np.ascontiguousarray(v.detach().numpy(), dtype=np.float32) for k, v in result.items()}, folder / "output.safetensors")


def minilm(folder, request):
    """Tokens without special ones, and mean-pooled vectors of length 1, of texts."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(request["model"])
    tokens = [tokenizer(t, add_special_tokens=False)["input_ids"] for t in request["texts"]]
    vectors = []
    model = transformers.AutoModel.from_pretrained(request["model"]).eval()
    with torch.no_grad():
        for text in request["texts"][: request["encode"]]:
            ids = tokenizer(text, return_tensors="pt", truncation=True, max_length=128)["input_ids"]
            hidden = model(input_ids=ids).last_hidden_state[0]
            vectors.append(torch.nn.functional.normalize(hidden.mean(0), dim=0).numpy())
    (folder / "tokens.json").write_text(json.dumps(tokens))
    save_file({"vectors": np.stack(vectors)}, folder / "output.safetensors")


def tokenizer(folder, request):
    """Tokens of texts by the tokenizers library, from a tokenizer.json of ours."""
    from tokenizers import Tokenizer

    loaded = Tokenizer.from_file(str(folder / "tokenizer.json"))
    (folder / "tokens.json").write_text(json.dumps([loaded.encode(t, add_special_tokens=False).ids for t in request["texts"]]))


TASKS = {task.__name__: task for task in (random_model, older_file, roberta_to_longformer, encoder, minilm, tokenizer)}
for line in sys.stdin:
    folder = Path(line.rstrip("\n"))
    request = json.loads((folder / "request.json").read_text())
    TASKS[request["task"]](folder, request)
    print("done", flush=True)
