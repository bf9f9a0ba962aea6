{#- An e-mail address as it is published (variable `contact_emails`): plain, hashed as R11 compares
    it, or not at all. -#}
{% macro published_address(address) -%}
    {%- if var('contact_emails') == 'none' -%}
    cast(null as string)
    {%- elif var('contact_emails') == 'hashed' -%}
    {{ sha256_text(mail_address(address)) }}
    {%- else -%}
    {{ address }}
    {%- endif -%}
{%- endmacro %}

{#- The SHA-256 of a text as hexadecimal digits. -#}
{% macro sha256_text(text) -%}
    {{ adapter.dispatch('sha256_text', 'touchledger')(text) }}
{%- endmacro %}

{% macro default__sha256_text(text) -%}
    sha256({{ text }})
{%- endmacro %}

{% macro spark__sha256_text(text) -%}
    sha2({{ text }}, 256)
{%- endmacro %}
