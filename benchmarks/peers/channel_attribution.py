"""ChannelAttribution on the journeys: first touch, last touch and linear, in one call.

    python channel_attribution.py journeys.parquet

Prints one line of counts; runs in the environment of channel_attribution.txt.
"""

import sys

import pandas
from ChannelAttribution import heuristic_models

journeys = pandas.read_parquet(sys.argv[1], columns=["path", "revenue", "touches"])
journeys["conversions"] = 1
result = heuristic_models(
    journeys, "path", "conversions", var_value="revenue", sep=">", flg_pro=False
)
print(
    f"{len(result)} campaigns, {int(journeys['touches'].sum())} touches, revenue "
    f"{result['linear_touch_value'].sum():.2f}"
)
