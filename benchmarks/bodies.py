"""Bodies as HubSpot says them, by SQL out of a row's number `i`, and what a portal has of each."""

from __future__ import annotations

from dataclasses import dataclass

CONTACT = """
    i::varchar as id, null::varchar as parent_id, {kind} as kind,
    '{{"id":"' || i || '","properties":{{"email":"person' || i || '@example.com","createdate":"'
    || strftime(
        timestamp '2024-01-01' + to_seconds(hash(i)::hugeint % 31000000), '%Y-%m-%dT%H:%M:%S.000Z'
    )
    || '","hs_additional_emails":null,"lifecyclestage":"' || {stage}
    || '","salesforcecampaignids":null,"salesforcecontactid":null,"salesforceleadid":null,'
    || '"hs_merged_object_ids":null,"hs_calculated_merged_vids":null,'
    || '"hs_calculated_form_submissions":null,"hs_object_id":"' || i
    || '"}},"propertiesWithHistory":{{"email":[{{"value":"person' || i
    || '@example.com","timestamp":"2024-01-01T00:00:00.000Z","sourceType":"CRM_UI"}}'
    || case when i % 20 = 0 then ',{{"value":"former' || i
    || '@example.com","timestamp":"2023-06-01T00:00:00.000Z","sourceType":"CRM_UI"}}' else '' end
    || ']}},"createdAt":"2024-01-01T00:00:00.000Z","updatedAt":"2024-06-01T00:00:00.000Z",'
    || '"archived":false}}' as payload
"""
EVENT = """
    md5(i::varchar) as id, null::varchar as parent_id, null::varchar as kind,
    '{{"appName":"Batch","id":"' || md5(i::varchar) || '","created":' || (1704067200000 + i * 3)
    || ',"type":"' || ['SENT', 'DELIVERED', 'OPEN', 'CLICK', 'PROCESSED'][1 + i % 5]
    || '","recipient":"person' || (1 + hash(i)::hugeint % {contacts})
    || '@example.com","emailCampaignId":' || (1000 + hash(i + 1)::hugeint % {emails})
    || ',"portalId":4711,"appId":113,"filteredEvent":false,'
    || '"browser":{{"name":"Firefox","family":"Firefox","type":"Browser"}},'
    || '"location":{{"country":"DE","city":"Berlin"}}}}' as payload
"""
EMAIL = """
    i::varchar as id, null::varchar as parent_id, 'live' as kind,
    '{{"id":"' || i || '","name":"E-mail ' || i || '","state":"PUBLISHED",'
    || '"createdAt":"2024-01-01T00:00:00.000Z","primaryEmailCampaignId":"' || (1000 + i)
    || '","allEmailCampaignIds":["' || (1000 + i) || '"],"archived":false}}' as payload
"""
CAMPAIGN = """
    i::varchar as id, null::varchar as parent_id, null::varchar as kind,
    '{{"id":"' || i || '","properties":{{"hs_name":"Campaign ' || i
    || '"}},"createdAt":"2024-01-01T00:00:00.000Z"}}' as payload
"""
NAMED = """
    i::varchar as id, null::varchar as parent_id, '{kind}' as kind,
    '{{"id":"' || i || '","name":"{name} ' || i || '","url":"https://www.example.com/{name}/' || i
    || '","state":"PUBLISHED","createdAt":"2024-01-01T00:00:00.000Z","updatedAt":"'
    || '2024-06-01T00:00:00.000Z","publishDate":"2024-01-02T00:00:00.000Z","archived":false}}'
        as payload
"""
LIST = """
    i::varchar as id, null::varchar as parent_id, 'live' as kind,
    '{{"listId":"' || i || '","name":"List ' || i || '","objectTypeId":"0-1","processingType":"'
    || if(i < {static}, 'MANUAL', 'DYNAMIC') || '","createdAt":"2024-01-01T00:00:00.000Z"}}'
        as payload
"""
MEMBER = """
    (1 + i // {static} * 7)::varchar as id, (i % {static})::varchar as parent_id,
    null::varchar as kind,
    '{{"recordId":"' || (1 + i // {static} * 7) || '","membershipTimestamp":"'
    || strftime(timestamp '2024-02-01' + to_minutes(i), '%Y-%m-%dT%H:%M:%S.000Z') || '"}}'
        as payload
"""
VIEW = """
    'view-' || i as id, null::varchar as parent_id, 'e_visited_page' as kind,
    '{{"objectType":"CONTACT","objectId":"' || (1 + hash(i)::hugeint % {contacts})
    || '","eventType":"e_visited_page","occurredAt":"'
    || strftime(timestamp '2024-02-01' + to_seconds(i), '%Y-%m-%dT%H:%M:%S.000Z')
    || '","id":"view-' || i || '","properties":{{"hs_page_id":"' || (i % {pages})
    || '","hs_url":"https://www.example.com/landing_pages/' || (i % {pages})
    || '","hs_referrer":"https://www.google.com/","hs_city":"Berlin"}}}}' as payload
"""
SUBMISSION = """
    'sub-' || i as id, (i % {forms})::varchar as parent_id, null::varchar as kind,
    '{{"conversionId":"sub-' || i || '","submittedAt":' || (1706745600000 + i * 60000)
    || ',"values":[{{"name":"email","value":"person' || (1 + hash(i)::hugeint % {contacts})
    || '@example.com","objectTypeId":"0-1"}}],"pageUrl":"https://www.example.com/"}}' as payload
"""
DEAL = """
    i::varchar as id, null::varchar as parent_id, {kind} as kind,
    '{{"id":"' || i || '","properties":{{"dealname":"Deal ' || i || '","amount":"' || (i % 9000)
    || '","hs_is_closed":"false","createdate":"2024-03-01T00:00:00.000Z","pipeline":"default",'
    || '"dealstage":"' || {stage} || '"}},"createdAt":"2024-03-01T00:00:00.000Z","archived":false}}'
        as payload
"""
PAIR = """
    (1 + i * 3)::varchar as id, i::varchar as parent_id, null::varchar as kind,
    '{{"toObjectId":' || (1 + i * 3) || ',"associationTypes":[{{"category":"HUBSPOT_DEFINED",'
    || '"typeId":3,"label":null}}]}}' as payload
"""
REPORTED = """
    (1 + i // 150)::varchar as id, (1 + i % 50)::varchar as parent_id,
    ['contactFirstTouch', 'contactLastTouch', 'influencedContacts'][1 + i % 3] as kind,
    '{{"id":"' || (1 + i // 150) || '"}}' as payload
"""
ASSET = """
    (i // 150)::varchar as id, (1 + i % 50)::varchar as parent_id,
    ['LANDING_PAGE', 'FORM', 'OBJECT_LIST'][1 + i // 50 % 3] as kind,
    '{{"id":"' || (i // 150) || '","name":"Asset ' || (i // 150) || '"}}' as payload
"""
METRICS = """
    (1 + i % 50)::varchar as id, (1 + i % 50)::varchar as parent_id,
    ['LINEAR', 'TIME_DECAY', 'U_SHAPED'][1 + i // 50] as kind,
    '{{"sessions":' || i || ',"influencedContacts":12,"revenueAmount":100.5,"dealsNumber":2}}'
        as payload
"""


