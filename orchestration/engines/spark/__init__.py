"""The second engine:

Apache Spark behind its Thrift server. Nothing here is imported in a run on DuckDB.
"""
