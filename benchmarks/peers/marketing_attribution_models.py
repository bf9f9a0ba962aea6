"""marketing-attribution-models on the journeys: first, last, linear, position based and time decay.

    python marketing_attribution_models.py journeys.parquet

Prints one line of counts; runs in the environment of marketing_attribution_models.txt.
"""

import sys

import polars
from mam.core import MAM

journeys = (
    polars.read_parquet(sys.argv[1])
    .rename({"deal_id": "journey_id"})
    .with_columns(polars.lit(True).alias("converted"))
)
models = MAM(
    journeys,
    format_type="journey",
    channels_colname="path",
    journey_with_conv_colname="converted",
    time_till_conv_colname="hours",
    conversion_value_colname="revenue",
)
runs = [
    models.run_first_click,
    models.run_last_click,
    models.run_linear,
    models.run_position_based,
    models.run_time_decay,
]
results = [run().to_polars() for run in runs]
print(
    f"{len(results[2])} campaigns, {journeys['touches'].sum()} touches, revenue "
    f"{results[2]['attribution'].sum():.2f}"
)
