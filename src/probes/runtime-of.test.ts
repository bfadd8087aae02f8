import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { runtimeOfCommand, runtimeOfProcess } from './runtime-of.ts'

const folder = mkdtempSync(join(tmpdir(), 'stillhere-runtime-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function program(name: string, content: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  chmodSync(path, 0o755)
  return path
}

test('a command tells by its name, its first line, or what Go wrote into it', () => {
  const go = Buffer.concat([Buffer.from('\x7fELF', 'latin1'), Buffer.alloc((1 << 20) - 8), Buffer.from('\xff Go buildinf:', 'latin1')])
  program('gunicorn', '#!/srv/venv/bin/python3.12\nimport sys\n')
  program('flask', '#!/usr/bin/env -S python3 -u\n')
  program('serve', '#!/usr/bin/env node\n')
  program('start.sh', '#!/bin/sh\npython3 app.py\n')
  program('service', go)
  program('other', Buffer.concat([Buffer.from('\x7fELF', 'latin1'), Buffer.alloc(5000)]))
  const of = (name: string): string | undefined => runtimeOfCommand([name], { path: folder })
  expect(['python3', '/opt/python3.13t', 'java', 'node', 'gunicorn', 'flask', 'serve', 'start.sh', 'service', 'other', 'not-there'].map(of)).toEqual([
    'python', 'python', 'jvm', 'node', 'python', 'python', 'node', undefined, 'go', undefined, undefined,
  ])
  expect(runtimeOfCommand(['./service'], { cwd: folder })).toBe('go')
  expect(runtimeOfCommand([])).toBeUndefined()
})

test('a process tells by the file it runs; one that is not there tells nothing', () => {
  expect(runtimeOfProcess(process.pid)).toBe('node')
  expect(runtimeOfProcess(2 ** 22 + 1)).toBeUndefined()
})
