"""A Spark cluster on this machine: a master, workers and a Thrift server, from the package pyspark alone, on loopback.

For tests, and to try the target without a cluster of one's own:

    python -m orchestration.engines.spark.cluster [--workers 2] [--port 17100] [--folder DIR]

It runs until interrupted. Everything that it writes lies in its folder, and it ends no process but its own.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from orchestration.ground.errors import ClusterError
from orchestration.ground.paths import ROOT

LOOPBACK = "127.0.0.1"
JAVA = 17
JAVA_PACKAGE = f"openjdk-{JAVA}-jre-headless"
# Seconds that the whole cluster may take to start; the first Thrift server of a folder makes its metastore.
PATIENCE = 240
_MASTER = "org.apache.spark.deploy.master.Master"
_WORKER = "org.apache.spark.deploy.worker.Worker"
_THRIFT = "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2"

# For Java that lives for minutes: the first compiler alone, the plainest collector. That compiler's own 48 MB of code fill up within minutes, and
# Java then fails at whatever it links next.
_BRIEF = ("-XX:TieredStopAtLevel=1", "-XX:ReservedCodeCacheSize=240m", "-XX:+UseSerialGC")

_PR_SET_PDEATHSIG = 1

_LOGGING = """\
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n
"""


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as one:
        one.bind((LOOPBACK, 0))
        return one.getsockname()[1]


def spark_home() -> Path:
    """Spark itself: SPARK_HOME, what `make spark-setup` installed, or the package pyspark of this Python. Raises ClusterError."""
    given = os.environ.get("SPARK_HOME")
    apart = sorted((ROOT / ".venv-spark").glob("lib/python*/site-packages/pyspark"))
    found = find_spec("pyspark")
    for place in [
        Path(given) if given else None,
        *apart,
        Path(found.origin).parent if found and found.origin else None,
    ]:
        if place is not None and (place / "bin" / "spark-class").exists():
            return place
    raise ClusterError(
        "A local cluster needs Spark; `make spark-setup` installs it, or name one that is there with SPARK_HOME"
    )


def java_version() -> int | None:
    """The major version of the Java that Spark would use, or None where there is none."""
    home = os.environ.get("JAVA_HOME")
    program = str(Path(home) / "bin" / "java") if home else "java"
    try:
        said = subprocess.run(
            [program, "-version"], capture_output=True, text=True, timeout=60, check=False
        ).stderr
    except (OSError, subprocess.TimeoutExpired):
        return None
    quoted = said.split('"')[1:2]
    return int(quoted[0].split(".")[0]) if quoted and quoted[0].split(".")[0].isdigit() else None


def check_java() -> None:
    """Raises ClusterError where no Java is here that Spark runs on."""
    version = java_version()
    if version is None or version < JAVA:
        found = "there is none" if version is None else f"this is {version}"
        raise ClusterError(
            f"A local cluster needs Java {JAVA} or later, and {found}; install it, on Debian with `apt-get install {JAVA_PACKAGE}`"
        )


def _end_with_parent() -> None:
    """In a process about to be Spark: asks Linux to end it when the one that started it ends, however that comes about."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def check_ready() -> None:
    """Raises ClusterError where a cluster cannot be started on this machine."""
    spark_home()
    check_java()


