"""Runs the trials of twisted.enterprise.adbapi: orders come in as JSON in the first argument, figures go out as JSON."""
import json
import random
import sys
import time

from twisted.enterprise import adbapi
from twisted.internet import defer, reactor

MANY = 64


def open_pool(order):
    def set_up(connection):
        for sql in order["pragmas"]:
            connection.execute(sql)

    return adbapi.ConnectionPool("sqlite3", order["file"], check_same_thread=False, cp_openfun=set_up)


def reader(pool, order):
    rows, sql, draw = order["rows"], order["sql"], random.Random(1)

    async def operation():
        wanted = draw.randint(1, rows)
        found = await pool.runQuery(sql, (wanted,))
        if found[0][0] != wanted:
            raise RuntimeError("Read another row")

    return operation


def inserter(pool, order):
    items, sql = order["items"], order["sql"]

    async def operation():
        await pool.runOperation(sql, items[0])

    return operation


async def first_answers(pool, order):
    if order["operation"] == "insert":
        for item in order["items"]:
            await pool.runOperation(order["sql"], item)
        return None

    def names(cursor):
        cursor.execute(order["sql"], (1,))
        return [column[0] for column in cursor.description]

    heads = await pool.runInteraction(names)
    answers = [await pool.runQuery(order["sql"], (id,)) for id in order["ids"]]
    return [dict(zip(heads, answer[0])) if answer else None for answer in answers]


async def closed_loop(in_flight, milliseconds, operation):
    end = time.monotonic() + milliseconds / 1000
    done = 0

    async def caller():
        nonlocal done
        while time.monotonic() < end:
            await operation()
            done += 1

    await defer.gatherResults([defer.ensureDeferred(caller()) for _ in range(in_flight)])
    return done


async def measure(run):
    wall, thread, processor = time.monotonic(), time.thread_time(), time.process_time()
    done = await run
    wall, thread = time.monotonic() - wall, time.thread_time() - thread
    processor = time.process_time() - processor
    return {
        "operationsPerSecond": done / wall,
        "microseconds": wall * 1e6 / done,
        "milliseconds": wall * 1e3,
        "loopMicroseconds": thread * 1e6 / done,
        "loopCpuMicroseconds": thread * 1e6 / done,
        "cpuSecondsPerMillion": processor * 1e6 / done,
    }


async def trial(order, warm_up, timed):
    pool = open_pool(order)
    rows = await first_answers(pool, order)
    operation = (reader if order["operation"] == "read" else inserter)(pool, order)
    in_flight = order["inFlight"]
    many = max(in_flight, MANY) if order["operation"] == "read" else in_flight
    await closed_loop(many, warm_up * 0.75, operation)
    await closed_loop(in_flight, warm_up * 0.25, operation)
    figures = await measure(closed_loop(in_flight, timed, operation))
    pool.close()
    return {"figures": figures, "rows": rows}


async def main(orders, budget):
    done = []
    for order in orders:
        warm_up = budget["warmUpMilliseconds" if done else "firstMilliseconds"]
        done.append(await trial(order, warm_up, budget["timedMilliseconds"]))
    sys.stdout.write(json.dumps(done))


def start():
    running = defer.ensureDeferred(main(**json.loads(sys.argv[1])))
    running.addErrback(failures.append)
    running.addBoth(lambda _: reactor.stop())


failures = []
reactor.callWhenRunning(start)
reactor.run()
for failure in failures:
    failure.raiseException()
