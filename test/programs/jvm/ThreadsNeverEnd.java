import java.util.concurrent.CountDownLatch;

class ThreadsNeverEnd {
    static class Poller extends Thread {
        final CountDownLatch end = new CountDownLatch(1);
        final byte[] buffer = new byte[200];
        Poller(int n) { super("poller-" + n); setDaemon(true); }
        @Override public void run() {
            try { end.await(); } catch (InterruptedException ended) { interrupt(); }
        }
    }

    static void leak(int n) { new Poller(n).start(); }
    static void healthy(int n) throws Exception {
        Poller poller = new Poller(n);
        poller.start();
        poller.end.countDown();
        poller.join();
    }
}
