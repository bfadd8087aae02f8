import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { StoreError } from '../base/errors.ts'
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

/**
 * The path of a store that is to be read. One that was named must be there: an empty answer would hide a wrong name, and
 * opening it would make the file. @throws StoreError when it is not
 */
export function storeToRead(path: string | undefined): string {
  if (path === undefined || existsSync(path)) return readyStorePath(path)
  throw new StoreError({ path, step: 'opening it', problem: 'there is no such file', hint: '`stillhere watch --store FILE` makes one, `stillhere import` as well.' })
}
