import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

class ScheduledTasks {
    static final ScheduledThreadPoolExecutor CLOCK = new ScheduledThreadPoolExecutor(1, (task) -> {
        Thread thread = new Thread(task, "clock");
        thread.setDaemon(true);
        return thread;
    });
    static { CLOCK.setRemoveOnCancelPolicy(true); }
    static class Reminder implements Runnable { final char[] text = new char[80]; @Override public void run() {} }

    static void leak(int n) { CLOCK.schedule(new Reminder(), 7, TimeUnit.DAYS); }
    static void healthy(int n) {
        ScheduledFuture<?> future = CLOCK.schedule(new Reminder(), 7, TimeUnit.DAYS);
        future.cancel(false);
    }
}
