import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { makeFolder } from './output-place.ts'

/** Where samples are kept when nobody says otherwise: the XDG state folder. */
export function defaultStorePath(): string {
  const state = process.env['XDG_STATE_HOME'] ?? join(homedir(), '.local', 'state')
  return join(state, 'stillhere', 'store.sqlite')
}

/** The path, its folder made where it is missing. */
export function readyStorePath(path: string = defaultStorePath()): string {
  makeFolder(dirname(path))
  return path
}
