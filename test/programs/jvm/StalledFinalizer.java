import java.util.concurrent.CountDownLatch;

/** The one thread that runs finalizers waits, and everything with a finalizer waits behind it. */
class StalledFinalizer {
    static final CountDownLatch NEVER = new CountDownLatch(1);
    static class Handle {
        final byte[] native_ = new byte[180];
        @Override @SuppressWarnings("removal") protected void finalize() throws InterruptedException { NEVER.await(); }
    }
    static class Closed { final byte[] native_ = new byte[180]; }

    static void leak(int n) { new Handle(); }
    static void healthy(int n) { new Closed(); }
}
