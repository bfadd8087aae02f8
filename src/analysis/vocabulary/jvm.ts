import { PREFERENCE } from '../heap/holder-preference.ts'
import { NOTHING, type Vocabulary } from './vocabulary.ts'

/** Java, Kotlin, Scala …: whatever writes an HPROF file. Names are those of OpenJDK 8 to 25 and of Android's library. */
export const jvm: Vocabulary = {
  runtime: 'jvm',
  title: 'the JVM',
  language: 'java',
  maps: /^(java\.util\.(\w*HashMap|Hashtable|TreeMap|Properties|EnumMap|concurrent\.(ConcurrentHashMap|ConcurrentSkipListMap)|Collections\$\w+Map)|android\.util\.\w*(ArrayMap|SparseArray)|androidx?\..*(ArrayMap|SparseArray\w*)|it\.unimi\.dsi\.fastutil\..*Map|org\.eclipse\.collections\..*Map|scala\.collection\..*Map\w*)$/,
  sets: /^(java\.util\.(\w*HashSet|TreeSet|concurrent\.(ConcurrentSkipListSet|CopyOnWriteArraySet|ConcurrentHashMap\$KeySetView)|Collections\$\w+Set)|it\.unimi\.dsi\.fastutil\..*Set|scala\.collection\..*Set\w*)$/,
  lists: /^(java\.util\.(ArrayList|ArrayDeque|LinkedList|Vector|Stack|Collections\$\w+List|concurrent\.CopyOnWriteArrayList)|it\.unimi\.dsi\.fastutil\..*List|scala\.collection\..*(Buffer|List)\w*)$/,
  queues: /^(java\.util\.(PriorityQueue|concurrent\.\w*(Queue|Deque))|.*\.\w*(WorkQueue|TaskQueue|BlockingQueue))$/,
  caches: /^(com\.google\.common\.cache\.LocalCache(\$\w+)?|com\.github\.benmanes\.caffeine\.cache\.\w*LocalCache|(net\.sf\.)?ehcache\..*Cache|org\.ehcache\..*Cache|.*\.(ConcurrentMapCache|ConcurrentLruCache|ConcurrentReferenceHashMap))$/,
  insides: /^java\.util\.(\w+\$(Node|TreeNode|Entry|\w*Node|\w*Entry)|concurrent\.\w+\$(Node|\w*Node|Index|\w*Entry)|WeakHashMap\$Entry)$|^java\.lang\.ThreadLocal\$ThreadLocalMap\$Entry$|^com\.google\.common\.cache\.LocalCache\$\w*(Segment|Entry|ValueReference)$|^java\.util\.concurrent\.atomic\.AtomicReferenceArray$/,
  listenerLists: /^\w*(listeners|observers|callbacks|handlers|subscribers|subscriptions|watchers|sinks|consumers|registrations|(listener|observer|callback|handler|subscriber)(List|Set|Map))$/i,
  listenerRegistries: /^(java\.beans\.(PropertyChangeSupport|VetoableChangeSupport|ChangeListenerMap|\w*Support\$\w+Map)|javax\.swing\.event\.EventListenerList|java\.util\.Observable|com\.google\.common\.eventbus\.\w+|org\.greenrobot\.eventbus\.EventBus|.*\.(ApplicationEventMulticaster|ListenerRetriever|\w*EventBus|\w*ListenerList|\w*ListenerRegistry))$/,
  captured: /^(this\$\d+|val\$.+|arg\$\d+|\$outer|\w+\$captured)$/,
  // A method reference is a lambda: what it captured is not told apart.
  receiver: NOTHING,
  threadLocals: /^(threadLocals|inheritableThreadLocals)$/,
  timers: /^(java\.util\.TimerTask|.*\$ScheduledFutureTask|.*\.ScheduledFutureTask|io\.netty\.util\.HashedWheelTimer\$HashedWheelTimeout)$/,
  timerQueues: /^(java\.util\.TaskQueue|java\.util\.concurrent\.ScheduledThreadPoolExecutor\$DelayedWorkQueue|io\.netty\.util\.HashedWheelTimer\$HashedWheelBucket)$/,
  waiting: /^java\.util\.concurrent\.CompletableFuture\$\w+$|^java\.util\.concurrent\.Phaser\$QNode$/,
  suspended: /^(kotlin\.coroutines\..*ContinuationImpl|kotlinx\.coroutines\..*Continuation\w*)$/,
  errors: /(Exception|Error|Throwable)$/,
  alsoGrowsUnder: [PREFERENCE.stack],
  finalizers: /^java\.lang\.ref\.Finalizer$/,
  threadTable: NOTHING,
  weakReferences: /^java\.lang\.ref\.(Weak|Soft)Reference$/,
  ofOneObject: NOTHING,
  core: /\$\$Lambda|^(java\.(lang|util|io|net|nio|math|text|time|security)\.|jdk\.|sun\.|(boolean|char|float|double|byte|short|int|long)(\[\])+$|kotlin\.(Pair|Triple|Unit|Lazy|jvm)|dalvik\.|libcore\.)/,
  library: /^(java|javax|jakarta|com\.sun|kotlin|kotlinx|scala|groovy|clojure|android|androidx)\./,
  packages: /^(org\.(apache|springframework|hibernate|eclipse|jboss|slf4j|glassfish|postgresql|quartz|jetbrains)|com\.(google|fasterxml|zaxxer|mysql|squareup|github)|io\.(netty|micrometer|grpc|opentelemetry|vertx|reactivex|quarkus|micronaut)|ch\.qos|net\.(sf|bytebuddy)|okhttp3|okio|reactor)\./,
  originByName: true,
}
