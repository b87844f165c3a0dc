"""RecTools' SASRec or BERT4Rec on a dataset of ours: the peer that `bench peers` measures ours beside.

    python rectools_peer.py FOLDER '{"model": "sasrec", "dim": 64, "length": 50, "steps": 30, ...}'

Reads FOLDER/train.csv (user, item, place in the history; the last two items of each user held out). Times so many updates after
three others, scales them to an epoch, times the recommendation of ten items to every user, and prints one JSON line.
"""
import json
import logging
import os
import resource
import sys
import time
import warnings

import numpy as np
import pandas as pd
import torch


def main(folder, options):
    warnings.filterwarnings("ignore")
    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    torch.set_num_threads(options["threads"])
    import rectools
    from pytorch_lightning import Callback, Trainer
    from rectools import Columns
    from rectools.dataset import Dataset
    from rectools.models import BERT4RecModel, SASRecModel

    table = pd.read_csv(os.path.join(folder, "train.csv"))
    table[Columns.Weight] = 1.0
    table[Columns.Datetime] = pd.Timestamp("2020-01-01") + pd.to_timedelta(table.pop("place"), unit="D")
    dataset = Dataset.construct(table)

    # RecTools copies its trainer, so the callback keeps nothing itself.
    seconds, updates = [], []

    class Times(Callback):
        def on_train_batch_start(self, trainer, module, batch, batch_idx):
            updates.append(trainer.num_training_batches)
            self.begun = time.perf_counter()

        def on_train_batch_end(self, trainer, module, outputs, batch, batch_idx):
            seconds.append(time.perf_counter() - self.begun)

    sasrec = options["model"] == "sasrec"
    kind = SASRecModel if sasrec else BERT4RecModel
    model = kind(
        n_factors=options["dim"],
        n_blocks=options["blocks"],
        n_heads=options["heads"],
        dropout_rate=options["dropout"],
        session_max_len=options["length"],
        loss="softmax",
        batch_size=options["batch"],
        dataloader_num_workers=0,
        **({} if sasrec else {"mask_prob": options["maskRatio"]}),
        get_trainer_func=lambda **_: Trainer(
            max_steps=3 + options["steps"], accelerator="cpu", logger=False, enable_checkpointing=False,
            enable_progress_bar=False, enable_model_summary=False, callbacks=[Times()], default_root_dir=folder,
        ),
    )
    model.fit(dataset)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    lengths = table.groupby(Columns.User).size().to_numpy()
    wall = time.perf_counter()
    model.recommend(table[Columns.User].unique(), dataset, k=10, filter_viewed=True)
    validation = time.perf_counter() - wall
    print(json.dumps({
        "version": f"RecTools {rectools.__version__}, PyTorch {torch.__version__}",
        "secondsPerEpoch": float(np.median(seconds[3:] or seconds)) * updates[0],
        "targets": int(np.minimum(lengths - 1, options["length"]).clip(0).sum() if sasrec else (options["maskRatio"] * lengths).sum()),
        "validationSeconds": validation,
        "peakMemoryMiB": memory,
    }), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], json.loads(sys.argv[2]))
