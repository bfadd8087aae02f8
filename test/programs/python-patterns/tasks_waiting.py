"""Tasks that wait for an answer which never comes, kept so that they are not collected."""
import asyncio

LOOP = asyncio.new_event_loop()
RUNNING = set()


class Job:
    def __init__(self, n):
        self.payload = ["payload %d" % n]


async def wait_for(answer, n):
    job = Job(n)
    await answer
    return job


def turn():
    LOOP.call_soon(LOOP.stop)
    LOOP.run_forever()


def leak(n):
    RUNNING.add(LOOP.create_task(wait_for(LOOP.create_future(), n)))
    turn()


def healthy(n):
    answer = LOOP.create_future()
    task = LOOP.create_task(wait_for(answer, n))
    RUNNING.add(task)
    task.add_done_callback(RUNNING.discard)
    answer.set_result(n)
    turn()
    turn()
    turn()
