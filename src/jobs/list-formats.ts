import { READERS } from '../readers/registry.ts'

/** Every format the registry knows, in the order in which they are tried. */
export function listFormats(): { format: string; title: string; makes: string }[] {
  return READERS.map(({ format, title, makes }) => ({ format, title, makes }))
}
