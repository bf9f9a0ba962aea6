{#- R22, the one fold outside SQL: which attempts to add a social post exceed the campaign's cap.

    A rejected attempt changes the outcome of later ones, over all posts together, so the log is
    walked once in order. It costs nothing where the cap cannot bind: only campaigns in which more
    distinct posts than the cap were ever attempted can reach it, and only the posts attempted there
    matter.

    attempts: a relation with log_id, campaign_id, asset_id, asset_type, is_shared, action,
    occurred_at, loaded_at of social posts. Returns the log ids of the rejected attempts. -#}
{% macro fold_social_post_cap(attempts) %}
    {%- set cap = var('social_post_cap') | int -%}
    {%- set log = run_query(
        "with crowded as (select campaign_id from " ~ attempts
        ~ " where is_social_post and action = 'associated' "
        ~ "group by campaign_id having count(distinct asset_type || ' ' || asset_id) > "
        ~ cap ~ "), "
        ~ "posts as (select distinct asset_type, asset_id from " ~ attempts
        ~ " where is_social_post and campaign_id in (select campaign_id from crowded)) "
        ~ "select log_id, campaign_id, asset_type || ' ' || asset_id as post, is_shared, action "
        ~ "from " ~ attempts
        ~ " where is_social_post and asset_type || ' ' || asset_id in "
        ~ "(select asset_type || ' ' || asset_id from posts)"
        ~ " order by occurred_at, loaded_at, log_id"
    ) -%}
    {%- set members = {} -%}
    {%- set held = {} -%}
    {%- set rejected = [] -%}
    {%- for log_id, campaign_id, post, is_shared, action in log.rows -%}
        {%- set place = post ~ ' ' ~ (campaign_id if is_shared else '') -%}
        {%- set current = members.get(place) -%}
        {%- if action == 'associated' and current != campaign_id -%}
            {%- if held.get(campaign_id, 0) >= cap -%}
                {%- do rejected.append(log_id) -%}
            {%- else -%}
                {%- if current is not none -%}
                    {%- do held.update({current: held[current] - 1}) -%}
                {%- endif -%}
                {%- do held.update({campaign_id: held.get(campaign_id, 0) + 1}) -%}
                {%- do members.update({place: campaign_id}) -%}
            {%- endif -%}
        {%- elif action == 'removed' and current == campaign_id -%}
            {%- do held.update({campaign_id: held[campaign_id] - 1}) -%}
            {%- do members.pop(place) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(rejected) }}
{% endmacro %}
