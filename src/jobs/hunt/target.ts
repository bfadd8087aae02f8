import { basename } from 'node:path'
import { ProbeError, UsageError } from '../../base/errors.ts'
import type { Run } from '../../base/run.ts'
import type { Notice } from '../../model/source.ts'
import { attachToProcess, findInspector, resolveInspector } from '../../probes/attached-program.ts'
import { atMost } from '../../probes/at-most.ts'
import { endText, LaunchedProgram } from '../../probes/launched-program.ts'
import { listeningPorts, processFacts } from '../../probes/linux-process.ts'
import { NodeInspector, type RuntimeFacts } from '../../probes/node-inspector.ts'
import type { WorkerThread } from '../../probes/worker-threads.ts'
import type { TargetChoice } from './target-choice.ts'

/** A Node program with its inspector open. `release` takes back whatever was done to get there. */
export interface Target {
  /** What to call it: `node app.js (pid 5120)`. */
  readonly name: string
  readonly inspector: NodeInspector
  readonly runtime: RuntimeFacts
  /** The worker thread that is looked at; the main thread when absent. */
  readonly thread?: WorkerThread | undefined
  /** The processes whose ports and memory count: of a launched program the whole family. */
  pids(): number[]
  /** Why nothing more can come from it: it ended, or came to the end of its work. */
  ended(): string | undefined
  /** The last lines it printed, if we see them. */
  readonly tail: readonly string[]
  readonly launched: LaunchedProgram | undefined
  /** What a reader of the report must know of it; asked before it is released. */
  notices(): Notice[]
  release(): Promise<void>
}

/** A program of any runtime, as far as an operation must know it; without an inspector where it has none. */
export interface HuntedProgram extends Pick<Target, 'name' | 'pids' | 'ended' | 'tail' | 'launched'> {
  readonly inspector: NodeInspector | undefined
  readonly runtime: Pick<RuntimeFacts, 'pid'>
}

const AT_ITS_END_MS = 500

export interface OpenTargetOptions {
  startTimeoutMs: number
  onLine?: ((line: string) => void) | undefined
}

/** @throws ProbeError when the program cannot be started, reached or asked; Cancelled */
export async function openTarget(choice: TargetChoice, options: OpenTargetOptions, run: Run): Promise<Target> {
  if (choice.kind === 'pprof') throw new UsageError({ argument: '--url', given: choice.url, allowed: 'a Node program' })
  return choice.kind === 'launch' ? launch(choice, options, run) : attach(choice)
}

async function attach(choice: Extract<TargetChoice, { kind: 'pid' | 'inspector' }>): Promise<Target> {
  const { inspectorUrl, openedByUs } =
    choice.kind === 'pid' ? await attachToProcess(choice.pid) : { inspectorUrl: await resolveInspector(choice.address), openedByUs: false }
  const name = choice.kind === 'pid' ? `pid ${choice.pid}` : choice.address
  const inspector = await NodeInspector.open(inspectorUrl, name)
  const release = async (): Promise<void> => {
    // A program that is gone or frozen cannot be asked to close anything, and needs not.
    if (openedByUs && inspector.session.isOpen) await atMost(inspector.shutInspector().catch(() => undefined), 2000)
    await inspector.close()
  }
  try {
    const runtime = await inspector.runtimeFacts()
    // Over the network a pid says nothing about a process of this machine.
    const isHere = choice.kind === 'pid' || (/^ws:\/\/(127\.|localhost|\[::1\])/.test(inspectorUrl) && (await findInspector(runtime.pid)) === inspectorUrl)
    return {
      name,
      inspector,
      runtime,
      pids: () => (isHere ? [runtime.pid] : []),
      ended: () => (inspector.session.isOpen ? undefined : 'the connection to it was lost'),
      tail: [],
      launched: undefined,
      notices: () => [],
      release,
    }
  } catch (error) {
    await release()
    throw error
  }
}

async function launch(
  { command, cwd, env }: Extract<TargetChoice, { kind: 'launch' }>,
  { startTimeoutMs, onLine }: OpenTargetOptions,
  run: Run,
): Promise<Target> {
  const program = await LaunchedProgram.start(command, { cwd, env, onLine })
  let inspector: NodeInspector | undefined
  try {
    const url = await chooseInspector(program, startTimeoutMs, run)
    inspector = await NodeInspector.open(url, command.join(' '))
    const runtime = await inspector.runtimeFacts()
    let atItsEnd = false
    const { session } = inspector
    await inspector.noticeEnd(() => {
      atItsEnd = true
      // A program at its end may leave what is asked from now on without an answer, and then waits for us for ever.
      setTimeout(() => session.abandon('the program came to its end'), AT_ITS_END_MS).unref()
    })
    return {
      name: `${command.join(' ')} (pid ${runtime.pid})`,
      inspector,
      runtime,
      pids: () => program.pids(),
      ended() {
        if (program.end !== undefined) return `it ended with ${endText(program.end)}`
        if (atItsEnd || program.isAtItsEnd) return 'it came to its end'
        return session.isOpen ? undefined : 'the connection to it was lost'
      },
      tail: program.tail,
      launched: program,
      notices: () => othersNotice(program, runtime.pid),
      async release() {
        await session.close()
        await program.stop()
      },
    }
  } catch (error) {
    await inspector?.close()
    // Its end may be a moment behind the loss of the connection, and explains it.
    await atMost(program.exited, error instanceof ProbeError ? 2000 : 0)
    const end = program.end
    await program.stop()
    throw end === undefined ? error : endedError(program, 'waiting for its inspector')
  }
}

