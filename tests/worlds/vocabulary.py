"""The few ids, texts and instants of which worlds are made, so that everything collides."""

from __future__ import annotations

from datetime import datetime, timedelta

AS_OF = datetime(2024, 7, 1)
START = datetime(2024, 2, 20)

CONTACTS = ("c1", "c2", "C3", "004", "5", "c6", "c7", "c10", "ü-8", "9007199254740993")
ELDER = "elder"
GHOST_CONTACTS = ("ghost", "0", "c11")
VISITORS = ("v1", "v2", "v3", "v4", "007")
CAMPAIGNS = ("k1", "k10", "k2", "K3", "04", "k-late")
GHOST_CAMPAIGNS = ("k-ghost", "k0")
DEALS = tuple(f"d{number}" for number in range(1, 13))
GHOST_DEALS = ("d-ghost", "d0")
ADDRESSES = ("ann@x.example", "bob@x.example", "cy@x.example", "dee@x.example", "nobody@x.example")
CURRENCIES = (None, "USD", "EUR", "GBP", "XXX", "eur", " Usd ", "gbp ")
ALIASES = (
    "spring sale",
    "été 2024",
    "back to school",
    "100% off",
    "a+b",
    "launch",
    "k1",
    "webinar",
)
NAMES = ("plain", "with, comma", 'with "quotes"', "été", "two\nlines", "it's;")
AMOUNTS = ("0.01", "0.05", "10", "100.005", "333.335", "1234.56", "12000", "99999.99", "0.004")
OFFSETS = (
    timedelta(0),
    timedelta(0),
    timedelta(0),
    timedelta(microseconds=1),
    timedelta(milliseconds=1),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=5, microseconds=1),
    timedelta(minutes=30),
    timedelta(minutes=30, microseconds=1),
    timedelta(hours=12),
    timedelta(days=1),
    timedelta(days=7),
)
ODD_QUERIES = (
    "?utm_campaign",
    "?utm_campaign=",
    "?utm_campaign=&utm_campaign=launch",
    "?utm_campaign=launch&utm_campaign=spring+sale",
    "?UTM_CAMPAIGN=launch",
    "?utm_campaign=%zz+launch",
    "?utm_campaign=launch%",
    "?utm_campaign=launch%2",
    "?utm_campaign=caf%E9+%41",
    "?utm_campaign=%C3%28",
    "?utm_campaign=%ED%A0%80",
    "?utm_campaign=%F0%9F%98%80%00x",
    "?utm_campaign=%2Blaunch",
    "?utm_campaign=a%2Bb",
    "?utm_campaign=a=b",
    "?utm_campaign=%09launch",
    "?utm_campaign=%20%20&utm_source=x",
    "?utm_campaign=+&utm_source=+",
    "?x?utm_campaign=launch",
    "?x=1;utm_campaign=launch",
    "?&&utm_campaign=launch&&",
    "?utm%5Fcampaign=launch",
    "?xutm_campaign=launch",
    "?utm_campaign =launch",
    "#?utm_campaign=launch",
    "?utm_source=s#&utm_campaign=launch",
    "?utm_campaign=launch#?utm_campaign=spring+sale",
    "?utm_source=%C3%89t%C3%A9&utm_medium=%e9",
    "?utm_term=t&utm_content=c",
    "?hsa_cam=2&hsa_cam=1",
    "?hsa_cam=%31",
)
SALESFORCE_IDS = ("00Q000000000001", "00Q000000000001AAA", "003000000000002", "00q000000000001")
LABELS = (None, None, None, "decision maker", "Decision Maker", " decision maker", "champion")
TIME_BASES = (None, None, None, "exact", "first_seen", "assumed")
# utm values near an alias or not quite: a letter off, two, three, spelt together, too short, not
# ASCII.
NEAR_ALIASES = (
    "spring sal",
    "sprnig-sale",
    "springsale",
    "spring sa",
    "laun",
    "lunch",
    "webinär",
    "a-b",
    "k1",
    "back2school",
    "100% of",
)
SOURCES = (
    *(
        "google",
        "Google",
        "news",
        "newsletter",
        "facebook",
        "fb",
        "LinkedIn",
        "linkedin.com",
        "t.co",
    ),
    *("hs_email", "duckduckgo.com", "chatgpt.com", "m.facebook.com", "www.example.com", "x", ""),
)
MEDIUMS = (
    *(
        "cpc",
        "CPC",
        "Paid+Social",
        "paid_social",
        "display",
        "email",
        "E-Mail",
        "social",
        "organic",
    ),
    *("referral", "print", ""),
)
CLICK_IDS = (
    *("gclid=1", "gbraid=x", "wbraid=w", "msclkid=m", "li_fat_id=l", "ttclid=t", "gclid="),
    *("gclid=&gclid=2", "GCLID=1", "li_fat_id=1&gclid=1", "gclid=%20", "fbclid=f"),
)
REFERRERS = (
    "https://www.google.co.uk/search?q=x",
    "https://google.com",
    "https://notgoogle.com/",
    "https://googleads.example/",
    "https://chatgpt.com/c/1",
    "https://gemini.google.com/app",
    "https://l.facebook.com/l.php?u=x",
    "https://lnkd.in/x",
    "https://www.pinterest.de/pin/1",
    "https://partner.example:8080/page?utm_source=google",
    "https://user@www.example.com:443/landing",
    "https://WWW.EXAMPLE.COM/",
    "https://example.com/",
    "https://www.example.com./",
    "www.bing.com/search",
    "//duckduckgo.com",
    "search.example/?utm_campaign=launch",
    "shop.example/go?u=https://google.com/",
    "/relative",
)
NETWORKS = ("linkedin", "Google Ads", "Microsoft Bing", "facebook", "google_business")
PAGES = (
    "https://www.example.com/landing",
    "https://www.example.com/Landing",
    "http://WWW.EXAMPLE.COM/landing/",
    "www.example.com/landing",
    "//www.example.com/landing",
    "https://www.example.com",
    "https://www.example.com/",
    "https://blog.example.com:8443/a%20b/",
    "https://t.example/x",
    "",
    "not a url",
    "/relative",
)
PAGE_TYPES = ("landing_page", "website_page", "blog_post")
SOURCES_OF_REPORTS = ("hubspot", "bi")
REPORTED_METRICS = (
    *("sessions", "new_contacts_first_touch", "new_contacts_last_touch", "influenced_contacts"),
    *("contacts_with_revenue", "deals", "revenue", "associated_deal_value", "budget", "spend"),
    *("remaining_budget", "ad_spend", "roi", "total_cost", "roas", "attributed_revenue"),
    *("attributed_revenue", "attributed_revenue", "impressions", "campaign_name"),
)
TYPES_OF_EVENT = {
    "page_view": (*PAGE_TYPES, "landing_page", "tracking_url", None),
    "form_submission": ("form", "form", None),
    "cta_view": ("cta",),
    "cta_click": ("cta",),
    "cta_form_submission": ("cta",),
    "ad_impression": ("ad_campaign", "paid_search_campaign"),
    "ad_click": ("ad_campaign", "paid_search_campaign"),
    "workflow_enrollment": ("workflow",),
    "list_addition": ("static_list",),
    "marketing_event_registration": ("marketing_event",),
    "marketing_event_attendance": ("marketing_event",),
}
