"""marketing-attribution-models on whole journeys, won and lost: heuristic models, Markov, Shapley.

    python marketing_attribution_models_chain.py paths.parquet answer.json

`paths.parquet` has a row per journey: path ("a > b"), won (1 or 0). Writes, by model, conversions
by campaign, and the removal effects; runs in the environment of marketing_attribution_models.txt.
Its Shapley values are of another game (the conversion rate of each set of campaigns by itself), and
of the last four campaigns of a journey.
"""

import json
import sys

import polars
from mam.core import MAM

journeys = polars.read_parquet(sys.argv[1]).with_columns(
    polars.int_range(polars.len()).cast(polars.Utf8).alias("journey_id"),
    polars.col("won").cast(polars.Boolean),
    polars.col("path").str.replace_all(r"[^>]+", "1").str.replace_all(">", " > ").alias("hours"),
    polars.col("won").cast(polars.Float64).alias("value"),
)
models = MAM(
    journeys,
    format_type="journey",
    channels_colname="path",
    journey_with_conv_colname="won",
    time_till_conv_colname="hours",
    conversion_value_colname="value",
)


def by_campaign(result):
    totals = result.to_polars()
    return dict(zip(totals["channels"], totals["attribution"], strict=True))


chain = models.run_markov(transition_to_same_state=True)
answer = {
    "first_interaction": by_campaign(models.run_first_click()),
    "last_interaction": by_campaign(models.run_last_click()),
    "linear": by_campaign(models.run_linear()),
    "markov": by_campaign(chain),
    "effects": chain.metadata["removal_effect"]["removal_effect"].to_dict(),
}
with open(sys.argv[2], "w", encoding="utf-8") as file:
    json.dump(answer, file)
