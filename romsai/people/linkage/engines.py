"""Where a linkage runs: DuckDB in memory, bounded and without a file; or a Spark session that somebody else started.

Both take the same SQL; `words` are the few names that differ.
"""

import pyarrow as pa


class InMemory:
    """DuckDB that keeps everything in memory and stops rather than write to disk: what it holds is decrypted."""

    words = {"each": "unnest", "hash": "hash", "least_by": "arg_min"}

    def __init__(self, *, memory="2900MB", threads=2):
        import duckdb
        from splink import DuckDBAPI

        settings = {"memory_limit": memory, "temp_directory": "", "threads": threads, "preserve_insertion_order": False}
        self.connection = duckdb.connect(":memory:", config=settings)
        self.connection.execute("set max_temp_directory_size = '0B'; set enable_external_access = false; set lock_configuration = true")
        self.splink = DuckDBAPI(self.connection)

    def load(self, name, piece):
        """Add an Arrow table to a table."""
        self.connection.register("piece", piece)
        self.connection.execute(f"create table if not exists {name} as select * from piece limit 0")
        self.connection.execute(f"insert into {name} select * from piece")
        self.connection.unregister("piece")

    def make(self, name, *selects):
        """A table of what the selects give, one after the other."""
        self.connection.execute(f"create table {name} as {selects[0]}")
        for select in selects[1:]:
            self.connection.execute(f"insert into {name} {select}")

    def drop(self, *names):
        for name in names:
            self.connection.execute(f"drop table if exists {name}")

    def count(self, name):
        return self.connection.sql(f"select count(*) from {name}").fetchall()[0][0]

    def register(self, name):
        """The table as Splink takes it."""
        return self.splink.register(self.connection.table(name))

    def rows(self, found, wanted):
        """Rows of a table that Splink made, as dicts, of its columns only those that are wanted."""
        scores = found.as_duckdbpyrelation()
        columns = [column for column in scores.columns if column in wanted]
        return scores.project(", ".join(columns)).to_arrow_table().to_pylist()

    def select(self, sql):
        return self.connection.sql(sql).to_arrow_table().to_pylist()

    def close(self):
        self.connection.close()


class OnSpark:
    """A Spark session: docs/how-to/link-on-spark.md says how it must be started, so that nothing decrypted reaches a disk in the open."""

    words = {"each": "explode", "hash": "xxhash64", "least_by": "min_by"}

    def __init__(self, session):
        from pyspark import StorageLevel
        from splink.backends.spark import SparkAPI

        if session.conf.get("spark.io.encryption.enabled", "false") != "true":
            raise ValueError("Start Spark with spark.io.encryption.enabled=true: its shuffles would write names to disk in the open.")
        self.session, self.level, self.loaded = session, StorageLevel.MEMORY_ONLY, {}
        self.splink = SparkAPI(spark_session=session, break_lineage_method="persist", num_partitions_on_repartition=1)

    def load(self, name, piece):
        self.loaded.setdefault(name, []).append(piece)
        whole = pa.concat_tables(self.loaded[name])
        self.session.createDataFrame(whole).createOrReplaceTempView(name)

    def make(self, name, *selects):
        frame = self.session.sql(" union all ".join(f"({select})" for select in selects))
        # A checkpoint in the memory of the executors: without one each table would be worked out anew from the first, plan and all.
        frame.localCheckpoint(eager=True, storageLevel=self.level).createOrReplaceTempView(name)

    def drop(self, *names):
        for name in names:
            self.session.catalog.dropTempView(name)
            self.loaded.pop(name, None)

    def count(self, name):
        return self.session.table(name).count()

    def register(self, name):
        return self.splink.register(self.session.table(name))

    def rows(self, found, wanted):
        frame = found.as_spark_dataframe()
        return [row.asDict() for row in frame.select([column for column in frame.columns if column in wanted]).collect()]

    def select(self, sql):
        return [row.asDict() for row in self.session.sql(sql).collect()]

    def close(self):
        self.session.catalog.clearCache()
        self.loaded.clear()
