import { accessSync, closeSync, constants, openSync, readSync, realpathSync, statSync } from 'node:fs'
import { basename, delimiter, join } from 'node:path'
import { procLink, procText } from './proc-files.ts'

/** Runtimes whose memory we know how to look at from outside. */
export const RUNTIMES = ['node', 'jvm', 'python', 'go'] as const
export type Runtime = (typeof RUNTIMES)[number]

/** Go writes its build information behind this mark into every program it links (debug/buildinfo). */
const GO_MARK = Buffer.from('\xff Go buildinf:', 'latin1')
const SCAN_BYTES = 1 << 20
/** Bigger programs are not searched to their end. */
const MOST_BYTES = 512 << 20

/**
 * Which runtime a process is of, by the file it runs and the libraries it has mapped (/proc); undefined where it is none
 * of them, or may not be looked at. A program that embeds Python (uwsgi) counts as Python.
 */
export function runtimeOfProcess(pid: number): Runtime | undefined {
  const executable = procLink(`/proc/${pid}/exe`)
  const byName = runtimeOfName(executable)
  if (byName !== undefined) return byName
  const maps = procText(`/proc/${pid}/maps`)
  if (/\/libjvm\.so$/m.test(maps)) return 'jvm'
  if (/\/libpython[23][\d.]*\w*\.so/.test(maps)) return 'python'
  return executable !== '' && isGoProgram(`/proc/${pid}/exe`) ? 'go' : undefined
}

/** It runs, but which file it runs is closed to this user: of which runtime it is cannot be known. */
export function isHiddenProgram(pid: number): boolean {
  return procLink(`/proc/${pid}/exe`) === '' && procText(`/proc/${pid}/stat`) !== ''
}

/** Which runtime a command starts, without starting it: by its name, its first line (`#!`), or what Go wrote into it. */
export function runtimeOfCommand([file = '']: readonly string[], { cwd = process.cwd(), path = process.env['PATH'] ?? '' }: { cwd?: string | undefined; path?: string | undefined } = {}): Runtime | undefined {
  const byName = runtimeOfName(file)
  if (byName !== undefined) return byName
  const found = file.includes('/') ? join(file.startsWith('/') ? '' : cwd, file) : path.split(delimiter).map((folder) => join(folder, file)).find(isProgram)
  if (found === undefined || !isProgram(found)) return undefined
  const target = realpathSync(found)
  const [, interpreter, argument = ''] = /^#!\s*(\S+)[ \t]*([^\n]*)/.exec(headOf(target)) ?? []
  if (interpreter === undefined) return runtimeOfName(target) ?? (isGoProgram(target) ? 'go' : undefined)
  const words = argument.split(/\s+/).filter((word) => word !== '' && !word.startsWith('-') && !word.includes('='))
  return runtimeOfName(basename(interpreter) === 'env' ? (words[0] ?? '') : interpreter)
}

function runtimeOfName(file: string): Runtime | undefined {
  const name = basename(file).replace(/ \(deleted\)$/, '')
  if (/^node(js)?(\.exe)?$/i.test(name)) return 'node'
  if (/^python[\d.]*t?$/.test(name)) return 'python'
  return /^java$/.test(name) ? 'jvm' : undefined
}

function isGoProgram(path: string): boolean {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch {
    return false // gone, or closed to us
  }
  try {
    const buffer = Buffer.alloc(SCAN_BYTES + GO_MARK.length)
    for (let at = 0; at < MOST_BYTES; at += SCAN_BYTES) {
      const length = readSync(file, buffer, 0, buffer.length, at)
      if (at === 0 && buffer.toString('latin1', 1, 4) !== 'ELF') return false
      if (buffer.subarray(0, length).includes(GO_MARK)) return true
      if (length < buffer.length) return false
    }
    return false
  } finally {
    closeSync(file)
  }
}

function headOf(path: string): string {
  const file = openSync(path, 'r')
  try {
    const buffer = Buffer.alloc(256)
    return buffer.toString('latin1', 0, readSync(file, buffer, 0, buffer.length, 0))
  } finally {
    closeSync(file)
  }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
