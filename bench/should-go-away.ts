/**
 * What `shouldGoAway` costs: time and memory of a watch at 10, 10 000 and 100 000 watches, and what one and five watches take from an HTTP server. Run: `node bench/should-go-away.ts` (Node 24).
 * CPU time, not wall time: the machine may be busy. Each figure is the median of rounds in fresh processes.
 */
import { execFileSync, fork } from 'node:child_process'
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'

const [task, ...args] = process.argv.slice(2)
const self = fileURLToPath(import.meta.url)
const collect = (): void => {
  for (let round = 0; round < 3; round++) (globalThis as unknown as { gc(): void }).gc()
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const median = (numbers: number[]): number => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!

if (task === undefined) await runAll()
else if (task === 'watches') await measureWatches(Number(args[0]), args[1] === 'stack' ? 1 : 0)
else if (task === 'server') await serve(Number.parseInt(args[0]!), args[0]!.endsWith('all'), Number(args[1]))
else if (task === 'load') await load()

async function runAll(): Promise<void> {
  console.log(`Node ${process.versions.node}`)
  console.log('watches      us/watch   bytes/watch   full gc without/with (ms)')
  for (const [count, kind] of [[10, ''], [10_000, ''], [100_000, ''], [10_000, 'stack']] as const) {
    const rounds = Array.from({ length: 5 }, () => JSON.parse(execFileSync(process.execPath, ['--expose-gc', self, 'watches', String(count), kind], { encoding: 'utf8' })) as Record<'us' | 'bytes' | 'gcBefore' | 'gcWith', number>)
    const of = (key: keyof (typeof rounds)[0]): number => median(rounds.map((round) => round[key]))
    console.log(`${`${count} ${kind}`.padEnd(12)} ${of('us').toFixed(2).padStart(8)} ${of('bytes').toFixed(0).padStart(13)} ${`${of('gcBefore').toFixed(1)} / ${of('gcWith').toFixed(1)}`.padStart(16)}`)
  }
  console.log('\nwatches per request   CPU us/request   against none')
  const requests = 12_000
  const results = new Map<string, number[]>([['0', []], ['1', []], ['5', []], ['1 of all', []]])
  // In turns, so that a slow minute of the machine meets all of them.
  for (let round = 0; round < 5; round++) for (const [watches, list] of results) list.push(await serverRound(watches, requests))
  const none = median(results.get('0')!)
  for (const [watches, list] of results) console.log(`${watches.padStart(10)} ${median(list).toFixed(1).padStart(20)} ${`${(100 * (median(list) / none - 1)).toFixed(1)} %`.padStart(14)}`)
}

async function measureWatches(count: number, stack: number): Promise<void> {
  const { createShouldGoAway } = await import('../src/in-process/should-go-away.ts')
  const shouldGoAway = createShouldGoAway()
  shouldGoAway.configure({ cap: 1_000_000, stack, within: 3_600_000 })
  class Subject {
    number: number
    constructor(number: number) {
      this.number = number
    }
  }
  const make = (many: number): Subject[] => Array.from({ length: many }, (_, number) => new Subject(number))
  // Warm: code compiled, the observer and the timer started.
  for (const each of make(2000)) shouldGoAway(each, 'warm')
  for (let round = 0; round < 5; round++) {
    await turn()
    collect()
    await turn()
  }
  const subjects = make(count)
  collect()
  await turn()
  const before = process.memoryUsage().heapUsed
  const gcBefore = timeGc()
  const cpu = process.cpuUsage()
  for (const each of subjects) shouldGoAway(each, 'subject')
  const { user, system } = process.cpuUsage(cpu)
  await turn()
  collect()
  await turn()
  const bytes = (process.memoryUsage().heapUsed - before) / count
  const gcWith = timeGc()
  console.log(JSON.stringify({ us: (user + system) / count, bytes, gcBefore, gcWith }))
  shouldGoAway.stop()
}

function timeGc(): number {
  const times = Array.from({ length: 5 }, () => {
    const start = process.cpuUsage()
    collect()
    const { user, system } = process.cpuUsage(start)
    return (user + system) / 3000
  })
  return median(times)
}

function serverRound(watches: string, requests: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = fork(self, ['server', watches, String(requests)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    server.on('message', (message: { port?: number; us?: number }) => {
      if (message.port !== undefined) {
        const client = fork(self, ['load'], { stdio: 'inherit' })
        client.send({ port: message.port, requests })
      } else if (message.us !== undefined) resolve(message.us)
    })
    server.on('error', reject)
  })
}

/** As much work for a request as a small service does: a body is read, parsed and answered as JSON. */
async function serve(watches: number, all: boolean, requests: number): Promise<void> {
  const { shouldGoAway } = await import('../src/in-process/should-go-away.ts')
  let done = 0
  let cpu = process.cpuUsage()
  const server = createServer((incoming, answer) => {
    let body = ''
    incoming.on('data', (chunk: Buffer) => (body += chunk.toString()))
    incoming.on('end', () => {
      const order = JSON.parse(body) as { items: { price: number }[] }
      const session = { order, total: order.items.reduce((sum, item) => sum + item.price, 0) }
      // Until the next major collection a watched object is kept, with all it holds: the whole order, or little.
      if (all) shouldGoAway(session, 'session')
      else for (let watch = 0; watch < watches; watch++) shouldGoAway(order.items[watch]!, 'item')
      answer.setHeader('content-type', 'application/json')
      answer.end(JSON.stringify({ total: session.total, items: order.items.length }))
      done++
      if (done === requests / 4) cpu = process.cpuUsage()
      if (done === requests) {
        const { user, system } = process.cpuUsage(cpu)
        process.send!({ us: (user + system) / (requests * 0.75) })
        setTimeout(() => process.exit(0), 100)
      }
    })
  })
  server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as AddressInfo).port }))
}

function load(): Promise<void> {
  const body = JSON.stringify({ items: Array.from({ length: 20 }, (_, number) => ({ name: `item ${number}`, price: number })) })
  return new Promise((resolve) => {
    process.once('message', ({ port, requests }: { port: number; requests: number }) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 20 })
      let sent = 0
      const next = (): void => {
        if (sent++ >= requests) return
        const call = request({ port, host: '127.0.0.1', method: 'POST', agent, headers: { 'content-length': Buffer.byteLength(body) } }, (answer) => {
          answer.resume()
          answer.on('end', next)
        })
        call.on('error', () => process.exit(0))
        call.end(body)
      }
      for (let connection = 0; connection < 20; connection++) next()
      process.once('disconnect', () => resolve())
    })
  })
}
