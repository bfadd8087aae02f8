import { PREFERENCE } from '../heap/holder-preference.ts'
import { NOTHING, type Vocabulary } from './vocabulary.ts'

/** CPython 3.8 to 3.14, as `stillhere.py` and objgraph write it. Classes of the program's main file have no module. */
export const cpython: Vocabulary = {
  runtime: 'cpython',
  title: 'Python',
  language: 'python',
  maps: /^(dict|(collections\.)?(OrderedDict|defaultdict|Counter|ChainMap)|weakref\.Weak\w+Dictionary|types\.MappingProxyType|mappingproxy)$/,
  sets: /^(set|frozenset|_?weakrefset\.WeakSet|_weakrefset\.WeakSet)$/,
  lists: /^(list|tuple|array\.array|bytearray|(collections\.)?deque)$/,
  queues: /^(_?queue|asyncio\.queues|multiprocessing\.queues)\.\w+$/,
  caches: /^(functools\.)?_lru_cache_wrapper$|^cachetools\.\w+$/,
  insides: /^functools\._lru_list_elem$/,
  listenerLists: /^\w*(listeners|observers|callbacks|handlers|receivers|subscribers|subscriptions|watchers|hooks|slots)$/,
  listenerRegistries: /^(django\.dispatch\.dispatcher\.\w*Signal|blinker\.\w+\.\w*Signal|pyee\.\w+\.\w*EventEmitter|.*\.(EventBus|EventEmitter|Signal|Dispatcher))$/,
  captured: /^__closure__$|^cell_contents$/,
  receiver: /^__self__$|^self$/,
  threadLocals: /^(_thread\._local|_thread\._localdummy|threading\.local)$/,
  timers: /^(threading\.Timer|asyncio\.events\.(TimerHandle|Handle)|sched\.Event)$/,
  timerQueues: /^(sched\.scheduler)$/,
  waiting: /^(_?asyncio(\.\w+)?|concurrent\.futures\._base)\.(Future|Task)$/,
  suspended: /^(generator|coroutine|async_generator)$/,
  errors: /(Error|Exception|Warning|StopIteration|KeyboardInterrupt|SystemExit)$|^traceback$/,
  alsoGrowsUnder: [PREFERENCE.stack, PREFERENCE.runtime],
  finalizers: NOTHING,
  threadTable: /^_active$/,
  weakReferences: /^weakref\.(ReferenceType|KeyedRef|WeakMethod)$|^weakref$/,
  ofOneObject: NOTHING,
  core: /^(object|dict|list|tuple|set|frozenset|str|bytes|bytearray|int|float|complex|bool|NoneType|type|cell|code|frame|traceback|module|function|method|builtin_function_or_method|method_descriptor|wrapper_descriptor|getset_descriptor|member_descriptor|classmethod_descriptor|method-wrapper|property|staticmethod|classmethod|super|slice|range|memoryview|weakref(\.\w+)?|weakproxy|ellipsis|generator|coroutine|async_generator|mappingproxy|dict_\w+|\w+_iterator|enumerate|zip|map|filter|reversed|deque|collections\.\w+|_?functools\.\w+|_thread\.\w+|threading\.(local|Event|Condition|\w*Lock)|abc\.\w+|_abc\.\w+|re\.\w+|datetime\.\w+|_?contextvars\.\w+|decimal\.\w+|itertools\.\w+|_io\.\w+|string)$/,
  library: /^(_?asyncio|_?ast|argparse|base64|calendar|cmd|codecs|concurrent|configparser|contextlib|_?contextvars|copy|_?csv|_?collections(_abc)?|_?bisect|ctypes|_?ctypes|dataclasses|decimal|difflib|dis|email|encodings|enum|_frozen_importlib\w*|fractions|gc|gettext|glob|gzip|hashlib|heapq|hmac|html|http|importlib|inspect|ipaddress|_?json|linecache|locale|logging|mimetypes|multiprocessing|numbers|operator|optparse|os|pathlib|pickle|pkgutil|platform|posix|pprint|queue|_?queue|random|sched|secrets|select|selectors|shelve|shlex|shutil|signal|site|_sitebuiltins|smtplib|_?socket|socketserver|sqlite3|_?sqlite3|ssl|_?ssl|statistics|string|_?struct|subprocess|sys|sysconfig|tarfile|tempfile|textwrap|threading|time|timeit|tokenize|trace|traceback|tracemalloc|types|typing|unittest|urllib|uuid|warnings|wave|_?weakref|_?weakrefset|weakref|xml|_?elementtree|_?hashlib|_?pickle|_?heapq|_?random|_?operator|_?datetime|_?lzma|_?bz2|_?uuid|_?zoneinfo|_?posixsubprocess|_?multiprocessing|_?interpreters|_?sre|_?locale|_?tokenize|zipfile|zipimport|zlib|zoneinfo)\./,
  packages: /^(django|flask|werkzeug|jinja2|sqlalchemy|numpy|pandas|scipy|sklearn|torch|tensorflow|requests|urllib3|aiohttp|fastapi|starlette|pydantic|celery|kombu|redis|boto3|botocore|click|matplotlib|pytest|_pytest|google|grpc|prometheus_client|opentelemetry|sentry_sdk)\./,
  originByName: true,
}
