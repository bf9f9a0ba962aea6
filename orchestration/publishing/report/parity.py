"""What other systems report beside our numbers (R120)."""

from __future__ import annotations

from typing import Any

import duckdb

from orchestration.publishing.report import words
from orchestration.publishing.report.numbers import Formats, shown
from orchestration.publishing.report.queries import rows

MOST = 10


def parity_part(connection: duckdb.DuckDBPyConnection, formats: Formats) -> dict[str, Any]:
    """Numbers of other systems beside ours (R120); sums over campaigns would count people twice, so
    the widest difference stands for them.
    """
    numbers = rows(
        connection,
        """
        select source, metric, count(*) as reported, count(ours) as compared,
            count(*) filter (where difference = 0) as equal,
            max_by(struct_pack(campaign := coalesce(campaigns.campaign_name, parity.campaign_id),
                ours := ours, theirs := reported), abs(difference)) as widest
        from diagnostics.parity as parity
        left join core.dim_campaigns as campaigns on parity.campaign_id = campaigns.campaign_id
        group by all order by source, metric
        """,
    )
    people = rows(
        connection,
        """
        select source, is_ours, reason, count(*) as number from diagnostics.parity_contacts
        group by all order by number desc, source, is_ours, reason
        """,
    )
    reasons = words.Reasons()
    return {
        "most": _widest(connection, formats, reasons),
        "numbers": [
            {
                "source": shown(row["source"], 40),
                "metric": words.metric(row["metric"]),
                "compared": formats.count(row["compared"]),
                "equal": formats.count(row["equal"]),
                "widest": ""
                if not row["widest"] or row["equal"] == row["compared"]
                else f"{shown(row['widest']['campaign'], 60)}: "
                f"{formats.number(row['widest']['ours'])} here, "
                f"{formats.number(row['widest']['theirs'])} there",
            }
            for row in numbers
        ],
        "people": [
            {
                "source": shown(row["source"], 40),
                "side": "only here" if row["is_ours"] else "only there",
                "number": formats.count(row["number"]),
                **reasons.words(row["reason"], "parity"),
            }
            for row in people
        ],
    }


def _widest(
    connection: duckdb.DuckDBPyConnection, formats: Formats, reasons: words.Reasons
) -> list[dict[str, str]]:
    """The numbers that differ most by share, and of those that count people the reason that most
    of the contacts that only one side has differ by.
    """
    found = rows(
        connection,
        f"""
        with lists as (
            select source, campaign_id, metric, reason, count(*) as contacts
            from diagnostics.parity_contacts group by all
        ),

        why as (
            select source, campaign_id,
                case metric when 'first_touch' then 'new_contacts_first_touch'
                    when 'last_touch' then 'new_contacts_last_touch'
                    when 'influenced' then 'influenced_contacts'
                    else 'contacts_with_revenue' end as metric,
                max_by(reason, (contacts, reason)) as reason, sum(contacts)::bigint as contacts
            from lists group by all
        )

        select parity.source, parity.metric, parity.ours, parity.reported, parity.difference,
            parity.share, coalesce(campaigns.campaign_name, parity.campaign_id) as campaign,
            why.reason, why.contacts
        from diagnostics.parity as parity
        left join core.dim_campaigns as campaigns on parity.campaign_id = campaigns.campaign_id
        left join why on parity.source = why.source and parity.campaign_id = why.campaign_id
            and parity.metric = why.metric
        where parity.difference <> 0
        order by abs(parity.share) desc nulls last, abs(parity.difference) desc, parity.source,
            campaign, parity.metric, parity.model, parity.period_start
        limit {MOST}
        """,
    )
    return [
        {
            "campaign": shown(row["campaign"]),
            "metric": words.metric(row["metric"]),
            "source": shown(row["source"], 40),
            "ours": formats.number(row["ours"]),
            "theirs": formats.number(row["reported"]),
            "difference": formats.signed(row["difference"], False)
            + ("" if row["share"] is None else f" ({formats.share(float(row['share']), 1)})"),
            "why": ""
            if row["reason"] is None
            else f"{reasons.words(row['reason'], 'parity')['label']}; "
            f"{formats.counted(row['contacts'], 'contact')} on one side only",
        }
        for row in found
    ]
