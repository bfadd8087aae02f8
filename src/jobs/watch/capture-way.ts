import type { Run } from '../../base/run.ts'
import type { LeakKind } from '../../model/series-verdict.ts'
import { pprofBaseUrl } from '../../probes/metrics-page.ts'
import { helperMark } from '../../probes/python-helper.ts'
import { isHiddenProgram, type Runtime } from '../../probes/runtime-of.ts'
import type { SnapshotPlan } from '../snapshot/snapshot-plan.ts'

/** How the memory of a program can be captured from outside. */
export type CaptureWay =
  /** We can: `take` makes one capture, `path` has no ending yet; the whole path is returned. */
  | { by: 'us'; what: string; does: string; take(path: string, run: Run): Promise<string> }
  /** Only a person can: what to do, step by step. */
  | { by: 'hand'; steps: string[] }

/** The way for this runtime; where there is none from outside, the words that say what to take and what reads it. */
export function captureWay({ pid, runtime, metricsUrl, kind }: { pid: number; runtime: Runtime | undefined; metricsUrl?: string | undefined; kind?: LeakKind | undefined }): CaptureWay {
  const byUs = (what: string, does: string, target: SnapshotPlan['target'], ending: string): CaptureWay => ({
    by: 'us',
    what,
    does,
    take: async (path, run) => (await (await import('../snapshot.ts')).takeSnapshot({ target, path: `${path}${ending}`, afterMs: 0, startTimeoutMs: 10_000, snapshots: 'careful' }, run)).path,
  })
  switch (runtime) {
    case 'node':
      return byUs('take a heap snapshot', 'it stops the program for about a second for each 50 MB of heap', { kind: 'pid', pid }, '.heapsnapshot')
    case 'jvm':
      return byUs('take a heap dump', 'each collects first and stops it for about a second for each 300 MB of live heap', { kind: 'pid', pid }, '.hprof')
    case 'python':
      if (helperMark(pid) !== undefined) return byUs('have its helper write the graph of its objects', 'each stops it for about ten microseconds an object', { kind: 'pid', pid }, '.pyheap.gz')
      return byHand(
        'start it with the helper: python3 -m stillhere app.py, or: stillhere watch --then hunt -- python3 app.py',
        `then three times, some growth apart: stillhere snapshot --pid ${pid}`,
        'and: stillhere diff 1.pyheap.gz 2.pyheap.gz 3.pyheap.gz',
      )
    case 'go': {
      const url = metricsUrl === undefined ? undefined : pprofBaseUrl(metricsUrl)
      if (url !== undefined) return byUs(`fetch its heap profile from ${url}`, 'each collects first', { kind: 'pprof', url }, '.pb.gz')
      return byHand(
        'import _ "net/http/pprof" in it and serve http.DefaultServeMux on a loopback port',
        'then: stillhere watch --then hunt --metrics http://127.0.0.1:PORT/debug/pprof/ …',
      )
    }
    case undefined:
      if (kind === 'fds' || kind === 'threads') return byHand(`ls -l /proc/${pid}/${kind === 'fds' ? 'fd' : 'task'}, twice: what is there more of is not closed`)
      if (isHiddenProgram(pid)) return byHand(`run this as root or as its owner: /proc/${pid}/exe is closed to this user, so nobody knows what it is`)
      return byHand(
        'take a native profile of allocations: heaptrack -o out COMMAND (or MALLOC_CONF=prof:true with jemalloc)',
        'and: stillhere analyze out.zst; two or more of them: stillhere diff A B',
      )
  }
}

function byHand(...steps: string[]): CaptureWay {
  return { by: 'hand', steps }
}
