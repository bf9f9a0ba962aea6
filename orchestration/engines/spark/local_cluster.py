"""A master, workers and a Thrift server on loopback, from the package pyspark alone."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from orchestration.engines.spark.machine import LOOPBACK, check_ready, free_port, spark_home
from orchestration.engines.spark.processes import children, end_with_parent
from orchestration.ground.errors import ClusterError

# Seconds that the whole cluster may take to start; the first Thrift server of a folder makes its
# metastore.
PATIENCE = 240
_MASTER = "org.apache.spark.deploy.master.Master"
_WORKER = "org.apache.spark.deploy.worker.Worker"
_THRIFT = "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2"
# For Java that lives for minutes: the first compiler alone, the plainest collector. That compiler's
# own 48 MB of code fill up within minutes, and Java then fails at whatever it links next.
_BRIEF = ("-XX:TieredStopAtLevel=1", "-XX:ReservedCodeCacheSize=240m", "-XX:+UseSerialGC")
_LOGGING = """\
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
appender.console.type = Console
appender.console.name = console
appender.console.target = SYSTEM_ERR
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = %d{HH:mm:ss} %p %c{1}: %m%n
"""


@dataclass
class LocalCluster:
    """A cluster below `folder`, as a context: it runs within the block.

    `memory` is that of an executor, in MB; a worker has one core each. `settings` are more of
    Spark's own. A cluster that `is_brief`, for small data, spends less on becoming fast.

    With a metastore, in `folder`, another cluster there, or a Thrift server started again, has the
    tables of the one before. Without, what tables there are is known to the Thrift server alone,
    which is much faster for small ones.
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
        """Starts master, workers and Thrift server, and returns when it answers.

        Raises ClusterError.
        """
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
        """Starts the Thrift server, at first or again after it died, and returns when it answers.

        Raises ClusterError.
        """
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
        if self.thrift:
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
            "spark.hadoop.javax.jdo.option.ConnectionURL": (
                f"jdbc:derby:;databaseName={self.folder / 'metastore'};create=true"
            ),
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
                preexec_fn=end_with_parent,
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
