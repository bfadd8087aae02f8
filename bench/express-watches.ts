/**
 * What watches take from a web service: Express under autocannon with 0, 1 and 5 watches a request.
 * Run: `node bench/express-watches.ts [rounds] [slices] [requests a slice]` (Node 24). A round is one fresh server process
 * for each kind, all of them alive at once and loaded in turns, a slice each: so that a slow second of the machine meets
 * all of them. What is compared is CPU time of whole rounds, because collections fall into any slice. CPU time of the
 * server is what can be trusted on a machine with other work; throughput stands beside it.
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import autocannon from 'autocannon'
import { quartiles } from './quartiles.ts'

interface Measured {
  cpuUs: number
  perSecond: number
  rssMb: number
}

interface Server {
  kind: string
  child: ChildProcess
  port: number
  seconds: number
}

const [rounds = 7, slices = 12, requests = 1500] = process.argv.slice(2).map(Number)
const program = fileURLToPath(new URL('programs/express-watches.mjs', import.meta.url))
const library = process.env['STILLHERE_LIBRARY'] ?? new URL('../src/in-process/should-go-away.ts', import.meta.url).href
const KINDS = ['0', '1', '5', '1 whole'] as const
const body = JSON.stringify({ items: Array.from({ length: 20 }, (_, number) => ({ name: `item ${number}`, price: number })) })

const all = new Map<string, Measured[]>(KINDS.map((kind) => [kind, []]))
for (let round = 0; round < rounds; round++) for (const [kind, measured] of await runRound(round)) all.get(kind)!.push(measured)
console.log(`Node ${process.versions.node}, ${rounds} rounds of ${slices * requests} requests each, 20 connections`)
console.log('watches a request   CPU us a request   against none: median (quartiles)   requests/s   RSS MB')
const none = all.get('0')!
for (const [kind, list] of all) {
  const ratio = quartiles(list.map((each, round) => 100 * (each.cpuUs / none[round]!.cpuUs - 1)))
  const middle = (key: keyof Measured): number => quartiles(list.map((each) => each[key])).median
  const against = kind === '0' ? '' : `${signed(ratio.median)} (${signed(ratio.lower)} to ${signed(ratio.upper)})`
  console.log(`${kind.padEnd(17)} ${middle('cpuUs').toFixed(1).padStart(18)} ${against.padStart(35)} ${middle('perSecond').toFixed(0).padStart(12)} ${middle('rssMb').toFixed(0).padStart(8)}`)
}

async function runRound(round: number): Promise<Map<string, Measured>> {
  const servers: Server[] = []
  try {
    for (const kind of KINDS) {
      const child = fork(program, [kind, library], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: ['--no-warnings'] })
      servers.push({ kind, child, port: await told<number>(child), seconds: 0 })
    }
    // Compiled, the heap grown, the first collections over.
    for (const server of servers) await load(server, 4 * requests)
    for (const { child } of servers) {
      child.send('begin')
      await told(child)
    }
    for (let slice = 0; slice < slices; slice++) {
      for (let turn = 0; turn < servers.length; turn++) {
        const server = servers[(turn + slice + round) % servers.length]!
        const startedMs = performance.now()
        await load(server, requests)
        server.seconds += (performance.now() - startedMs) / 1000
      }
    }
    const measured = new Map<string, Measured>()
    for (const { kind, child, seconds } of servers) {
      child.send('end')
      const { cpuUs, done, rssMb } = await told<{ cpuUs: number; done: number; rssMb: number }>(child)
      if (done !== slices * requests) throw new Error(`${done} of ${slices * requests} requests were answered`)
      measured.set(kind, { cpuUs: cpuUs / done, perSecond: done / seconds, rssMb })
    }
    return measured
  } finally {
    for (const { child } of servers) child.kill()
  }
}

async function load({ port }: Server, amount: number): Promise<void> {
  await autocannon({ url: `http://127.0.0.1:${port}/orders/7`, method: 'POST', headers: { 'content-type': 'application/json' }, body, connections: 20, amount })
}

async function told<Message>(child: ChildProcess): Promise<Message> {
  const [message] = (await once(child, 'message')) as [Message]
  return message
}

function signed(percent: number): string {
  return `${percent < 0 ? '' : '+'}${percent.toFixed(1)} %`
}
