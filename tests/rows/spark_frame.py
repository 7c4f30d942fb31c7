"""A frame that does what Spark does with `mapInArrow`."""

import pickle

import pyarrow as pa


class Frame:
    """Batches of a table in partitions; tasks travel as bytes, as they do in Spark."""

    def __init__(self, table, size=70, fail=0):
        self.table, self.size, self.fail = table, size, fail

    def limit(self, n):
        return Frame(self.table.slice(0, n), self.size)

    def select(self, *names):
        names = [name[1:-1].replace("``", "`") for name in names]
        return Frame(self.table.select(names), self.size, self.fail)

    def mapInArrow(self, task, schema):
        assert schema == "error string, body binary"
        told = []
        for i, start in enumerate(range(0, self.table.num_rows, self.size)):
            part = self.table.slice(start, self.size).to_batches(max_chunksize=30)
            for _ in range(1 + (i < self.fail)):  # a task that is lost runs again
                found = [*pickle.loads(pickle.dumps(task))(iter(part))]
            told += found
        names = {"error": pa.string(), "body": pa.binary()}
        return Frame(pa.Table.from_batches(told, pa.schema(names)))

    def toArrow(self):
        return self.table
