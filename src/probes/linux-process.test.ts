import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { listeningPorts, memoryRoom, processFacts, processTree, residentBytes } from './linux-process.ts'

const onLinux = test.runIf(process.platform === 'linux')

onLinux('ports are found in the order in which they were opened, with an address to connect to', async () => {
  const servers = [createServer(), createServer()]
  for (const [index, server] of servers.entries()) {
    server.listen(0, index === 0 ? '127.0.0.1' : undefined)
    await once(server, 'listening')
  }
  const opened = servers.map((server) => (server.address() as AddressInfo).port)
  const found = listeningPorts([process.pid]).filter(({ port }) => opened.includes(port))
  expect(found.map(({ port, host }) => ({ port, host }))).toEqual(opened.map((port) => ({ port, host: '127.0.0.1' })))
  for (const server of servers) server.close()
})

onLinux('a family is found, grandchildren too', async () => {
  const shell = spawn('sh', ['-c', 'sleep 20 & sleep 20; true'])
  await expect.poll(() => processTree(shell.pid!).length).toBe(3)
  for (const pid of processTree(shell.pid!).toReversed()) process.kill(pid, 'SIGKILL')
})

onLinux('facts of a process: its program, and whether SIGUSR1 would kill it', () => {
  expect(processFacts(process.pid)).toMatchObject({ executable: process.execPath, catchesUsr1: true, isZombie: false })
  const sleeper = spawn('sleep', ['20'])
  expect(processFacts(sleeper.pid!)?.catchesUsr1).toBe(false)
  sleeper.kill()
  expect(processFacts(4_194_300)).toBeUndefined()
})

onLinux('memory it holds and room it has', () => {
  const held = residentBytes(process.pid)!
  expect(Math.abs(held - process.memoryUsage.rss())).toBeLessThan(20e6)
  expect(residentBytes(4_194_300)).toBeUndefined()
  const room = memoryRoom(process.pid)
  expect(room.availableBytes).toBeGreaterThan(0)
  expect(room.availableBytes).toBeLessThanOrEqual(room.limitBytes)
})
