-- Types of asset: HubSpot's name of a type, and the raw contract's.
select * from asset_type_names()
