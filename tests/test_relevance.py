"""Which sentences speak to a question is decided alike wherever it is asked."""

import os
import subprocess
import sys

_PROGRAM = """
from index.analysis import Analyzer
from index.vocabulary import build_vocabulary
from tutor.relevance import SentenceRelevance

words = "amber basalt cobalt dolomite emerald feldspar garnet hematite".split()
texts = [" ".join(words[: n % 8 + 1]) for n in range(37)]
relevance = SentenceRelevance(" ".join(words) + " opal", build_vocabulary(texts), Analyzer("en"))
print([relevance.of(" ".join(words[:n])) for n in range(9)])
"""


def test_what_a_sentence_holds_is_the_same_number_in_every_process() -> None:
    told = {
        subprocess.run(
            [sys.executable, "-c", _PROGRAM],
            env=os.environ | {"PYTHONHASHSEED": str(seed)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in range(6)
    }

    assert len(told) == 1
