import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A thread of a pool keeps the values of thread-locals that were never removed. */
class ThreadLocalPerCall {
    static final ExecutorService POOL = Executors.newFixedThreadPool(1, (task) -> {
        Thread thread = new Thread(task, "pool worker");
        thread.setDaemon(true);
        return thread;
    });
    static final java.util.List<ThreadLocal<?>> KEYS = new java.util.ArrayList<>();
    static class UserContext { final String user; final byte[] token = new byte[200]; UserContext(int n) { user = "user-" + n; } }
    static class Request {
        final ThreadLocal<UserContext> context = new ThreadLocal<>();
        void handle(int n) { context.set(new UserContext(n)); }
    }

    static void leak(int n) throws Exception {
        // The value refers to its key, as a subclass or a lambda does: then the weak key never clears.
        POOL.submit(() -> {
            ThreadLocal<Object[]> local = new ThreadLocal<>();
            local.set(new Object[] {new UserContext(n), local});
        }).get();
    }
    static void healthy(int n) throws Exception {
        POOL.submit(() -> {
            ThreadLocal<Object[]> local = new ThreadLocal<>();
            local.set(new Object[] {new UserContext(n), local});
            local.remove();
        }).get();
    }
}
