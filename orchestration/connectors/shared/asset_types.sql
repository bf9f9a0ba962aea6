-- Types of asset: HubSpot's name of a type, the raw contract's, and the table of HubSpot's own
-- list.
create or replace temp macro asset_type_names() as table (
    select * from (
        values
        ('LANDING_PAGE', 'landing_page', 'landing_pages'),
        ('SITE_PAGE', 'website_page', 'site_pages'),
        ('BLOG_POST', 'blog_post', 'blog_posts'),
        ('MARKETING_EMAIL', 'marketing_email', 'marketing_emails'),
        ('FORM', 'form', 'forms'),
        ('CTA', 'cta', null),
        ('WEB_INTERACTIVE', 'cta', null),
        ('SOCIAL_BROADCAST', 'social_post', null),
        ('AD_CAMPAIGN', 'ad_campaign', null),
        ('OBJECT_LIST', 'static_list', 'lists'),
        ('AUTOMATION_PLATFORM_FLOW', 'workflow', 'flows'),
        ('MARKETING_EVENT', 'marketing_event', 'marketing_events')
    ) as names (kind, asset_type, own_table)
);
