import { NODE } from '../../model/heap-graph.ts'
import type { Pattern } from './pattern.ts'

export const classLoader: Pattern = {
  id: 'class-loader-kept',
  category: 'module-cache',
  title: 'class loaders that stay with all their classes',
  runtimes: ['jvm'],
  proves: 'Class loaders become more each time: one object outside them refers to an instance, a class or a thread of theirs.',
  disproves: 'Loaders that are still in use: plugins, one loader an application that runs.',
  why: 'An object holds its class, a class its loader, and a loader all classes it has loaded with their static fields. One forgotten driver, logger, thread, thread-local or shutdown hook keeps a whole undeployed application.',
  advice: 'Take out what the application registered outside itself when it is undeployed (drivers, MBeans, listeners, hooks, thread-locals), stop its threads, and close the loader.',
  example: {
    before: 'DriverManager.registerDriver(driver);',
    after: 'DriverManager.registerDriver(driver);\n// in ServletContextListener.contextDestroyed:\nDriverManager.deregisterDriver(driver);',
  },
  confidence: 'high',
  matches: (held) =>
    held.graph.nodeKind[held.path.nodes[held.entry]!] === NODE['class-loader'] ||
    held.classes.some(({ example, countRate }) => held.graph.nodeKind[example] === NODE['class-loader'] && countRate >= 0.5 * held.countRate),
}
