import { type Command, InvalidArgumentError } from 'commander'
import type { LoadOptions } from '../jobs/load-heap.ts'

export type GivenLayout = NonNullable<LoadOptions['javaLayout']>

const WORDS: Readonly<Record<string, { key: keyof GivenLayout; allowed: readonly number[] }>> = {
  references: { key: 'referenceBytes', allowed: [4, 8] },
  header: { key: 'headerBytes', allowed: [8, 12, 16] },
  alignment: { key: 'alignmentBytes', allowed: [8, 16, 32, 64, 128, 256] },
}

/** Adds `--java-layout`: the same words for every command that opens heap dumps of a JVM. */
export function addJavaLayoutOption(command: Command): Command {
  return command.option('--java-layout <sizes>', 'how that JVM laid out objects, where the sizes found in a heap dump are wrong: references=4|8,header=8|12|16,alignment=8…256', javaLayoutArgument)
}

/** `references=8,alignment=16` as a layout; what is not named is found out. @throws InvalidArgumentError */
export function javaLayoutArgument(text: string): GivenLayout {
  const layout: { -readonly [Key in keyof GivenLayout]: GivenLayout[Key] } = {}
  for (const part of text.split(',')) {
    const [name = '', value = ''] = part.split('=')
    const word = Object.hasOwn(WORDS, name) ? WORDS[name] : undefined
    if (word === undefined) throw new InvalidArgumentError(`It must name ${Object.keys(WORDS).join(', ')}, each with =BYTES, not '${name}'.`)
    if (!/^\d+$/.test(value) || !word.allowed.includes(Number(value))) throw new InvalidArgumentError(`${name} must be ${word.allowed.join(', ')} bytes, not '${value}'.`)
    layout[word.key] = Number(value)
  }
  return layout
}
