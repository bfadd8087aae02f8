import { execFile } from 'node:child_process'
import { readFileSync, readlinkSync } from 'node:fs'
import { access, readdir, rename, writeFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { promisify } from 'node:util'
import { ProbeError } from '../../base/errors.ts'
import type { Run } from '../../base/run.ts'
import type { LeakKind } from '../../model/series-verdict.ts'
import { commandOf } from '../../probes/linux-memory.ts'
import { pprofHeapUrl } from '../../probes/metrics-page.ts'
import { pause } from './pause.ts'

const execute = promisify(execFile)

/** How the memory of a program can be captured from outside. */
export interface CaptureWay {
  /** What is done, in the infinitive: `dump its heap with jcmd`. */
  what: string
  /** What that does to the program. */
  does: string
  /** Makes one capture; `path` has no ending yet, the path with it is returned. Undefined: only a person can. */
  capture?: ((path: string, run: Run) => Promise<string>) | undefined
  /** What a person can do, where we cannot. */
  steps: string[]
}

/** The way for this runtime; where there is none from outside, the words that say what to take and what reads it. */
export function captureWay({ pid, runtime, metricsUrl, kind }: { pid: number; runtime: string | undefined; metricsUrl?: string | undefined; kind?: LeakKind | undefined }): CaptureWay {
  const byHand = (...steps: string[]): CaptureWay => ({ what: '', does: '', steps })
  if (runtime === 'java') {
    return { what: 'dump its heap with jcmd', does: 'each dump collects first and stops it for about a second for each 300 MB of live heap', capture: (path) => dumpJava(pid, path), steps: [] }
  }
  if (runtime === 'python') {
    const folder = pythonFolder(pid)
    if (folder !== undefined) return { what: 'have its helper write the graph of its objects (SIGUSR2)', does: 'each stops it for about ten microseconds an object', capture: (path, run) => dumpPython(pid, folder, path, run), steps: [] }
    return byHand(
      'start it with the helper: python3 -m stillhere app.py (or `import stillhere; stillhere.dump_on_signal()` in it)',
      `then three times, some growth apart: kill -USR2 ${pid}`,
      `and: stillhere diff stillhere-${pid}-1.pyheap.gz stillhere-${pid}-2.pyheap.gz stillhere-${pid}-3.pyheap.gz`,
    )
  }
  if (runtime === 'go') {
    const url = metricsUrl === undefined ? undefined : pprofHeapUrl(metricsUrl)
    if (url !== undefined) return { what: `fetch its heap profile from ${url}`, does: 'each collects first', capture: (path) => fetchProfile(`${url}?gc=1`, path), steps: [] }
    return byHand(
      'import net/http/pprof in it and serve http.DefaultServeMux on a loopback port',
      'then: stillhere watch --then hunt --metrics http://127.0.0.1:PORT/debug/pprof/ …',
      'or by hand, three times, some growth apart: curl -o 1.pb.gz http://127.0.0.1:PORT/debug/pprof/heap?gc=1, and: stillhere diff 1.pb.gz 2.pb.gz 3.pb.gz',
    )
  }
  if (kind === 'fds' || kind === 'threads') return byHand(`ls -l /proc/${pid}/${kind === 'fds' ? 'fd' : 'task'}, twice: what is there more of is not closed`)
  return byHand(
    'take a native profile of allocations: heaptrack -o out COMMAND (or MALLOC_CONF=prof:true with jemalloc)',
    'and: stillhere analyze out.zst; two or more of them: stillhere diff A B',
  )
}

async function dumpJava(pid: number, path: string): Promise<string> {
  const file = `${path}.hprof`
  try {
    await execute('jcmd', [String(pid), 'GC.heap_dump', file])
    await access(file)
  } catch (error) {
    const words = error instanceof Error ? error.message.split('\n')[0]! : String(error)
    throw new ProbeError({ target: `pid ${pid}`, step: 'dumping its heap with jcmd', problem: words, hint: 'jcmd comes with the JDK and must run as the same user. In a container, run it there and read the file here: stillhere diff 1.hprof 2.hprof 3.hprof', cause: error })
  }
  return file
}

/** Where the helper of a Python program writes; undefined when it is not loaded or does not listen to SIGUSR2. */
function pythonFolder(pid: number): string | undefined {
  try {
    const caught = BigInt(`0x${/^SigCgt:\s*([0-9a-f]+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '0'}`)
    const environment = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0')
    const isLoaded = / -m stillhere /.test(commandOf(pid)) || environment.some((each) => each.startsWith('STILLHERE_ON_SIGNAL='))
    if (!isLoaded || ((caught >> 11n) & 1n) === 0n) return undefined
    const given = / --directory=(\S+)/.exec(commandOf(pid))?.[1] ?? environment.find((each) => each.startsWith('STILLHERE_DIR='))?.slice('STILLHERE_DIR='.length) ?? '.'
    return isAbsolute(given) ? given : join(readlinkSync(`/proc/${pid}/cwd`), given)
  } catch {
    return undefined // another user's
  }
}

async function dumpPython(pid: number, folder: string, path: string, run: Run): Promise<string> {
  const before = new Set(await graphsIn(folder, pid))
  process.kill(pid, 'SIGUSR2')
  // A graph appears under its name when it is whole.
  for (const until = performance.now() + 120_000; performance.now() < until; ) {
    if (!(await pause(100, run))) run.checkpoint()
    const written = (await graphsIn(folder, pid)).find((each) => !before.has(each))
    if (written === undefined) continue
    const file = `${path}.pyheap.gz`
    // On another file system it stays where it was written.
    return rename(written, file).then(() => file, () => written)
  }
  throw new ProbeError({ target: `pid ${pid}`, step: 'waiting for the graph of its objects', problem: `no new file in ${folder} within two minutes`, hint: 'Python handles a signal between two of its own instructions: is it inside a long call of C? Its log `stillhere` may say more.' })
}

async function graphsIn(folder: string, pid: number): Promise<string[]> {
  const own = new RegExp(`^stillhere-${pid}-\\d+\\.pyheap\\.gz$`)
  return (await readdir(folder)).filter((name) => own.test(name)).map((name) => join(folder, name))
}

async function fetchProfile(url: string, path: string): Promise<string> {
  const file = `${path}.pb.gz`
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(60_000) })
    if (!answer.ok) throw new Error(`it answered ${answer.status}`)
    await writeFile(file, new Uint8Array(await answer.arrayBuffer()))
  } catch (error) {
    throw new ProbeError({ target: url, step: 'fetching its heap profile', problem: error instanceof Error ? error.message : String(error), hint: 'The program must import net/http/pprof.', cause: error })
  }
  return file
}
