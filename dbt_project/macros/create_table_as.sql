{#- In dbt's place on DuckDB: a table with `meta: {sliced: true}` is filled slice by slice in a full
    build, so that memory and spilled files follow the slice and not the history. What it reads says
    by `in_slice` which rows those are. With `slices_of: model`, of whose rows the slices are
    shares, an increment's rows are sliced, too, where many keys changed.

    With `meta: {order: [columns]}` the rows of a full build are stored in that order, so that a
    question of a few rows reads a few parts: DuckDB keeps the least and the largest value of every
    122,880 rows and passes over those that cannot match. What one campaign, one contact or one week
    asks then costs a hundredth, and there is no index to keep. An increment's rows come at the end.
    With `comes_in_order` the query gives them so, or nearly, by itself. -#}
{% macro duckdb__create_table_as(
    temporary, relation, compiled_code, language='sql', partitioned_by=none, sorted_by=none
) -%}
    {%- set meta = config.get('meta', {}) -%}
    {%- if meta.get('order') and not meta.get('comes_in_order') and not temporary -%}
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
        slice. With `joins_as_written`, so would the larger side of a join where DuckDB takes it for
        the smaller. -#}
    set disabled_optimizers = 'common_subplan
    {%- if meta.get('joins_as_written') %},build_side_probe_side{% endif %}';
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

{#- How many slices the landed events make; with `meta`, that of a model, how many the keys make
    that changed. -#}
{% macro slice_count(meta=none) -%}
    {%- set most = var('slice_events') | int -%}
    {%- if not most -%}
        {{ return(1) }}
    {%- endif -%}
    {#- By the name that the project was parsed with: the target's is another where HOME's path has
        characters that an address has. -#}
    {%- set events = graph.sources['source.touchledger.raw.events'] -%}
    {%- set landed = api.Relation.create(
        database=events.database, schema=events.schema, identifier='events'
    ) -%}
    {%- set share = '1' -%}
    {%- if meta -%}
        {%- set share -%}
            (select count(*) from {{ built(meta['replaces']['changed'][0]) }})
            / (select greatest(count(*), 1) from {{ built(meta['slices_of']) }})
        {%- endset -%}
    {%- endif -%}
    {%- set slices = run_query(
        'select ceil((select count(*) from ' ~ landed ~ ') / ' ~ most ~ ' * ' ~ share ~ ')'
    ).columns[0].values()[0] -%}
    {{ return(slices | int or 1) }}
{%- endmacro %}
