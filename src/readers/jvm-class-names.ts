const DESCRIPTORS: Record<string, string> = { Z: 'boolean', C: 'char', F: 'float', D: 'double', B: 'byte', S: 'short', I: 'int', J: 'long' }

/**
 * A class name of the JVM (`[Ljava/lang/String;`) as it stands in source (`java.lang.String[]`). Hidden classes lose
 * the address that tells two runs apart (`Foo$$Lambda/0x000…`, `Foo$$Lambda+0x000…`).
 */
export function sourceName(name: string): string {
  const dimensions = /^\[*/.exec(name)![0].length
  const element = name.slice(dimensions)
  const plain = dimensions === 0 ? element : (DESCRIPTORS[element] ?? (element.startsWith('L') && element.endsWith(';') ? element.slice(1, -1) : element))
  const hidden = plain.replace(/[+/.]0x[0-9a-f]+$/, '')
  return `${hidden.replaceAll('/', '.')}${'[]'.repeat(Math.min(dimensions, 255))}`
}
