import java.util.HashMap;
import java.util.Map;

class StaticMap {
    static final Map<String, Session> SESSIONS = new HashMap<>();
    static class Session { final String user; final int[] pages = new int[20]; Session(String user) { this.user = user; } }

    static void leak(int n) { SESSIONS.put("session-" + n, new Session("user-" + n)); }
    static void healthy(int n) {
        SESSIONS.put("session-" + n, new Session("user-" + n));
        SESSIONS.remove("session-" + n);
    }
}
