import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A value that a pool's thread keeps from one request to the next. */
class ThreadLocalList {
    static final ExecutorService POOL = Executors.newFixedThreadPool(1, (task) -> {
        Thread thread = new Thread(task, "audit worker");
        thread.setDaemon(true);
        return thread;
    });
    static class AuditStep { final String name; AuditStep(int n) { name = "step " + n; } }
    static class Trail { final List<AuditStep> steps = new ArrayList<>(); }
    static final ThreadLocal<Trail> TRAIL = ThreadLocal.withInitial(Trail::new);

    static void leak(int n) throws Exception { POOL.submit(() -> TRAIL.get().steps.add(new AuditStep(n))).get(); }
    static void healthy(int n) throws Exception {
        POOL.submit(() -> {
            TRAIL.get().steps.add(new AuditStep(n));
            TRAIL.remove();
        }).get();
    }
}