/** The inspector of the process that matters: of `node app.js` that one, behind a wrapper the one that serves, or the last started. */
async function chooseInspector(program: LaunchedProgram, timeoutMs: number, run: Run): Promise<string> {
  const isDirect = /^node(js)?(\.exe)?$/i.test(basename(program.command[0]!))
  const deadline = Date.now() + timeoutMs
  let known = 0
  let quietSince = Date.now()
  for (;;) {
    run.checkpoint()
    run.progress({ step: 'waiting for the program to start', done: 0 })
    const urls = program.inspectorUrls
    if (isDirect && urls[0] !== undefined) return urls[0]
    if (program.end !== undefined) throw endedError(program, 'starting')
    if (program.inspectorTrouble !== undefined && urls.length === 0) {
      throw new ProbeError({
        target: program.command.join(' '),
        step: 'opening its inspector',
        problem: program.inspectorTrouble,
        hint: 'The port asked for with --inspect is taken. Leave --inspect out of the command: a free port is found by itself.',
      })
    }
    if (urls.length !== known) {
      known = urls.length
      quietSince = Date.now()
    }
    if (urls.length > 0) {
      const owners = listeningPorts(program.pids())
      const inspectorPorts = new Map(urls.map((url) => [Number(new URL(url).port), url]))
      const serving = owners.find(({ port }) => !inspectorPorts.has(port))
      const own = owners.find(({ port, pid }) => pid === serving?.pid && inspectorPorts.has(port))
      if (own !== undefined) return inspectorPorts.get(own.port)!
      const alive = owners.filter(({ port, pid }) => inspectorPorts.has(port) && !isPackageRunner(pid))
      if (alive.length > 0 && Date.now() - quietSince > 1500) return inspectorPorts.get(alive.at(-1)!.port)!
      if (process.platform !== 'linux' && Date.now() - quietSince > 1500) return urls.at(-1)!
    }
    if (Date.now() > deadline) {
      throw new ProbeError({
        target: program.command.join(' '),
        step: 'waiting for its inspector',
        problem: `no Node process in it opened an inspector within ${timeoutMs / 1000} s`,
        hint: 'Is it a Node program? If it starts Node in a cleaned environment, start Node itself: stillhere hunt -- node app.js',
      })
    }
    await pause(50)
  }
}

/** npm, npx, yarn, pnpm: Node programs themselves, but never the one meant. */
function isPackageRunner(pid: number): boolean {
  const title = processFacts(pid)?.command.join(' ') ?? ''
  return /^(npm|npx|yarn|pnpm)\b|\/(npm|npx|yarn|pnpm)(-cli)?(\.c?js)?(\s|$)/.test(title)
}

/** The error of a program that ended when it should not, with its last words. */
export function endedError(program: LaunchedProgram, step: string): ProbeError {
  // What it says, without blank lines and the runtime's own part of a stack.
  const words = program.tail.filter((line) => !/^\s*$|^\s+at .*\(?node:|^Node\.js v\d/.test(line)).slice(-8)
  const hasDone = program.end?.code === 0
  return new ProbeError({
    target: program.command.join(' '),
    step,
    problem: program.end === undefined ? 'the program ended' : `the program ended with ${endText(program.end)}`,
    hint: [hasDone ? 'It was done: what is looked at must go on running, as a server or a worker does.' : undefined, words.length > 0 ? `Its last words:\n${words.map((line) => `  ${line}`).join('\n')}` : hasDone ? undefined : 'It printed nothing. Does it run on its own?'].filter((line) => line !== undefined).join('\n'),
  })
}

function othersNotice(program: LaunchedProgram, measuredPid: number): Notice[] {
  const others = program.pids().filter((pid) => pid !== measuredPid && basename(processFacts(pid)?.executable ?? '').startsWith('node') && !isPackageRunner(pid))
  if (others.length === 0) return []
  return [{ code: 'other-node-processes', count: others.length, message: `only pid ${measuredPid} was measured, but the program runs more Node processes (${others.slice(0, 5).join(', ')}): where they do the work, hunt one of them: --pid ${others[0]}` }]
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
