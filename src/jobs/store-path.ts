import { mkdirSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'

/** Where samples are kept when nobody says otherwise: the XDG state folder. */
export function defaultStorePath(): string {
  const state = process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state')
  return join(state, 'stillhere', 'store.sqlite')
}

/** The path, its folder made where it is missing. */
export function readyStorePath(path: string = defaultStorePath()): string {
  mkdirSync(dirname(path), { recursive: true })
  return path
}
