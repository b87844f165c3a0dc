"""RecBole's SASRec or BERT4Rec on a dataset of ours: the peer that `bench peers` measures ours beside.

    python recbole_peer.py FOLDER '{"model": "sasrec", "dim": 64, "length": 50, "steps": 30, ...}'

Reads FOLDER/shop/shop.inter, an atomic file of RecBole. Times so many updates after three others, scales them to an epoch, times
one pass of the validation (all items ranked), and prints one JSON line. Nothing is written but in FOLDER.
"""
import json
import logging
import os
import resource
import sys
import time

import numpy as np
import torch


def config_of(folder, options):
    from recbole.config import Config

    sasrec = options["model"] == "sasrec"
    return Config(
        model="SASRec" if sasrec else "BERT4Rec",
        dataset="shop",
        config_dict={
            "data_path": folder,
            "checkpoint_dir": os.path.join(folder, "saved"),
            "USER_ID_FIELD": "user_id",
            "ITEM_ID_FIELD": "item_id",
            "TIME_FIELD": "timestamp",
            "load_col": {"inter": ["user_id", "item_id", "timestamp"]},
            "MAX_ITEM_LIST_LENGTH": options["length"],
            "n_layers": options["blocks"],
            "n_heads": options["heads"],
            "hidden_size": options["dim"],
            "inner_size": options["dim"] * (1 if sasrec else 4),
            "hidden_dropout_prob": options["dropout"],
            "attn_dropout_prob": options["dropout"],
            "mask_ratio": options["maskRatio"],
            "loss_type": "CE",
            "train_neg_sample_args": None,
            # SASRec's samples are prefixes with one target each, BERT4Rec's are sequences.
            "train_batch_size": options["targets"] if sasrec else options["batch"],
            "eval_batch_size": 256,
            "eval_args": {"split": {"LS": "valid_and_test"}, "order": "TO", "mode": "full", "group_by": "user"},
            "metrics": ["NDCG", "Hit"],
            "topk": [10],
            "valid_metric": "NDCG@10",
            "use_gpu": False,
            "show_progress": False,
            "seed": 1,
            "reproducibility": True,
        },
    )


def main(folder, options):
    # RecBole 1.2 uses names that NumPy 2 no longer has.
    for name, kind in (("float_", np.float64), ("complex_", np.complex128), ("unicode_", np.str_), ("bool8", np.bool_)):
        if not hasattr(np, name):
            setattr(np, name, kind)
    import recbole
    from recbole.data import create_dataset, data_preparation
    from recbole.utils import get_model, get_trainer, init_seed

    logging.disable(logging.WARNING)
    arguments, sys.argv = sys.argv, sys.argv[:1]  # RecBole reads the command line itself.
    torch.set_num_threads(options["threads"])
    config = config_of(folder, options)
    sys.argv = arguments
    init_seed(config["seed"], config["reproducibility"])
    dataset = create_dataset(config)
    train, valid, _ = data_preparation(config, dataset)
    model = get_model(config["model"])(config, train._dataset)
    trainer = get_trainer(config["MODEL_TYPE"], config["model"])(config, model)

    model.train()
    seconds = []
    for number, interaction in enumerate(train):
        if number == 3 + options["steps"]:
            break
        wall = time.perf_counter()
        trainer.optimizer.zero_grad()
        loss = model.calculate_loss(interaction)
        loss.backward()
        trainer.optimizer.step()
        loss.item()
        seconds.append(time.perf_counter() - wall)
    seconds = seconds[3:] or seconds
    targets = len(train.dataset)
    if options["model"] == "bert4rec":
        lengths = train._dataset.inter_feat["item_length"].numpy()
        targets = int(options["maskRatio"] * lengths.sum())
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    wall = time.perf_counter()
    trainer._valid_epoch(valid, show_progress=False)
    validation = time.perf_counter() - wall
    print(json.dumps({
        "version": f"RecBole {recbole.__version__}, PyTorch {torch.__version__}",
        "secondsPerEpoch": float(np.median(seconds)) * len(train),
        "targets": targets,
        "validationSeconds": validation,
        "peakMemoryMiB": memory,
    }), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