def children(pid: int) -> list[int]:
    """The processes that a process started and that still run, by /proc."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError, IndexError):
            fields = status.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            if int(fields[1]) == pid and fields[0] != "Z":
                found.append(int(status.parent.name))
    return found


@dataclass
class LocalCluster:
    """A cluster below `folder`, as a context: it runs within the block. `memory` is that of an executor, in MB; a worker has one core each.
    `settings` are more of Spark's own. A cluster that `is_brief`, for small data, spends less on becoming fast.

    With a metastore, in `folder`, another cluster there, or a Thrift server started again, has the tables of the one before. Without, what tables
    there are is known to the Thrift server alone, which is much faster for small ones.
    """

    folder: Path
    workers: int = 2
    port: int = 0
    memory: int = 1024
    driver_memory: int = 1024
    settings: dict[str, str] = field(default_factory=dict)
    is_brief: bool = False
    has_metastore: bool = True
    master_port: int = 0
    thrift: subprocess.Popen | None = None
    master: subprocess.Popen | None = None
    running_workers: list[subprocess.Popen] = field(default_factory=list)
    started_workers: int = 0

    def __enter__(self) -> LocalCluster:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def environment(self) -> dict[str, str]:
        """What a run needs to find the cluster."""
        return {
            "TOUCHLEDGER_TARGET": "spark",
            "TOUCHLEDGER_SPARK_HOST": LOOPBACK,
            "TOUCHLEDGER_SPARK_PORT": str(self.port),
        }

    def start(self) -> None:
        """Starts master, workers and Thrift server, and returns when it answers. Raises ClusterError."""
        check_ready()
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.port = self.port or free_port()
        self.master_port = self.master_port or free_port()
        self._configure()
        self.master = self._daemon(
            "master",
            _MASTER,
            "--host",
            LOOPBACK,
            "--port",
            str(self.master_port),
            "--webui-port",
            "0",
        )
        self._wait_for(self.master, "master", self.master_port)
        while len(self.running_workers) < self.workers:
            self.start_worker()
        self.start_thrift()

    def start_worker(self) -> subprocess.Popen:
        """Starts one more worker with one core."""
        self.started_workers += 1
        name = f"worker{self.started_workers}"
        options = [
            "--host",
            LOOPBACK,
            "--cores",
            "1",
            "--memory",
            f"{self.memory + 512}m",
            "--webui-port",
            "0",
            "--work-dir",
            str(self.folder / name),
        ]
        worker = self._daemon(name, _WORKER, *options, f"spark://{LOOPBACK}:{self.master_port}")
        self.running_workers.append(worker)
        return worker

    def start_thrift(self) -> None:
        """Starts the Thrift server, at first or again after it died, and returns when it answers. Raises ClusterError."""
        server = [
            "--hiveconf",
            f"hive.server2.thrift.port={self.port}",
            "--hiveconf",
            f"hive.server2.thrift.bind.host={LOOPBACK}",
        ]
        command = [
            "spark-submit",
            "--class",
            _THRIFT,
            "--name",
            "touchledger",
            "spark-internal",
            *server,
        ]
        self.thrift = self._process("thrift", command)
        self._wait_for(self.thrift, "thrift", self.port)

    def kill_worker(self, number: int = 0) -> None:
        """Kills a worker and its executors at once, as a machine that goes away would."""
        worker = self.running_workers[number]
        for pid in [worker.pid, *children(worker.pid)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        worker.wait()

    def replace_worker(self, number: int = 0) -> None:
        """Starts a worker in the place of a killed one."""
        del self.running_workers[number]
        self.start_worker()

    def kill_thrift(self) -> None:
        """Kills the Thrift server at once."""
        self.thrift.kill()
        self.thrift.wait()

    def stop(self) -> None:
        """Stops everything that was started, by its process, the Thrift server first."""
        for process in [self.thrift, *self.running_workers, self.master]:
            if process is not None and process.poll() is None:
                # A worker that is asked to end may leave its executors behind for a while.
                started = children(process.pid)
                process.terminate()
                try:
                    process.wait(20)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
                for pid in started:
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGTERM)
        self.thrift, self.master, self.running_workers = None, None, []

    def _configure(self) -> None:
        """Writes Spark's configuration. What the project needs of any Spark is in docs/spark.md."""
        settings = {
            "spark.master": f"spark://{LOOPBACK}:{self.master_port}",
            "spark.master.rest.enabled": "false",
            "spark.driver.host": LOOPBACK,
            "spark.driver.bindAddress": LOOPBACK,
            "spark.driver.memory": f"{self.driver_memory}m",
            "spark.executor.memory": f"{self.memory}m",
            "spark.executor.cores": "1",
            "spark.ui.enabled": "false",
            "spark.sql.warehouse.dir": f"file:{self.folder / 'databases'}",
            "spark.sql.ansi.enabled": "true",
            "spark.sql.session.timeZone": "UTC",
            "spark.sql.timestampType": "TIMESTAMP_NTZ",
            "spark.sql.sources.partitionOverwriteMode": "dynamic",
            "spark.sql.shuffle.partitions": str(8 * self.workers),
            "spark.sql.catalogImplementation": "hive" if self.has_metastore else "in-memory",
            "spark.hadoop.javax.jdo.option.ConnectionURL": f"jdbc:derby:;databaseName={self.folder / 'metastore'};create=true",
            "spark.hadoop.hive.exec.scratchdir": f"file:{self.folder / 'scratch'}",
            "spark.hadoop.fs.permissions.umask-mode": "077",
            **self.settings,
        }
        conf = self.folder / "conf"
        for place in (
            conf,
            self.folder / "local",
            self.folder / "scratch",
            self.folder / "tmp",
            self.folder / "logs",
        ):
            place.mkdir(exist_ok=True)
        (self.folder / "scratch").chmod(0o733)
        (conf / "spark-defaults.conf").write_text(
            "".join(f"{name} {value}\n" for name, value in settings.items()), encoding="utf-8"
        )
        (conf / "log4j2.properties").write_text(_LOGGING, encoding="utf-8")

    def _daemon(self, name: str, *command: str) -> subprocess.Popen:
        return self._process(name, ["spark-class", *command])

    def _process(self, name: str, command: list[str]) -> subprocess.Popen:
        home = spark_home()
        clean = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("SPARK_", "PYSPARK_", "HADOOP_", "HIVE_"))
        }
        own = {
            "SPARK_HOME": str(home),
            "SPARK_CONF_DIR": str(self.folder / "conf"),
            "SPARK_LOCAL_IP": LOOPBACK,
            "SPARK_LOCAL_DIRS": str(self.folder / "local"),
            "SPARK_DAEMON_MEMORY": f"{self.driver_memory if name == 'thrift' else 256}m",
            "JAVA_TOOL_OPTIONS": " ".join(
                [
                    f"-Djava.io.tmpdir={self.folder / 'tmp'}",
                    f"-Dderby.system.home={self.folder}",
                    *(_BRIEF if self.is_brief else ()),
                ]
            ),
        }
        with self._log(name).open("ab") as log:
            return subprocess.Popen(
                [str(home / "bin" / command[0]), *command[1:]],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env={**clean, **own},
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )

    def _log(self, name: str) -> Path:
        return self.folder / "logs" / f"{name}.log"

    def _wait_for(self, process: subprocess.Popen, name: str, port: int) -> None:
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and process.poll() is None:
            with suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1):
                return
            time.sleep(0.2)
        raise ClusterError(f"Spark's {name} did not start; {self._log(name)} says why")


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
