import type { FieldCounts } from './layout.ts'

/** What a class has beyond the fields a dump lists. */
export interface Injected {
  className: string
  /** Only where the class has this field, or has it not: how versions are told apart. */
  having?: string
  lacking?: string
  fields: Partial<FieldCounts>
}

/**
 * Fields that HotSpot adds to some classes and leaves out of dumps (`…_INJECTED_FIELDS` in javaClasses.hpp), and the
 * padding round @Contended ones: 128 bytes on both sides, behind the others (JDK-8003985). Only what changes sizes;
 * checked against `jcmd GC.class_histogram` on 8, 17, 21 and 25.
 */
export const INJECTED: readonly Injected[] = [
  { className: 'java.lang.Class', fields: { eights: 2, fours: 2, references: 1 } },
  // Until 24: protection domain, signers and the lock of the initializer are not Java's fields.
  { className: 'java.lang.Class', lacking: 'signers', fields: { references: 3 } },
  { className: 'java.lang.ClassLoader', fields: { eights: 1 } },
  { className: 'java.lang.ClassLoader', lacking: 'unnamedModule', fields: { references: 1 } },
  { className: 'java.lang.Module', fields: { eights: 1 } },
  { className: 'java.lang.invoke.MemberName', fields: { eights: 1 } },
  { className: 'java.lang.invoke.ResolvedMethodName', fields: { eights: 1 } },
  { className: 'java.lang.invoke.ResolvedMethodName', lacking: 'vmholder', fields: { references: 1 } },
  { className: 'java.lang.invoke.MethodHandleNatives$CallSiteContext', fields: { eights: 2 } },
  { className: 'java.lang.StackFrameInfo', fields: { twos: 1 } },
  { className: 'java.lang.InternalError', fields: { ones: 1 } },
  // Since 19: the state of JVMTI and the epoch of JFR.
  { className: 'java.lang.Thread', having: 'holder', fields: { eights: 1, fours: 1, twos: 1, ones: 1 } },
  // 8 to 18: threadLocalRandomSeed, …Probe and …SecondarySeed are @Contended.
  { className: 'java.lang.Thread', having: 'threadLocalRandomSecondarySeed', lacking: 'holder', fields: { eights: -1, fours: -2, behindBytes: 272 } },
]
