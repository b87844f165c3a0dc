"""Statistics of single lags (summary.py) of real Amazon files and of the shop at the size of one of them, side by side.

    <python with numpy> bench/simulation/calibrate.py [FOLDER with the Amazon files, or ELEPHANT_DATA] --model MINILM [--cache FOLDER]

MINILM is a folder with all-MiniLM-L6-v2. Prints a Markdown table, which CALIBRATION.md of the simulation holds, and writes
bench/results/simulation-calibration.json: aggregate numbers only. Histories and text vectors are kept in the cache folder, outside
the repository. The shop's column of a world is the mean of four domains.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import summary

ROOT = Path(__file__).resolve().parents[2]
REAL = ["Office_Products", "Beauty", "Toys", "Sports"]
SIMULATED = ["Arts", "Instruments", "Pantry", "Movies"]
WORLDS = ["calibrated", "shuffled"]
RESULTS = ROOT / "bench/results/simulation-calibration.json"


def read_vectors(path):
    """The table that dump.ts wrote, one F32 tensor, without its row of padding."""
    with open(path, "rb") as file:
        header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        return np.fromfile(file, "<f4").reshape(header["items"]["shape"])[1:]


def domain(name, options, world=None):
    """(summary.Domain, the shop's parameters or None) of an Amazon file, or of the shop's domain in a world."""
    out = os.path.join(options.cache, f"{name}-{world or 'file'}")
    source = ["--world", world] if world else ["--data", options.data]
    command = ["node", "-r", "./bench/register.cjs", "bench/simulation/dump.ts", out, name, "--model", options.model, *source]
    subprocess.run(command, cwd=ROOT, check=True)
    data = json.loads(Path(f"{out}.json").read_text())
    sequences = np.split(np.array(data["sequence"]), data["offsets"][1:-1])
    return summary.Domain(sequences, read_vectors(f"{out}.safetensors"), summary.telling_words(data["titles"])), data.get("parameters")


def measure(domains):
    maps = {name: summary.fitted_map(domain) for name, domain in domains.items()}
    result = {}
    for name, domain in domains.items():
        others = [matrix for other, matrix in maps.items() if other != name]
        games = summary.contests(domain, most=3000)
        values = {
            **summary.shapes(domain),
            "popularity": summary.popularity_auc(domain),
            **summary.signals(domain, games, others),
        }
        result[name] = {key: round(float(value), 4) for key, value in values.items()}
        print(name, json.dumps(result[name]), file=sys.stderr, flush=True)
    return result


def mean(columns, key):
    return float(np.mean([column[key] for column in columns.values()]))


def table(results):
    real, worlds = results["real"], results["simulated"]
    head = ["", *REAL, "files, mean", *(f"shop, {world}" for world in worlds)]
    lines = ["| " + " | ".join(head) + " |", "|---" + "|---:" * (len(head) - 1) + "|"]
    for key in real[REAL[0]]:
        values = [real[name][key] for name in REAL] + [mean(real, key)] + [mean(columns, key) for columns in worlds.values()]
        digits = 0 if values[0] > 100 else 2 if values[0] > 1.5 else 3
        lines.append("| " + " | ".join([key, *(f"{value:,.{digits}f}" for value in values)]) + " |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data", nargs="?", type=os.path.abspath, default=os.environ.get("ELEPHANT_DATA"))
    parser.add_argument("--model", required=True, type=os.path.abspath)
    parser.add_argument("--cache", type=os.path.abspath, default=os.path.join(tempfile.gettempdir(), "elephant-calibration"))
    options = parser.parse_args()
    if options.data is None:
        parser.error("expected the folder with the Amazon files, as an argument or in ELEPHANT_DATA")
    os.makedirs(options.cache, exist_ok=True)
    real = measure({name: domain(name, options)[0] for name in REAL})
    worlds, parameters = {}, None
    for world in WORLDS:
        made = {name: domain(name, options, world) for name in SIMULATED}
        parameters = made[SIMULATED[0]][1]
        worlds[world] = measure({name: one for name, (one, _) in made.items()})
    results = {"parameters": parameters, "real": real, "simulated": worlds}
    partial = RESULTS.with_name(RESULTS.name + ".partial")
    partial.write_text(json.dumps(results, indent=1) + "\n")
    partial.rename(RESULTS)
    print(table(results))


if __name__ == "__main__":
    main()
