/** Work for the end of the process, registered per operation. */
class ExitHooks {
    static class Cleanup extends Thread { final byte[] state = new byte[100]; Cleanup() { super("cleanup"); } }

    static void leak(int n) { Runtime.getRuntime().addShutdownHook(new Cleanup()); }
    static void healthy(int n) {
        Cleanup cleanup = new Cleanup();
        Runtime.getRuntime().addShutdownHook(cleanup);
        Runtime.getRuntime().removeShutdownHook(cleanup);
    }
}
