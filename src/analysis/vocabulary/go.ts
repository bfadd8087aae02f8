import { PREFERENCE } from '../heap/holder-preference.ts'
import { NOTHING, type Vocabulary } from './vocabulary.ts'

/** Go. A heap dump has no types: an object is called after the line that made it, so only holders by kind can be told. */
export const go: Vocabulary = {
  runtime: 'go',
  title: 'Go',
  language: 'go',
  maps: NOTHING,
  sets: NOTHING,
  lists: NOTHING,
  queues: NOTHING,
  caches: NOTHING,
  insides: NOTHING,
  listenerLists: NOTHING,
  listenerRegistries: NOTHING,
  captured: NOTHING,
  receiver: NOTHING,
  threadLocals: NOTHING,
  timers: /^time\.(NewTimer|NewTicker|AfterFunc|After)\b/,
  timerQueues: NOTHING,
  waiting: NOTHING,
  suspended: NOTHING,
  errors: NOTHING,
  alsoGrowsUnder: [PREFERENCE.stack],
  finalizers: NOTHING,
  threadTable: NOTHING,
  weakReferences: NOTHING,
  ofOneObject: / \[\d+\]$|(?<=^goroutine )\d+ /,
  core: /^(runtime|reflect|sync|internal\/\S*)\.|^\d+ bytes|^$/,
  library: /^(bufio|bytes|context|crypto|database|encoding|errors|fmt|hash|html|io|log|math|mime|net|os|path|regexp|sort|strconv|strings|sync|syscall|testing|text|time|unicode|unsafe)[./]/,
  packages: /^(github\.com|golang\.org|google\.golang\.org|gopkg\.in|go\.uber\.org|k8s\.io)\//,
  originByName: true,
}
