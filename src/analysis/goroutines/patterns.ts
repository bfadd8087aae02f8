import type { Waiting } from './waiting.ts'

/**
 * A reason for goroutines to wait for ever, known by what stands on their stack. The first that fits is taken, so what
 * names a library comes before what names an operation.
 */
export interface GoroutinePattern {
  id: string
  /** After "50 goroutines …". */
  title: string
  fits(waiting: Waiting): boolean
  /** Nothing can ever wake them: no other goroutine has what they wait for. */
  isForEver?: true
  /** So many are more than a healthy program has; below it one look decides nothing. */
  many: number
  /** What else looks like this. */
  but: string
  fix: string
}

const has = ({ functions }: Waiting, part: string): boolean => functions.some((name) => name.includes(part))
const waits = ({ operation = '' }: Waiting, ...operations: string[]): boolean => operations.some((each) => operation === each || operation.startsWith(`${each} (`))

/** A pool of workers is rarely larger. */
const POOL = 20

export const GOROUTINE_PATTERNS: readonly GoroutinePattern[] = [
  {
    id: 'goroutine-nil-channel',
    title: 'wait on a channel that is nil',
    fits: ({ operation = '' }) => operation.includes('(nil chan)'),
    isForEver: true,
    many: 1,
    but: 'nothing: no value can ever come through a nil channel',
    fix: 'make the channel before the goroutine starts, or do not start it.',
  },
  {
    id: 'goroutine-empty-select',
    title: 'wait in a select without cases',
    fits: (waiting) => waits(waiting, 'select (no cases)') && !has(waiting, 'main.main'),
    isForEver: true,
    many: 2,
    but: 'one that keeps a program alive is a habit of some',
    fix: 'wait for a context or a channel that somebody closes: <-ctx.Done().',
  },
  {
    id: 'goroutine-http-body',
    title: 'wait for a response body to be read and closed',
    // With the body still open the reading loop selects on it; an idle connection waits for input instead.
    fits: (waiting) => has(waiting, 'net/http.(*persistConn).readLoop') && waits(waiting, 'select'),
    many: 10,
    but: 'as many requests may be under way at this moment',
    fix: 'close the body of every response on every way out: defer resp.Body.Close() right after the error check, and read it to its end if the connection is to be used again.',
  },
  {
    id: 'goroutine-http-connection',
    title: 'serve HTTP client connections',
    fits: (waiting) => has(waiting, 'net/http.(*persistConn).') || has(waiting, 'net/http.(*http2clientConnReadLoop)') || has(waiting, 'net/http.(*http2ClientConn).readLoop'),
    many: 50,
    but: 'idle connections are kept for the next request, up to the transport’s limits',
    fix: 'use one http.Client (and Transport) for the whole program; a Transport for each request keeps its connections until IdleConnTimeout.',
  },
  {
    id: 'goroutine-sql-rows',
    title: 'watch over rows or transactions of database/sql that nobody ended',
    fits: (waiting) => has(waiting, 'database/sql.(*Rows).awaitDone') || has(waiting, 'database/sql.(*Tx).awaitDone'),
    many: 10,
    but: 'as many queries may be under way at this moment',
    fix: 'defer rows.Close() after every Query and defer tx.Rollback() after every Begin (it does nothing after Commit).',
  },
  {
    id: 'goroutine-sql-pool',
    title: 'belong to database pools',
    fits: (waiting) => has(waiting, 'database/sql.(*DB).connectionOpener') || has(waiting, 'database/sql.(*DB).connectionCleaner'),
    many: 5,
    but: 'a program with this many databases has one each',
    fix: 'sql.Open makes a pool, not a connection: open once, share it, or Close it.',
  },
  {
    id: 'goroutine-grpc-connection',
    title: 'belong to gRPC client connections',
    fits: (waiting) => has(waiting, 'google.golang.org/grpc/internal/transport.(*http2Client)') || has(waiting, 'google.golang.org/grpc/internal/transport.(*controlBuffer).get') || has(waiting, 'google.golang.org/grpc.(*ccBalancerWrapper)') || has(waiting, 'google.golang.org/grpc/internal/grpcsync.(*CallbackSerializer).run'),
    many: 20,
    but: 'a service with this many peers has a few each',
    fix: 'dial once for each peer and share the connection, or Close it when its work is done.',
  },
  {
    id: 'goroutine-context-child',
    title: 'wait for a parent context that does not end',
    fits: (waiting) => has(waiting, 'context.(*cancelCtx).propagateCancel') || has(waiting, 'context.propagateCancel'),
    many: 10,
    but: 'as many calls may be under way at this moment',
    fix: 'call the cancel function of every WithCancel, WithTimeout and WithDeadline: defer cancel().',
  },
  {
    id: 'goroutine-lock',
    title: 'wait for a lock',
    fits: (waiting) => waits(waiting, 'sync.Mutex.Lock', 'sync.RWMutex.Lock', 'sync.RWMutex.RLock', 'semacquire'),
    many: POOL,
    but: 'a busy lock looks the same for a moment',
    fix: 'find who holds it: a lock that is kept over a send, a receive or a call that waits. defer mu.Unlock() right after Lock.',
  },
  {
    id: 'goroutine-wait-group',
    title: 'wait for others to be done',
    fits: (waiting) => waits(waiting, 'sync.WaitGroup.Wait', 'sync.Cond.Wait'),
    many: POOL,
    but: 'they go when the work they wait for ends',
    fix: 'see that every Add has its Done on every way out (defer wg.Done()); what the others wait for is the cause.',
  },
  {
    id: 'goroutine-send',
    title: 'wait to send to a channel',
    fits: (waiting) => waits(waiting, 'chan send'),
    many: POOL,
    but: 'producers before a slow consumer wait like this for a while',
    fix: 'the receiver left early (a timeout, an error, the first answer wins): give the channel room for one value, or select on ctx.Done() beside the send.',
  },
  {
    id: 'goroutine-receive',
    title: 'wait to receive from a channel',
    fits: (waiting) => waits(waiting, 'chan receive'),
    many: POOL,
    but: 'a pool of workers waits like this as well',
    fix: 'close the channel when the last value was sent, on every way out of the sender, or select on ctx.Done() beside the receive.',
  },
  {
    id: 'goroutine-select',
    title: 'wait in a select',
    fits: (waiting) => waits(waiting, 'select'),
    many: POOL,
    but: 'a pool of workers, or one loop for each open connection, waits like this as well',
    fix: 'give the select a case that ends it, <-ctx.Done(), and see that the context is cancelled; stop tickers with defer ticker.Stop().',
  },
  {
    id: 'goroutine-sleep',
    title: 'sleep and work in turn',
    fits: (waiting) => waits(waiting, 'sleep'),
    many: POOL,
    but: 'retries that back off sleep like this as well',
    fix: 'a loop around time.Sleep has no end: wait for a ticker and ctx.Done() in one select.',
  },
  {
    id: 'goroutine-io',
    title: 'wait for input or output',
    fits: (waiting) => waits(waiting, 'IO wait', 'syscall'),
    many: 100,
    but: 'a server has one for each open connection',
    fix: 'set deadlines (SetReadDeadline; ReadTimeout and IdleTimeout of http.Server) and close connections on every way out.',
  },
]

/** The pattern of goroutines that wait like this, if any is known. */
export function goroutinePatternOf(waiting: Waiting): GoroutinePattern | undefined {
  return GOROUTINE_PATTERNS.find((pattern) => pattern.fits(waiting))
}
