import { type Command, InvalidArgumentError } from 'commander'

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9, ki: 2 ** 10, mi: 2 ** 20, gi: 2 ** 30 }

/** Adds `--memory`: the same words for every command that opens heap snapshots. */
export function addMemoryOption(command: Command): Command {
  return command.option('--memory <size>', 'how much memory this may take (4GB, 512MiB); what is too big for it is opened in less detail, and the report says so', memoryArgument)
}

/** `512MB`, `1.5G` or `2GiB` in bytes. @throws InvalidArgumentError */
export function memoryArgument(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?(|[kmg]i?)b?$/i.exec(text) ?? []
  const bytes = number === undefined ? Number.NaN : Number(number) * UNITS[unit!.toLowerCase()]!
  if (!(bytes >= 1)) throw new InvalidArgumentError(`It must be a size, as 4GB or 512MiB, not '${text}'.`)
  return bytes
}