@dataclass(frozen=True)
class Portal:
    """How much a portal has besides e-mail events, by the number of its contacts."""

    contacts: int

    @property
    def sizes(self) -> dict[str, int]:
        """Rows of each table that every pull reads whole."""
        return {
            "landing_pages": 500, "site_pages": 500, "blog_posts": 500, "forms": 50, "lists": 100,
            "list_members": self.contacts // 5, "deal_contacts": self.deals,
            "report_contacts": self.contacts // 10, "campaign_assets": 1500,
            "report_metrics": 50, "report_revenue": 150,
        }  # fmt: skip

    @property
    def deals(self) -> int:
        return self.contacts // 50

    @property
    def views(self) -> int:
        """Page views that the first pull reads; later ones read a hundredth, a quarter of it
        new.
        """
        return self.contacts

    def whole(self, pull: int) -> dict[str, str]:
        """SQL of the rows of those tables, as a pull reads them: lists gain members."""
        sql = {
            **{
                table: NAMED.format(kind="live", name=table)
                for table in ("landing_pages", "site_pages", "blog_posts", "forms")
            },
            "lists": LIST.format(static=20),
            "list_members": MEMBER.format(static=20),
            "deal_contacts": PAIR.format(),
            "report_contacts": REPORTED.format(),
            "campaign_assets": ASSET.format(),
            "report_metrics": METRICS.format(),
            "report_revenue": METRICS.format(),
        }
        gained = {"list_members": pull * max(1, self.contacts // 5000)}
        return {
            table: f"select {body} from range({self.sizes[table] + gained.get(table, 0)}) as r(i)"
            for table, body in sql.items()
        }

    def grown(self, pull: int) -> dict[str, str]:
        """SQL of the rows of those tables of which a pull reads what is new."""
        step = max(4, self.views // 100)
        last = self.views + (pull - 1) * step // 4
        first = 0 if pull == 1 else last - step
        view = VIEW.format(contacts=self.contacts, pages=500)
        submission = SUBMISSION.format(contacts=self.contacts, forms=50)
        deal = DEAL.format(kind="'listing'" if pull == 1 else "'changed'", stage=f"'stage {pull}'")
        every = 1 if pull == 1 else 50
        return {
            "event_occurrences": f"select {view} from range({first}, {last}) as r(i)",
            "form_submissions": (
                f"select {submission} from range({first // 10}, {last // 10}) as r(i)"
            ),
            "deals": f"select {deal} from range(0, {self.deals}, {every}) as r(i)",
        }

    def looks(self) -> str:
        """SQL of what was asked, and answered whole: table, parent and type."""
        return f"""
            select 'deal_contacts' as table_name, i::varchar as parent_id, null as asset_type
            from range({self.deals}) as r(i)
            union all
            select 'campaign_assets', i::varchar, kind from range(1, 51) as r(i),
                (values ('LANDING_PAGE'), ('FORM'), ('OBJECT_LIST'), ('CTA')) as kinds (kind)
            union all
            select 'report_contacts', i::varchar, kind from range(1, 51) as r(i),
                (
                    values ('contactFirstTouch'), ('contactLastTouch'), ('influencedContacts')
                ) as kinds (kind)
            union all
            select 'form_submissions', i::varchar, null from range(50) as r(i)
            union all
            select unnest(['landing_pages', 'site_pages', 'blog_posts', 'forms', 'lists']), null,
                'live'
            union all
            select 'event_occurrences', null, 'e_visited_page'
        """
