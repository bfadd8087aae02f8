import { expect, test } from 'vitest'
import type { WatchedProcess } from '../../jobs/watch-all.ts'
import { sortProcesses, TABLE_ORDERS, tableLines } from './process-table.ts'

const PROCESSES: WatchedProcess[] = [
  { pid: 30, command: '/usr/lib/very/deep/down/java -jar shop.jar --with many --words behind', fromBytes: 100e6, toBytes: 400e6, seconds: 600 },
  { pid: 4_194_304, command: 'beta\u001b[31m', fromBytes: 5e9, toBytes: 4.9e9, seconds: 600 },
  { pid: 2, command: 'alpha', fromBytes: 10e6, toBytes: 20e6, seconds: 3 },
]

test('a process stands in one line of 79 columns, whatever it is called', () => {
  expect(tableLines(PROCESSES, { columns: 80, order: 'growth' })).toMatchInlineSnapshot(`
    [
      "     pid   growth v         rate       now  verdict      command",
      "      30    +300 MB     1.8 GB/h    400 MB               java -jar shop.jar …",
      " 4194304    −100 MB                 4.9 GB               beta\\u001b[31m",
      "       2   +10.0 MB                20.0 MB               alpha",
    ]
  `)
  for (const line of tableLines(PROCESSES, { columns: 80 })) expect(line.length).toBeLessThan(80)
})

test('each order is its own', () => {
  const pids = Object.fromEntries(TABLE_ORDERS.map((order) => [order, sortProcesses(PROCESSES, order).map(({ pid }) => pid)]))
  expect(pids).toEqual({
    growth: [30, 2, 4_194_304],
    rate: [2, 30, 4_194_304],
    now: [4_194_304, 30, 2],
    pid: [2, 30, 4_194_304],
    command: [30, 2, 4_194_304],
  })
})
