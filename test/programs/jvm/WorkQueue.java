import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** One worker that hangs, and a queue without an end. */
class WorkQueue {
    static final CountDownLatch NEVER = new CountDownLatch(1);
    static final ThreadPoolExecutor MAILER = new ThreadPoolExecutor(1, 1, 1, TimeUnit.DAYS, new LinkedBlockingQueue<>(), (task) -> {
        Thread thread = new Thread(task, "mailer");
        thread.setDaemon(true);
        return thread;
    });
    static class Mail implements Runnable {
        final char[] body = new char[120];
        @Override public void run() {
            try { NEVER.await(); } catch (InterruptedException ended) { Thread.currentThread().interrupt(); }
        }
    }

    static void leak(int n) { MAILER.execute(new Mail()); }
    static void healthy(int n) throws Exception { MAILER.submit(() -> new char[120]).get(); }
}
