{#- A utm value as it is compared and published (R31): `+` is a space, percent-decoded (malformed
    sequences stay as written; what is not UTF-8 stays undecoded as a whole), spaces trimmed,
    lower-case; nothing left is null. -#}
{% macro normalise_utm(value) -%}
    nullif(
        {{ lower_case(
            "trim(both ' ' from " ~ percent_decode("replace(" ~ value ~ ", '+', ' ')") ~ ")"
        ) }},
        ''
    )
{%- endmacro %}

{#- Percent-decoding that never fails. -#}
{% macro percent_decode(value) -%}
    {{ return(adapter.dispatch('percent_decode', 'touchledger')(value)) }}
{%- endmacro %}

{% macro default__percent_decode(value) -%}
    case
        when {{ value }} like '%\%%' escape '\'
            then coalesce(try(url_decode({{ value }})), {{ value }})
        else {{ value }}
    end
{%- endmacro %}

{#- Each byte as hexadecimal digits, decoded together: `url_decode` puts a sign for what is no UTF-8
    in place of failing. -#}
{% macro spark__percent_decode(value) -%}
    case
        when instr({{ value }}, '%') > 0
            then coalesce(
                try_validate_utf8(cast(
                    unhex(array_join(
                        transform(
                            regexp_extract_all({{ value }}, '(?s)%[0-9A-Fa-f]{2}|.', 0),
                            part -> if(length(part) = 3, substring(part, 2), hex(part))
                        ),
                        ''
                    )) as string
                )),
                {{ value }}
            )
        else {{ value }}
    end
{%- endmacro %}
