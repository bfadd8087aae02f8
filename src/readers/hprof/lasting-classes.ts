import { NONE } from '../../model/heap-graph.ts'
import type { AddressIndex } from './address-index.ts'
import type { ClassTable } from './class-table.ts'

/** The loaders a JVM makes for itself and never gives up (`SystemDictionary::is_builtin_class_loader`); since JDK 9, and before. */
const BUILT_IN = /^(jdk\.internal\.loader\.ClassLoaders|sun\.misc\.Launcher)\$(App|Platform|Ext|Boot)ClassLoader$/
/** A hidden class may go although its loader stays. */
const HIDDEN = /[+/.]0x[0-9a-f]+$/

/**
 * Which classes stay as long as the JVM runs, by number: 1 those of the boot loader, which a dump gives as roots or
 * which stay anyway; 2 those of the loaders for the class path and the platform. The JVM holds these loaders itself,
 * and they their classes, but no record of a dump says so: without it every way to a static field of the program
 * begins in whatever class of the library happens to name the program's.
 */
export function lastingClasses(classes: ClassTable, index: AddressIndex, classOf: Uint32Array): Uint8Array {
  const { list } = classes
  const isLoader = Uint8Array.from(list, (_, number) => (BUILT_IN.test(classes.nameOf(number)) ? 1 : 0))
  return Uint8Array.from(list, ({ loaderAddress }, number) => {
    if (loaderAddress === 0) return 1
    const loader = index.nodeOf(loaderAddress)
    return loader !== NONE && isLoader[classOf[loader]!] === 1 && !HIDDEN.test(classes.rawNameOf(number)) ? 2 : 0
  })
}
