import java.util.*;
import java.util.concurrent.*;

/** Collections of known sizes, and a heap dump of them: java Known.java FILE */
class Known {
    static final Map<String, Object> HASH = new HashMap<>();
    static final Map<String, Object> CONCURRENT = new ConcurrentHashMap<>();
    static final Map<String, Object> TREE = new TreeMap<>();
    static final Set<Object> SET = new HashSet<>();
    static final List<Object> ROOMY = new ArrayList<>(500);
    static final List<Object> LINKED = new LinkedList<>();
    static final Queue<Object> QUEUE = new LinkedBlockingQueue<>();
    static final Deque<Object> DEQUE = new ArrayDeque<>();
    static final Map<Object, Object> WEAK = new WeakHashMap<>();
    static final List<Object> KEYS = new CopyOnWriteArrayList<>();
    static final Map<Object, Object> IDENTITY = new IdentityHashMap<>();
    static final Vault[] EMPTY = new Vault[70];
    static class Vault { final Map<String, String> attributes = new Hashtable<>(11); }

    public static void main(String[] arguments) throws Exception {
        for (int at = 0; at < 1000; at++) HASH.put("k" + at, new Object());
        // Equal hashes: one bucket becomes a tree.
        for (int at = 0; at < 400; at++) CONCURRENT.put(at < 384 ? "c" + at : at % 2 == 0 ? "AaAaAaAa".substring(0, 8) + at : "x" + at, new Object());
        for (String same : new String[] {"AaAa", "BBBB", "AaBB", "BBAa"}) for (String other : new String[] {"AaAa", "BBBB", "AaBB", "BBAa"}) HASH.put(same + other, new Object());
        for (int at = 0; at < 150; at++) TREE.put("t" + at, new Object());
        for (int at = 0; at < 300; at++) SET.add("s" + at);
        for (int at = 0; at < 100; at++) ROOMY.add(new Object());
        for (int at = 0; at < 200; at++) LINKED.add(new Object());
        for (int at = 0; at < 120; at++) QUEUE.add(new Object());
        for (int at = 0; at < 90; at++) DEQUE.add(new Object());
        for (int at = 0; at < 60; at++) { Object key = new Object(); KEYS.add(key); WEAK.put(key, "v" + at); }
        for (int at = 0; at < 40; at++) IDENTITY.put("i" + at, new Object());
        for (int at = 0; at < EMPTY.length; at++) EMPTY[at] = new Vault();
        java.lang.management.ManagementFactory.getPlatformMXBean(com.sun.management.HotSpotDiagnosticMXBean.class).dumpHeap(arguments[0], true);
    }
}
