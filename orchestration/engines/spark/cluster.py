"""A Spark cluster on this machine: a master, workers and a Thrift server, from the package pyspark
alone, on loopback.

For tests, and to try the target without a cluster of one's own:

    python -m orchestration.engines.spark.cluster [--workers 2] [--port 17100] [--folder DIR]

It runs until interrupted. Everything that it writes lies in its folder, and it ends no process but
its own.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
from pathlib import Path

from orchestration.engines.spark.local_cluster import LocalCluster
from orchestration.engines.spark.machine import LOOPBACK, check_ready
from orchestration.ground.errors import ClusterError


def main(arguments: list[str] | None = None) -> int:
    """Runs a cluster until interrupted. Exit status: 0 stopped, 2 could not start."""
    parser = argparse.ArgumentParser(
        prog="python -m orchestration.engines.spark.cluster", description=__doc__.splitlines()[0]
    )
    parser.add_argument(
        "--workers", type=int, default=2, help="workers with a core each (default: 2)"
    )
    parser.add_argument(
        "--port",
        type=int,
        default=17100,
        help="port of the Thrift server (default: 17100, where a run looks for it)",
    )
    parser.add_argument(
        "--memory",
        type=int,
        default=1024,
        metavar="MB",
        help="memory of each worker's executor (default: 1024)",
    )
    parser.add_argument(
        "--folder",
        type=Path,
        help="where its tables and logs lie, kept for the next time (default: a temporary one)",
    )
    parser.add_argument(
        "--driver-memory",
        type=int,
        default=1024,
        metavar="MB",
        help="memory of the Thrift server (default: 1024)",
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of Spark's own"
    )
    parser.add_argument(
        "--check", action="store_true", help="only say whether one can be started here"
    )
    options = parser.parse_args(arguments)
    if options.check:
        try:
            check_ready()
        except ClusterError as error:
            print(error, file=sys.stderr)
            return 2
        return 0
    folder = (
        options.folder.resolve()
        if options.folder
        else Path(tempfile.mkdtemp(prefix="touchledger-spark-"))
    )
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        print(f"Starting Spark in {folder} (half a minute to two)", flush=True)
        settings = dict(one.split("=", 1) for one in options.set)
        wanted = LocalCluster(
            folder,
            options.workers,
            options.port,
            options.memory,
            options.driver_memory,
            settings,
            has_metastore=options.folder is not None,
        )
        with wanted as cluster:
            print(f"Spark listens on {LOOPBACK}:{cluster.port}. In another terminal:", flush=True)
            for name, value in cluster.environment.items():
                print(f"    export {name}={value}")
            print("    touchledger run\nControl-C stops it.", flush=True)
            if cluster.thrift:
                cluster.thrift.wait()
            print(
                f"The Thrift server ended; {folder / 'logs' / 'thrift.log'} says why",
                file=sys.stderr,
            )
            return 1
    except ClusterError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopping")
        return 0
    finally:
        if not options.folder:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
