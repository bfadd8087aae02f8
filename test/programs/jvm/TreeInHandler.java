import java.util.Map;
import java.util.TreeMap;

/** A map in a field of something that is called a handler: no registry of handlers. */
class TreeInHandler {
    static final Server SERVER = new Server();
    static class Server { final Handler handler = new Handler(); }
    static class Handler { final Map<Integer, Socket> open = new TreeMap<>(); }
    static class Socket { final byte[] buffer = new byte[150]; }

    static void leak(int n) { SERVER.handler.open.put(n, new Socket()); }
    static void healthy(int n) {
        SERVER.handler.open.put(n, new Socket());
        SERVER.handler.open.remove(n);
    }
}
