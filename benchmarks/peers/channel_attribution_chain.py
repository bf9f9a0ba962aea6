"""ChannelAttribution on whole journeys, won and lost: its heuristic models and Markov's chain.

    python channel_attribution_chain.py paths.parquet answer.json

`paths.parquet` has a row per journey: path ("a > b"), won (1 or 0). Writes, by model, conversions
by campaign, and the removal effects; runs in the environment of channel_attribution.txt.
"""

import json
import sys

import pandas
from ChannelAttribution import heuristic_models, markov_model

journeys = pandas.read_parquet(sys.argv[1])
journeys["lost"] = 1 - journeys["won"]
won = journeys[journeys["won"] == 1]
heuristic = heuristic_models(won, "path", "won", sep=">", flg_pro=False).set_index("channel_name")
chain = markov_model(
    journeys,
    "path",
    "won",
    var_null="lost",
    order=1,
    out_more=True,
    sep=">",
    seed=1,
    conv_par=0.01,
    verbose=False,
    flg_pro=False,
)
effects = chain["removal_effects"]
answer = {
    "first_interaction": heuristic["first_touch"].to_dict(),
    "last_interaction": heuristic["last_touch"].to_dict(),
    "linear": heuristic["linear_touch"].to_dict(),
    "effects": dict(zip(effects["channel_name"], effects.iloc[:, 1], strict=True)),
}
with open(sys.argv[2], "w", encoding="utf-8") as file:
    json.dump(answer, file)
