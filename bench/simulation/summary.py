"""Summary statistics of a domain, by the same code for real files and the shop. Called by calibrate.py.

Everything is measured on leave-one-out: the last item of a user is the target, all before is known. Areas under the curve
(AUC) compare the target with items drawn by popularity that the user has not taken, so popularity alone has 0.5 and a
value above it is what the named signal adds to popularity.
"""

import collections
import re

import numpy as np

LAGS = (1, 2, 3, 4)
NEGATIVES = 50


class Domain:
    """Sequences (arrays of item rows from 0), per item a text vector and the set of what its title says, and counts of the
    known part."""

    def __init__(self, sequences, text, marks):
        self.sequences = sequences
        self.text = text
        self.marks = marks
        self.items = len(text)
        self.known = [sequence[:-1] for sequence in sequences]
        self.counts = np.bincount(np.concatenate(self.known), minlength=self.items).astype(float)
        self.share = self.counts / self.counts.sum()


def telling_words(titles, commonest=100):
    """Per item the set of its title's words, without the `commonest` words of the domain."""
    sets = [set(re.findall(r"[a-z0-9]+", title.lower())) for title in titles]
    counts = collections.Counter(word for words in sets for word in words)
    filler = {word for word, _ in counts.most_common(commonest)}
    return [words - filler for words in sets]


def shapes(domain):
    """Sizes, lengths, popularity, repeats."""
    lengths = np.array([len(sequence) for sequence in domain.sequences])
    counts = np.bincount(np.concatenate(domain.sequences), minlength=domain.items)
    counts = np.sort(counts[counts > 0])[::-1]
    top = lambda part: counts[: max(1, round(len(counts) * part))].sum() / counts.sum()
    distinct = sum(len(np.unique(sequence)) for sequence in domain.sequences)
    return {
        "users": len(lengths),
        "items": len(counts),
        "mean length": lengths.mean(),
        "share at shortest length": (lengths == lengths.min()).mean(),
        "90 % of lengths up to": float(np.quantile(lengths, 0.9)),
        "interactions on the top 1 % of items": top(0.01),
        "interactions on the top 10 % of items": top(0.1),
        "deviation of log item count": np.log(counts).std(),
        "repeats": 1 - distinct / lengths.sum(),
    }


def contests(domain, seed=0, most=4000):
    """Users (at most `most`) with a known target: (user, target, negatives drawn by popularity)."""
    random = np.random.default_rng(seed)
    order = random.permutation(len(domain.sequences))
    result = []
    for user in order:
        target, past = domain.sequences[user][-1], domain.known[user]
        if domain.counts[target] == 0 or target in past or len(past) < 4:
            continue
        drawn = random.choice(domain.items, NEGATIVES, p=domain.share)
        drawn = drawn[(drawn != target) & ~np.isin(drawn, past)]
        if len(drawn) > 0:
            result.append((user, target, drawn))
        if len(result) == most:
            break
    return result


def auc(domain, games, score, lag):
    """Mean over users of P(target scores above a negative), ties a half; `score(item, others)`; lag 0 = mean over the past."""
    wins = []
    for user, target, negatives in games:
        past = domain.known[user]
        others = np.concatenate([[target], negatives])
        if lag > 0:
            values = score(past[-lag], others)
        elif lag == 0:
            values = np.mean([score(item, others) for item in past[-10:]], axis=0)
        wins.append((values[0] > values[1:]).mean() + 0.5 * (values[0] == values[1:]).mean())
    return float(np.mean(wins))


def co_occurrence(domain):
    """Score: users whose known history has both, over the root of the candidate's count. A user's own history adds nothing,
    since neither the target nor a negative is in it."""
    distinct = [np.unique(past) for past in domain.known]
    takers = [[] for _ in range(domain.items)]
    for user, past in enumerate(distinct):
        for item in past:
            takers[item].append(user)

    def score(item, others):
        beside = np.concatenate([distinct[user] for user in takers[item]])
        return (beside[None, :] == others[:, None]).sum(1) / np.sqrt(np.maximum(1, domain.counts[others]))

    return score


def fitted_map(domain, ridge=0.5):
    """M so that text_i . M text_j is nearest, in least squares, to how much more often than by chance i and j are taken in
    one known history (within 3 steps): S^-1 C S^-1 with S the popularity-weighted covariance of text and C its cross-moment
    over such pairs. `ridge` is relative to the mean of S's diagonal."""
    mean = domain.share @ domain.text
    centred = domain.text - mean
    covariance = centred.T @ (centred * domain.share[:, None])
    cross = np.zeros_like(covariance)
    pairs = 0
    for distance in (1, 2, 3):
        first = np.concatenate([past[:-distance] for past in domain.known])
        second = np.concatenate([past[distance:] for past in domain.known])
        cross += centred[first].T @ centred[second]
        pairs += len(first)
    cross = (cross + cross.T) / (2 * pairs)
    inverse = np.linalg.inv(covariance + ridge * np.trace(covariance) / len(covariance) * np.eye(len(covariance)))
    return inverse @ cross @ inverse


def text_score(domain, matrix=None):
    """Score by text vectors less their popularity-weighted mean: cosine, or through the given map."""
    centred = domain.text - domain.share @ domain.text
    if matrix is None:
        centred = centred / np.maximum(1e-9, np.linalg.norm(centred, axis=1, keepdims=True))
    mapped = centred if matrix is None else centred @ matrix
    return lambda item, others: mapped[others] @ centred[item]


def unlike_auc(domain, games, score):
    """(AUC, share of users): lag 1, only where target and negatives share no telling word with the last item's title, so that
    what counts is likeness of meaning, not repetition."""
    wins = []
    for user, target, negatives in games:
        last = domain.known[user][-1]
        unlike = [item for item in negatives if not domain.marks[item] & domain.marks[last]]
        if unlike and not domain.marks[target] & domain.marks[last]:
            values = score(last, np.array([target, *unlike]))
            wins.append((values[0] > values[1:]).mean() + 0.5 * (values[0] == values[1:]).mean())
    return float(np.mean(wins)), len(wins) / len(games)


def signals(domain, games, others=()):
    """AUC over popularity of co-occurrence and of raw text by lag, of text through a map fitted on this domain, and of text
    through the mean of maps fitted on `others` (maps)."""
    together, raw, own = co_occurrence(domain), text_score(domain), fitted_map(domain)
    result = {f"co-occurrence, lag {lag}": auc(domain, games, together, lag) for lag in LAGS}
    result |= {f"raw text, lag {lag}": auc(domain, games, raw, lag) for lag in LAGS}
    result["raw text, lag 1, nothing shared"], result["users of that row"] = unlike_auc(domain, games, raw)
    result["text map of this domain, lag 1"] = auc(domain, games, text_score(domain, own), 1)
    if len(others) > 0:
        pooled = sum(matrix / np.linalg.norm(matrix) for matrix in others)
        result["text map of other domains, lag 1"] = auc(domain, games, text_score(domain, pooled), 1)
    return result


def popularity_auc(domain, seed=1, most=4000):
    """Target against uniform items: what popularity alone gives."""
    random = np.random.default_rng(seed)
    wins = []
    for user in random.permutation(len(domain.sequences))[:most]:
        target = domain.sequences[user][-1]
        other = domain.counts[random.integers(0, domain.items, NEGATIVES)]
        wins.append((domain.counts[target] > other).mean() + 0.5 * (domain.counts[target] == other).mean())
    return float(np.mean(wins))
