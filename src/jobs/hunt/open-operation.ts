import type { Run } from '../../base/run.ts'
import type { Notice } from '../../model/source.ts'
import { findPort } from './find-port.ts'
import { HttpOperation } from './http-operation.ts'
import type { HuntPlan } from './hunt-plan.ts'
import { openModuleOperation } from './module-operation.ts'
import type { Operation } from './operation.ts'
import { type OutputCounter, OwnPaceOperation } from './own-pace-operation.ts'
import { type HuntedProgram, pause } from './target.ts'

export interface OpenedOperation {
  operation: Operation
  /** Where it is sent. */
  address?: string | undefined
  notices: Notice[]
}

/** Waits until the program is ready for the operation asked for. @throws ProbeError, UsageError, Cancelled */
export async function openOperation(plan: HuntPlan, target: HuntedProgram, counter: OutputCounter, run: Run): Promise<OpenedOperation> {
  const choice = plan.operation
  const worksByItself = (): boolean => counter.isCounting
  if (choice.kind === 'none') {
    // Time enough for a program that counts its work to say so twice; every other one is measured by the clock.
    for (let waited = 0; waited < 600 && !counter.isCounting && target.launched !== undefined && target.ended() === undefined; waited += 50) await pause(50)
    return { operation: ownPace(target, counter), notices: [] }
  }
  const search = { timeoutMs: plan.startTimeoutMs, worksByItself }
  if (choice.kind === 'module') {
    const pids = target.pids()
    const port = pids.length === 0 ? undefined : await findPort(target, { ...search, timeoutMs: Math.min(5000, plan.startTimeoutMs) }, run).catch(() => undefined)
    run.checkpoint()
    const url = port?.kind === 'listening' ? `http://${port.found.host}:${port.found.port}` : undefined
    return { operation: await openModuleOperation(choice.path, { url, pid: target.runtime.pid }, choice.concurrency), address: url, notices: [] }
  }
  const isWhole = /^https?:\/\//.test(choice.address)
  const notices: Notice[] = []
  let url: URL
  if (isWhole && target.launched === undefined) {
    url = new URL(choice.address)
  } else {
    const port = await findPort(target, search, run)
    if (port.kind === 'works-by-itself') {
      notices.push({
        code: 'works-by-itself',
        count: 1,
        message: `the program listens on no port but counts its own work (${counter.printed} so far): no request is sent, its own operations are counted instead`,
      })
      return { operation: ownPace(target, counter), notices }
    }
    const { host, port: number, others } = port.found
    url = isWhole ? new URL(choice.address) : new URL(choice.address, `http://${host}:${number}`)
    if (!isWhole && others.length > 0) {
      notices.push({ code: 'several-ports', count: others.length, message: `requests go to port ${number}; the program also listens on ${others.join(', ')}. To choose: --request http://${host}:${others[0]}${choice.address}` })
    }
  }
  const { method, headers, body, concurrency, timeoutMs, accept } = choice
  return { operation: new HttpOperation({ url, method, headers, body, concurrency, timeoutMs, accept }), address: url.href, notices }
}

function ownPace(target: HuntedProgram, counter: OutputCounter): Operation {
  return new OwnPaceOperation({ counter: counter.isCounting ? counter : undefined, hasEnded: () => target.ended() !== undefined, target: target.name })
}
