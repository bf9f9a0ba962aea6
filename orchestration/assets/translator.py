"""dbt's nodes as Dagster shows them."""

from collections.abc import Mapping
from typing import Any

from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings

from orchestration.assets.resource import OWNERS


class Translator(DagsterDbtTranslator):
    """dbt's nodes as Dagster shows them: grouped by layer, owned, with their descriptions."""

    def __init__(self) -> None:
        super().__init__(
            DagsterDbtTranslatorSettings(
                enable_asset_checks=True, enable_source_tests_as_checks=False
            )
        )

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        meta = dbt_resource_props.get("config", {}).get("meta") or {}
        if group := meta.get("dagster", {}).get("group"):
            return group
        folders = dbt_resource_props["fqn"][1:-1]
        if dbt_resource_props["resource_type"] == "seed":
            return "rules"
        return "_".join(folders) or None

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        return OWNERS

    def get_description(self, dbt_resource_props: Mapping[str, Any]) -> str:
        return dbt_resource_props.get("description") or ""


# One for all events: it remembers what it has translated.
TRANSLATOR = Translator()
