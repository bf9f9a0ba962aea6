{#- In dbt's place on DuckDB: a table with `meta: {sliced: true}` is filled slice by slice in a full
    build, so that memory and spilled files follow the slice and not the history. What it reads says
    by `in_slice` which rows those are. With `slices_of: model`, of whose rows the slices are
    shares, an increment's rows are sliced, too, where many keys changed.

    With `meta: {order: [columns]}` the rows of a full build are stored in that order, so that a
    question of a few rows reads a few parts: DuckDB keeps the least and the largest value of every
    122,880 rows and passes over those that cannot match. What one campaign, one contact or one week
    asks then costs a hundredth, and there is no index to keep. An increment's rows come at the end.
    With `comes_in_order: true` the query gives them so, or nearly, by itself; with `comes_in_order:
    column`, where the events landed in the order of that column, or nearly. -#}
{% macro duckdb__create_table_as(
    temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none
) -%}
    {%- set meta = config.get('meta', {}) -%}
    {%- if meta.get('order') and not temporary and not in_order(meta.get('comes_in_order')) -%}
        {%- set compiled_code -%}
            select * from (
                {{ compiled_code }}
            ) order by {{ meta['order'] | join(', ') }}
        {%- endset -%}
    {%- endif -%}
    {%- set create = dbt.duckdb__create_table_as(
        temporary, relation, compiled_code, language, partitioned_by, sorted_by
    ) -%}
    {%- if not meta.get('sliced') or (temporary and not meta.get('slices_of')) -%}
        {{ return(create) }}
    {%- endif -%}
    {#- What two parts of the plan have in common would be held in memory: all events, whatever the
        slice. So would the larger side of a join, which DuckDB's estimates take for the smaller. -#}
    set disabled_optimizers = 'common_subplan,build_side_probe_side';
    {%- set slices = slice_count(meta if temporary else none) %}
    set variable slices = {{ slices }};
    {%- for slice in range(slices) %}
    set variable slice = {{ slice }};
    {{ create if loop.first else 'insert into ' ~ relation ~ ' by name ' ~ compiled_code ~ ';' }}
    {%- endfor %}
    reset variable slice;
    reset variable slices;
    reset disabled_optimizers;
{%- endmacro %}

{#- Whether a query's rows come in order by themselves: `claim` is a model's `comes_in_order`. Of a
    column: whether the events of one instant are in no more than an eighth of the blocks of landed
    rows of which DuckDB keeps the least and the largest value. -#}
{% macro in_order(claim) -%}
    {%- if not claim or claim is sameas true -%}
        {{ return(claim) }}
    {%- endif -%}
    {%- set query -%}
        select coalesce(sum(last - first) <= count(*) / 8 * (max(last) - min(first)), true)
        from (
            select epoch_us(min({{ claim }})) as first, epoch_us(max({{ claim }})) as last
            from {{ landed_events() }}
            group by rowid // 122880
        )
    {%- endset -%}
    {{ return(run_query(query).columns[0].values()[0]) }}
{%- endmacro %}

{#- The landed events, by the name that the project was parsed with: the target's is another where
    HOME's path has characters that an address has. -#}
{% macro landed_events() -%}
    {%- set events = graph.sources['source.touchledger.raw.events'] -%}
    {{ return(api.Relation.create(
        database=events.database, schema=events.schema, identifier='events'
    )) }}
{%- endmacro %}

{#- How many slices the landed events make; with `meta`, that of a model, how many the keys make
    that changed. -#}
{% macro slice_count(meta=none) -%}
    {%- set most = var('slice_events') | int -%}
    {%- if not most -%}
        {{ return(1) }}
    {%- endif -%}
    {%- set share = '1' -%}
    {%- if meta -%}
        {%- set share -%}
            (select count(*) from {{ built(meta['replaces']['changed'][0]) }})
            / (select greatest(count(*), 1) from {{ built(meta['slices_of']) }})
        {%- endset -%}
    {%- endif -%}
    {%- set slices = run_query(
        'select ceil((select count(*) from ' ~ landed_events() ~ ') / ' ~ most ~ ' * ' ~ share ~ ')'
    ).columns[0].values()[0] -%}
    {{ return(slices | int or 1) }}
{%- endmacro %}
